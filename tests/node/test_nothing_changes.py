# SPDX-License-Identifier: GPL-2.0-or-later
"""A node is the same after an audit as before: tables, rules, files, processes, mounts."""

import unittest

from harness import HERE, iptmode, one_test_for_each, require_node, run_in, scenario


@one_test_for_each(scenario.names())
class NothingChanges(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        require_node()

    def check(self, name):
        done = run_in(name, [HERE / "unchanged", iptmode(), "-o", "json"])
        self.assertEqual(done.returncode, 0, f"{name}:\n{done.stdout}{done.stderr}")
        self.assertRegex(done.stdout, "the command left with [0-2]\n")


class TheComparison(unittest.TestCase):
    """What would be a change is seen: otherwise the tests above would prove nothing."""

    @classmethod
    def setUpClass(cls):
        require_node()

    def change(self, command, name="healthy_1_32"):
        done = run_in(name, [HERE / "unchanged", "/bin/sh", "-c", command])
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        return done.stdout

    def test_sees_a_registered_legacy_table(self):
        listing = "chroot {} /usr/sbin/xtables-legacy-multi iptables -t mangle -S"
        root = scenario_root("bookworm")
        self.assertIn("ip_tables_names", self.change(listing.format(root)))

    def test_sees_a_wrapper_that_was_called(self):
        call = "nsenter -t $(pidof kube-proxy) -m /usr/sbin/iptables -V"
        self.assertIn("iptables", self.change(call, "wrapper_unresolved_fits"))

    def test_sees_a_stand_in_that_was_called(self):
        call = "nsenter -t $(pidof kube-proxy) -m /sbin/iptables -V"
        self.assertIn("iptables-wrapper-was-run", self.change(call, "wrapper_before_hint"))

    def test_sees_a_process_that_stays(self):
        self.assertIn("processes", self.change("sleep 30 >/dev/null 2>&1 &"))

    def test_sees_a_mount(self):
        self.assertIn("mounts", self.change("mount -t tmpfs none /mnt"))

    def test_sees_a_rule(self):
        self.assertIn("nft generation", self.change("iptables -A INPUT -j ACCEPT"))


def scenario_root(release):
    from simulation import releases  # pylint: disable=import-outside-toplevel  # after harness

    return releases.Releases(releases.fetch()).root(release)


if __name__ == "__main__":
    unittest.main()
