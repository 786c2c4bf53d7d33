# SPDX-License-Identifier: GPL-2.0-or-later
"""Every writer against every reader: each cell of the matrix is the one worked out by hand."""

import re
import unittest

from harness import HERE, iptmode, releases, require_node, run_in

READ_ALL = HERE.parent / "cross_reading/read_all.py"


class CrossReading(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        require_node()

    def check(self, writer, shapes):
        done = run_in("four_readers", ["/usr/bin/python3", "-B", READ_ALL, iptmode(), releases.fetch(), writer])
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        cells, asked = map(int, re.search(r"(\d+) cells, (\d+) asked$", done.stdout.strip()).groups())
        self.assertGreaterEqual(cells, 4 * shapes)
        self.assertGreaterEqual(asked, 3 * shapes)

    def test_written_by_1_8_7(self):
        self.check("1.8.7", 80)

    def test_written_by_1_8_9(self):
        self.check("1.8.9", 80)

    def test_written_by_1_8_11(self):
        self.check("1.8.11", 80)

    def test_written_by_1_8_13(self):
        self.check("1.8.13", 80)

    def test_native_rules(self):
        self.check("native", 15)
