# SPDX-License-Identifier: GPL-2.0-or-later
"""An audit that cannot see everything says so: verdict unknown, exit 2, each gap named."""

import time
import unittest

from harness import DEADLINE_SECONDS, audit, gaps_of, require_node

NODE = "healthy_1_32"
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


def without(*capabilities):
    lost = ",".join(f"-{name}" for name in capabilities)
    return ["setpriv", f"--bounding-set={lost}", f"--inh-caps={lost}"]


class Degraded(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        require_node()

    def unknown(self, *gap_words, before=(), name=NODE):
        """Audits under `before`; each word must be in some gap. Returns the report."""
        status, report, _ = audit(name, before=before)
        gaps = gaps_of(report)
        self.assertEqual((report["verdict"], status), ("unknown", 2), report["message"])
        self.assertTrue(gaps)
        for word in gap_words:
            self.assertTrue(any(word in gap for gap in gaps), f"no gap names {word}: {gaps}")
        self.assertEqual(report["checks"]["incomplete"]["status"] in ("fail", "warn", "unknown"), True)
        return report

    def test_without_root(self):
        self.unknown("CAP_SYS_ADMIN", "CAP_NET_ADMIN", before=NOBODY)

    def test_without_net_admin(self):
        report = self.unknown("CAP_NET_ADMIN", before=without("net_admin"))
        self.assertTrue(report["components"], "what can be seen is still reported")

    def test_without_sys_admin(self):
        self.unknown("CAP_SYS_ADMIN", before=without("sys_admin"))

    def test_without_sys_ptrace(self):
        self.unknown("CAP_SYS_PTRACE", before=without("sys_ptrace"))

    def test_without_any_capability(self):
        self.unknown(before=["setpriv", "--bounding-set=-all", "--inh-caps=-all"])

    def test_hidden_processes(self):
        hide = 'mount -o remount,hidepid=2 /proc && exec "$@"'
        report = self.unknown(before=["/bin/sh", "-c", hide, "sh", *NOBODY])
        self.assertNotEqual(report["verdict"], "pass")

    def test_silent_status_socket(self):
        start = time.monotonic()
        report = self.unknown("status", name="k0s_status_silent")
        self.assertLess(time.monotonic() - start, DEADLINE_SECONDS / 2)
        self.assertEqual(report["k0s"]["binDir"], "/var/lib/k0s/bin", "found without the socket")


class InsideAContainer(unittest.TestCase):
    """From a privileged pod with hostPID and hostNetwork, the node's root mounted at /mnt."""

    # The container's own root is the machine's without the node: no k0s, no kubelet, other links.
    ENTER = """
      mount --rbind / /mnt && mount --make-rslave /mnt &&
      mount -t tmpfs none /var/lib && mount -t tmpfs none /run && mount -t tmpfs none /usr/local &&
      exec "$@"
    """

    @classmethod
    def setUpClass(cls):
        require_node()

    def check(self, name):
        seen = ("verdict", "message", "node", "k0s", "host")
        _, outside, _ = audit(name)
        _, inside, stderr = audit(
            name, "--host-root=/mnt", "--proc-root=/mnt/proc",
            before=["unshare", "--mount", "/bin/sh", "-c", self.ENTER, "sh"],
        )
        self.assertEqual(gaps_of(inside), [], stderr)
        self.assertEqual({key: inside[key] for key in seen}, {key: outside[key] for key in seen})
        self.assertEqual(
            [(c["name"], c["installation"]) for c in inside["components"]],
            [(c["name"], c["installation"]) for c in outside["components"]],
        )

    def test_sees_a_healthy_node_from_a_container(self):
        self.check("healthy_1_32")

    def test_sees_a_fault_from_a_container(self):
        self.check("kube_router_on_legacy")


if __name__ == "__main__":
    unittest.main()
