#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The running firewalld of Debian, asked and audited: test_firewalld.py nftables|iptables.

Runs itself again as pid 1 of new namespaces. Leaves with 77 where that cannot be.
"""

import importlib.util
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from world import PATH, World, run  # noqa: E402  pylint: disable=wrong-import-position

SKIP = 77
INSIDE = "IPTMODE_FIREWALLD_PACKAGE"


def what_is_missing():
    if os.geteuid() != 0:
        return "needs root"
    for module in ("dbus", "gi", "firewall"):
        if importlib.util.find_spec(module) is None:
            return f"the Python module {module} is not installed"
    for program in ("dbus-daemon", "nft", "iptables", "unshare"):
        if shutil.which(program, path=PATH) is None:
            return f"{program} is not installed"
    return None


class Firewalld(unittest.TestCase):
    """One daemon for all steps; each leaves its zones as they were."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.backend = os.environ["IPTMODE_FIREWALLD_BACKEND"]
        cls.world = World(os.environ[INSIDE], cls.backend)
        # A kubelet, so that there are pods to speak of.
        kubelet = Path("/run/k0s/bin/kubelet")
        kubelet.parent.mkdir(parents=True)
        shutil.copy("/usr/bin/sleep", kubelet)
        cls.world.processes["kubelet"] = subprocess.Popen([kubelet, "infinity"])
        fw = cls.world.firewall_cmd
        fw("--permanent", "--new-zone=k0s")
        ports = ("80/tcp", "6443/tcp", "8132/tcp", "10250/tcp", "179/tcp", "179/udp")
        for options in (
            ["--add-source=10.244.0.0/16", "--add-source=10.96.0.0/12"],
            ["--add-masquerade"], ["--add-forward"], ["--add-protocol=vrrp"],
            ["--add-service=kube-api"], [f"--add-port={port}" for port in ports],
            ["--add-rich-rule=rule family=ipv4 source address=192.0.2.0/24 accept"],
        ):
            fw("--permanent", "--zone=k0s", *options)
        fw("--permanent", "--zone=public", "--add-interface=eth0")
        fw("--permanent", "--new-policy=out")
        fw("--permanent", "--policy=out", "--add-ingress-zone=k0s")
        fw("--permanent", "--policy=out", "--add-egress-zone=ANY")
        fw("--permanent", "--policy=out", "--set-target=ACCEPT")
        fw("--reload")

    @classmethod
    def tearDownClass(cls):
        cls.world.take_down()

    def iptmode(self, *arguments):
        begin = time.monotonic()
        done = subprocess.run(
            [os.environ["IPTMODE"], *arguments], capture_output=True, text=True, check=False,
            timeout=30, env={"PATH": PATH},
        )
        self.seconds = time.monotonic() - begin
        self.assertEqual("", done.stderr)
        return json.loads(done.stdout)

    def snapshot(self):
        return self.iptmode("snapshot")

    def snapshot_from_a_container(self):
        """Seen from where the host's files are below /run/host and the bus is nowhere else."""
        script = (
            "mkdir -p /run/host && mount --rbind / /run/host && mount -t tmpfs tmpfs /run/dbus && "
            "mount -t tmpfs tmpfs /etc/firewalld && "
            'exec "$1" --host-root /run/host snapshot'
        )
        done = subprocess.run(
            ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh",
             os.environ["IPTMODE"]],
            capture_output=True, text=True, check=False, timeout=30, env={"PATH": PATH},
        )
        self.assertEqual("", done.stderr)
        return json.loads(done.stdout)

    def findings(self, check):
        report = self.iptmode("-o", "json", "--only", check)["checks"][check]
        return report["status"], [finding["message"] for finding in report["findings"]]

    def follow_the_remedy(self, check):
        """Types the commands of the one finding there is."""
        findings = self.iptmode("-o", "json", "--only", check)["checks"][check]["findings"]
        self.assertEqual(1, len(findings))
        steps = [step for step in findings[0]["remedy"] if step.startswith("firewall-cmd ")]
        for step in steps:
            self.world.firewall_cmd(*shlex.split(step)[1:])
        return steps

    def expect_no_more_to_do(self):
        self.assertEqual(("pass", []), self.findings("firewalld_zone"))
        self.assertTrue(self.world.pods_reach_each_other())

    def test_the_remedies_are_enough_now_and_after_a_reload(self):
        fw = self.world.firewall_cmd
        zone = Path("/etc/firewalld/zones/k0s.xml")
        before = zone.read_bytes()
        fw("--permanent", "--policy=out", "--set-target=CONTINUE")
        try:
            for options in ("--remove-source=10.244.0.0/16", "--remove-forward", "--remove-masquerade"):
                fw("--permanent", "--zone=k0s", options)
            fw("--reload")
            steps = self.follow_the_remedy("firewalld_zone")
            self.assertNotIn("firewall-cmd --reload", steps)
            self.expect_no_more_to_do()
            fw("--reload")
            self.expect_no_more_to_do()

            fw("--permanent", "--policy=out", "--remove-ingress-zone=k0s")
            fw("--permanent", "--delete-zone=k0s")
            fw("--reload")
            self.follow_the_remedy("firewalld_zone")
            self.expect_no_more_to_do()
        finally:
            zone.write_bytes(before)
            fw("--reload")
            fw("--permanent", "--policy=out", "--add-ingress-zone=k0s")
            fw("--permanent", "--policy=out", "--set-target=ACCEPT")
            fw("--reload")

    def test_the_daemon_is_heard_whole(self):
        seen = self.snapshot()["firewalld"]
        self.assertTrue(seen["running"])
        self.assertEqual(self.world.processes["firewalld"].pid, seen["pid"])
        self.assertEqual("daemon", seen["source"])
        self.assertRegex(seen["busOwner"], r"^:\d+\.\d+$")
        self.assertEqual(self.world.firewall_cmd("--version").strip(), seen["version"])
        for place in ("file", "daemon"):
            self.assertEqual(self.backend, seen[place]["backend"])
            self.assertTrue(seen[place]["flushAllOnReload"])
            self.assertEqual("public", seen[place]["defaultZone"])
        zones = {zone["zone"]: zone for zone in seen["zones"]}
        self.assertEqual({"k0s", "public"}, set(zones))
        self.assertTrue(zones["public"]["isDefault"])
        self.assertEqual(["eth0"], zones["public"]["interfaces"])
        k0s = zones["k0s"]
        self.assertEqual(["10.244.0.0/16", "10.96.0.0/12"], k0s["sources"])
        self.assertEqual((True, True), (k0s["forward"], k0s["masquerade"]))
        self.assertIn("6443/tcp", k0s["ports"])
        self.assertEqual(["vrrp"], k0s["protocols"])
        self.assertEqual(1, k0s["richRules"])
        # kube-api of this release includes kubelet.
        self.assertEqual(["10250/tcp"], k0s["servicePorts"])
        self.assertIn("ACCEPT", [p["target"] for p in seen["policies"] if p["policy"] == "out"])

    def test_a_container_hears_the_daemon_through_the_hosts_root(self):
        inside, outside = self.snapshot_from_a_container(), self.snapshot()
        self.assertEqual([], [gap for gap in inside["gaps"] if gap["hides"] == "firewalld"])
        self.assertEqual("daemon", inside["firewalld"]["source"])
        for key in ("zones", "policies", "file", "daemon", "pid", "version"):
            self.assertEqual(outside["firewalld"][key], inside["firewalld"][key], key)

    def test_files_and_daemon_say_the_same(self):
        live = self.snapshot()
        self.assertEqual([], [gap for gap in live["gaps"] if gap["hides"] == "firewalld"])
        self.world.send("firewalld", signal.SIGSTOP)
        try:
            offline = self.snapshot()["firewalld"]
        finally:
            self.world.send("firewalld", signal.SIGCONT)
        self.assertEqual("files", offline["source"])
        for key in ("zones", "policies", "file"):
            self.assertEqual(live["firewalld"][key], offline[key], key)

    def test_a_bus_that_hangs_costs_two_seconds_at_most(self):
        self.snapshot()
        usual = self.seconds
        for name in ("bus", "firewalld"):
            self.world.send(name, signal.SIGSTOP)
            try:
                seen = self.snapshot()
            finally:
                self.world.send(name, signal.SIGCONT)
            self.assertLess(self.seconds - usual, 2.0, name)
            gaps = [gap["subject"] for gap in seen["gaps"] if gap["hides"] == "firewalld"]
            self.assertEqual(["firewalld over D-Bus" if name == "bus" else "firewalld"], gaps)
            self.assertEqual("files", seen["firewalld"]["source"])

    def test_reading_changes_nothing(self):
        def state():
            tree = {
                str(path): (path.read_bytes() if path.is_file() else b"", path.stat().st_mtime_ns)
                for path in sorted(Path("/etc/firewalld").rglob("*"))
            }
            return (run("nft", "-a", "list", "ruleset"), run("iptables-legacy-save", check=False),
                    self.world.firewall_cmd("--list-all-zones"), tree)

        before = state()
        self.snapshot()
        self.iptmode("-o", "json")
        self.assertEqual(before, state())

    def test_the_verdict_on_zones_is_what_becomes_of_packets(self):
        fw = self.world.firewall_cmd
        fw("--permanent", "--policy=out", "--set-target=CONTINUE")
        fw("--reload")
        self.assertTrue(self.world.pods_reach_each_other())
        self.assertEqual(("pass", []), self.findings("firewalld_zone"))
        bad = "warn" if self.backend == "iptables" else "fail"
        try:
            fw("--zone=k0s", "--remove-forward")
            self.assertFalse(self.world.pods_reach_each_other())
            status, messages = self.findings("firewalld_zone")
            self.assertEqual(bad, status)
            self.assertIn("does not forward", messages[0])

            fw("--zone=k0s", "--remove-source=10.244.0.0/16")
            self.assertFalse(self.world.pods_reach_each_other())
            status, messages = self.findings("firewalld_zone")
            self.assertEqual(bad, status)
            self.assertIn("No zone of firewalld accepts the pod network", messages[0])
        finally:
            fw("--permanent", "--policy=out", "--set-target=ACCEPT")
            fw("--reload")

    def test_a_reload_kills_host_ports_as_foretold(self):
        multi = run("readlink", "-f", "/usr/sbin/iptables").strip()
        for words in ("-N CNI-HOSTPORT-DNAT", "-N CNI-DN-abc", "-A PREROUTING -j CNI-HOSTPORT-DNAT",
                      "-A CNI-HOSTPORT-DNAT -p tcp --dport 8080 -j CNI-DN-abc",
                      "-A CNI-DN-abc -p tcp --dport 8080 -j DNAT --to-destination 10.244.1.2:80"):
            run(multi, "iptables", "-t", "nat", *words.split())
        status, messages = self.findings("firewalld_flush")
        self.assertEqual("warn", status)
        self.assertIn("hostPorts of running pods stay dead", messages[0])
        self.world.firewall_cmd("--reload")
        self.assertNotIn("CNI-DN-abc", run(multi, "iptables-save", "-t", "nat"))
        self.assertEqual(("pass", []), self.findings("firewalld_flush"))

    def test_a_changed_file_waits_for_a_restart(self):
        self.assertEqual(("pass", []), self.findings("firewalld_backend"))
        other = "iptables" if self.backend == "nftables" else "nftables"
        self.world.set_option("FirewallBackend", other)
        try:
            status, messages = self.findings("firewalld_backend")
        finally:
            self.world.set_option("FirewallBackend", self.backend)
        self.assertEqual("warn", status)
        self.assertIn(f"FirewallBackend={other}", messages[0])


def main():
    if INSIDE in os.environ:
        return unittest.main(argv=[sys.argv[0]], verbosity=2)
    problem = what_is_missing()
    package = ""
    if problem is None:
        done = subprocess.run([HERE / "fetch_firewalld"], stdout=subprocess.PIPE, text=True, check=False)
        package = done.stdout.strip()
        if done.returncode != 0:
            problem = "firewalld could not be fetched"
    if problem is not None:
        print(f"test_firewalld: {problem}", file=sys.stderr)
        return 1 if os.environ.get("IPTMODE_REQUIRE_ROOTS") == "1" else SKIP
    environment = {
        **os.environ, "PATH": PATH, INSIDE: package, "IPTMODE_FIREWALLD_BACKEND": sys.argv[1],
    }
    return subprocess.run(
        ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc",
         sys.executable, "-B", __file__], env=environment, check=False,
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
