# SPDX-License-Identifier: GPL-2.0-or-later
"""A stored snapshot of a node gives, without privilege, the report that the audit gave."""

import re
import unittest

from harness import iptmode, one_test_for_each, require_node, run_in

# In the node: two audits with a snapshot between them. Outside they would see other processes.
AUDITED_AND_DIAGNOSED = """
work=$(mktemp -d) || exit; trap 'rm -r "$work"' EXIT
"$0" -o "$1" >"$work"/audited; echo "left with $?" >>"$work"/audited
"$0" snapshot >"$work"/snapshot
setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all --no-new-privs \
  "$0" -o "$1" diagnose - <"$work"/snapshot >"$work"/diagnosed; echo "left with $?" >>"$work"/diagnosed
cat "$work"/audited; echo "=====" ; cat "$work"/diagnosed
"""


@one_test_for_each(
    ["healthy_1_32", "kube_router_on_legacy", "two_nodes", "calico_ubi8", "skew_1_8_7", "no_kubernetes"]
)
class Diagnosed(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        require_node()

    def check(self, name):
        for form in ("json", "text", "prometheus", "npd", "nagios"):
            with self.subTest(form=form):
                done = run_in(name, ["/bin/sh", "-c", AUDITED_AND_DIAGNOSED, iptmode(), form])
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                audited, diagnosed = without_times(done.stdout).split("=====\n")
                self.assertIn("left with ", audited)
                self.assertEqual(diagnosed, audited)


def without_times(text):
    text = re.sub(r'"generatedAt": "[^"]*"', '"generatedAt"', text)
    return re.sub(r"(?m)^(iptmode_last_run_timestamp_seconds) .*", r"\1", text)


if __name__ == "__main__":
    unittest.main()
