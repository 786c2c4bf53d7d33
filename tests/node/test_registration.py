# SPDX-License-Identifier: GPL-2.0-or-later
"""Every scenario and every test of this folder is an entry of ctest: arguments are the scenarios."""

import re
import sys
import unittest

from harness import HERE, scenario


def tests_in(module):
    """Names of the test methods in a module's text."""
    text = (HERE / f"{module}.py").read_text(encoding="utf-8")
    return set(re.findall(r"^    def test_(\w+)\(", text, flags=re.M))


class Registration(unittest.TestCase):
    scenarios = []

    def test_names_every_scenario(self):
        self.assertEqual(sorted(self.scenarios), scenario.names())

    def test_names_every_test(self):
        listed = set(re.findall(r"\w+", (HERE / "CMakeLists.txt").read_text(encoding="utf-8")))
        modules = [path.stem for path in HERE.glob("test_*.py") if path.stem != "test_registration"]
        missing = {name for module in modules for name in tests_in(module)} - listed
        self.assertEqual(missing, set())

    def test_every_scenario_says_what_it_expects(self):
        for name in scenario.names():
            expect = scenario.load(name)["expect"]
            self.assertLessEqual({"verdict", "exit", "role"}, set(expect), name)


if __name__ == "__main__":
    Registration.scenarios = sys.argv[1:]
    unittest.main(argv=sys.argv[:1])
