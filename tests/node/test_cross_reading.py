# SPDX-License-Identifier: GPL-2.0-or-later
"""Every writer against every reader: each cell of the matrix is the one worked out by hand."""

import json
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


REPLAY = """
"$0" crossread --write /tmp/kept.json -q >/dev/null
exec "$0" crossread --from /tmp/kept.json --reader /usr/sbin/iptables-nft --host-root "$1" -o json
"""


class Replay(unittest.TestCase):
    """A ruleset that was kept is read by an iptables that is not on the node."""

    @classmethod
    def setUpClass(cls):
        require_node()

    def outcomes(self, release):
        root = releases.fetch() / f"root-{release}"
        done = run_in("skew_1_8_7", ["/bin/sh", "-c", REPLAY, iptmode(), root])
        document = json.loads(done.stdout)
        self.assertEqual(len(document["readers"]), 1)
        outcomes = [shape["cells"][0]["outcome"] for shape in document["shapes"]]
        self.assertGreater(len(outcomes), 50)
        return done.returncode, set(outcomes)

    def test_by_an_old_one(self):
        status, outcomes = self.outcomes("bullseye")
        self.assertEqual(status, 1)
        self.assertIn("misread", outcomes)

    def test_by_a_new_one(self):
        status, outcomes = self.outcomes("sid")
        self.assertEqual((status, outcomes - {"notAsked"}), (0, {"same"}))
