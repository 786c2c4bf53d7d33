# SPDX-License-Identifier: GPL-2.0-or-later
"""What the node tests share: running a command in a node, reading a report, saying what is missing."""

import json
import os
import subprocess
import sys
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(HERE))
from simulation import releases, scenario  # noqa: E402  pylint: disable=wrong-import-position

NODE = HERE / "node"
DEADLINE_SECONDS = 45
# Chain names and other foreign bytes in an audit's output must not break a test's own output.
TEXT = {"text": True, "errors": "backslashreplace"}


def iptmode():
    """The program under test."""
    path = os.environ.get("IPTMODE")
    if not path:
        skip_or_fail("IPTMODE does not name the program to test")
    return path


def require_node():
    """Skips where no node can be built; fails instead where one has to be."""
    problem = None
    if os.geteuid() != 0:
        problem = "needs root"
    else:
        try:
            releases.fetch()
        except releases.Unavailable as error:
            problem = str(error)
    if problem is not None:
        skip_or_fail(problem)


def skip_or_fail(problem):
    """Says that a test cannot run here: a failure where IPTMODE_REQUIRE_ROOTS=1 forbids skips."""
    if os.environ.get("IPTMODE_REQUIRE_ROOTS") == "1":
        raise AssertionError(problem)
    raise unittest.SkipTest(problem)


def run_in(name, command):
    """Runs `command` in the node of the scenario `name`."""
    return subprocess.run(
        [NODE, "run", name, "--", *map(str, command)],
        capture_output=True, timeout=DEADLINE_SECONDS, check=False, **TEXT,
    )


def audit(name, *options, before=()):
    """Runs an audit with JSON output in a node: (exit status, report, stderr)."""
    done = run_in(name, [*before, iptmode(), "-o", "json", *options])
    try:
        report = json.loads(done.stdout)
    except ValueError as error:
        raise AssertionError(
            f"exit {done.returncode}, no JSON ({error}): {done.stdout[:400]!r}\n{done.stderr}"
        ) from None
    return done.returncode, report, done.stderr


def gaps_of(report):
    return [f"{gap['subject']}: {gap['reason']}" for gap in report["gaps"]]


def one_test_for_each(names):
    """Class decorator: gives the class a method test_<name> for each name, calling check(name)."""

    def decorate(case):
        for name in names:
            setattr(case, f"test_{name}", lambda self, name=name: self.check(name))
        return case

    return decorate


def main():
    """Runs the named tests (MODULE.CLASS.TEST); leaves with 77 if every one was skipped."""
    suite = unittest.defaultTestLoader.loadTestsFromNames(sys.argv[1:])
    result = unittest.TextTestRunner(verbosity=2).run(suite)
    if not result.wasSuccessful():
        return 1
    return 77 if result.testsRun == len(result.skipped) else 0


if __name__ == "__main__":
    os.chdir(HERE)
    sys.exit(main())
