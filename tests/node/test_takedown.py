# SPDX-License-Identifier: GPL-2.0-or-later
"""A node leaves nothing behind, however its command or its builder ends."""

import os
import signal
import subprocess
import time
import unittest
from pathlib import Path

from harness import NODE, require_node, run_in

SCENARIO = "no_kubernetes"


def mounts():
    return Path("/proc/self/mountinfo").read_text(encoding="utf-8")


def children_of(pid):
    """Pids of all live descendants."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text(encoding="utf-8", errors="replace")
            except (FileNotFoundError, ProcessLookupError):
                continue
            parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
    found, frontier = [], [pid]
    while frontier:
        frontier = [child for child, parent in parents.items() if parent in frontier]
        found += frontier
    return found


def wait_until(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


class TakeDown(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        require_node()

    def setUp(self):
        self.mounts = mounts()

    def tearDown(self):
        self.assertEqual(self.mounts, mounts())

    def test_passes_the_exit_status_on(self):
        self.assertEqual(run_in(SCENARIO, ["/bin/sh", "-c", "exit 3"]).returncode, 3)

    def test_reports_death_by_signal_as_a_shell_does(self):
        self.assertEqual(run_in(SCENARIO, ["/bin/sh", "-c", "kill -9 $$"]).returncode, 137)

    def test_names_a_command_that_is_not_there(self):
        done = run_in(SCENARIO, ["/no/such/command"])
        self.assertEqual(done.returncode, 127)
        self.assertIn("/no/such/command: No such file", done.stderr)

    def test_says_that_a_scenario_is_unknown(self):
        self.assertEqual(run_in("no_such_scenario", ["/bin/true"]).returncode, 64)

    def test_ends_what_the_command_left_running(self):
        done = run_in(SCENARIO, ["/bin/sh", "-c", "setsid sleep 4242 >/dev/null 2>&1 & exit 0"])
        self.assertEqual(done.returncode, 0)
        self.assertNotIn("4242", subprocess.run(["ps", "-eo", "args"], capture_output=True,
                                                text=True, check=True).stdout)

    def interrupt(self, number, name="healthy_1_32"):
        """Starts a node, sends `number` to its builder; (exit status, its processes that live)."""
        with subprocess.Popen(
            [NODE, "run", name, "--", "/bin/sh", "-c", "echo up; sleep 600"],
            stdout=subprocess.PIPE, text=True,
        ) as node:
            self.assertEqual(node.stdout.readline(), "up\n")
            inside = children_of(node.pid)
            self.assertGreater(len(inside), 8)
            node.send_signal(number)
            status = node.wait(timeout=20)
            gone = wait_until(lambda: not any(os.path.exists(f"/proc/{pid}") for pid in inside))
            self.assertTrue(gone, f"still there: {inside}")
            return status

    def test_ends_with_its_builder_on_sigterm(self):
        self.assertEqual(self.interrupt(signal.SIGTERM), 128 + signal.SIGTERM)

    def test_ends_with_its_builder_on_ctrl_c(self):
        self.assertEqual(self.interrupt(signal.SIGINT), 128 + signal.SIGINT)

    def test_ends_with_its_builder_even_on_sigkill(self):
        self.assertEqual(self.interrupt(signal.SIGKILL), -signal.SIGKILL)


if __name__ == "__main__":
    unittest.main()
