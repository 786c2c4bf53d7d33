# SPDX-License-Identifier: GPL-2.0-or-later
"""Every example of README and manual page is run, on a node, in the order in which it stands there.

`RUN` says of each what it must end with and print. An example that is not there fails the test, and
so does one that is there and is no longer in the text.
"""

import json
import re
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

from harness import HERE, iptmode, require_node, run_in

TOP = HERE.parent.parent
README = (TOP / "README.md").read_text(encoding="utf-8")
PAGE = (TOP / "man/iptmode.8").read_text(encoding="utf-8")

# Exit status, and what standard output holds.
AUDIT = (0, "PASS  ")
RUN = {
    "iptmode": AUDIT,
    "iptmode -o json": (0, '"verdict": "pass"'),
    "iptmode -o json | jq -r .verdict": (0, "pass\n"),
    "iptmode -o html > report.html": (0, ""),
    "iptmode bundle": (0, ".tar.gz\n"),
    "iptmode bundle --redact ip,host": (0, ".tar.gz\n"),
    "iptmode diagnose iptmode-*.tar.gz": (0, "GROUP"),
    "iptmode bundle --redact ip,host --output-file worker-1.tar.gz": (0, "worker-1.tar.gz\n"),
    "iptmode diagnose worker-1.tar.gz": AUDIT,
    "iptmode explain": (0, "CHECK "),
    "iptmode explain backend_mismatch": (0, "HOW TO MEND IT"),
    "iptmode snapshot > node.json": (0, ""),
    "iptmode diagnose node.json": AUDIT,
    "iptmode diagnose nodes/*.json": (0, "GROUP"),
    "iptmode crossread": (0, "are read alike"),
    "iptmode baseline accept": (0, "is accepted as it is"),
    "iptmode drift": (0, "UNCHANGED  worker-3"),
    "iptmode drift --quiet": (0, ""),
    "iptmode drift --history": (0, "accepted\n"),
    "iptmode --host-root /host": AUDIT,
    "iptmode -q --fail-on warning > /run/iptmode.txt || cat /run/iptmode.txt": (0, ""),
    "iptmode snapshot > worker-1.json": (0, ""),
    "iptmode diagnose worker-1.json": AUDIT,
    "iptmode diagnose worker-*.json": (0, "GROUP"),
    "ssh worker-1 sudo iptmode snapshot | iptmode diagnose -": AUDIT,
    "iptmode -o prometheus --output-file /var/lib/prometheus/node-exporter/iptmode.prom": (0, ""),
    "iptmode -o npd --output-file /run/iptmode/npd.txt": (0, ""),
    "iptmode -o nagios": (0, "IPTMODE OK - "),
    "kubectl debug node/worker-3 -it --profile=sysadmin --image=debian:12 -- chroot /host iptmode": AUDIT,
    "journalctl -x SYSLOG_IDENTIFIER=iptmode IPTMODE_CHECK=backend_mismatch": (0, ""),
    "iptmode drift --journal": (0, ""),
    "systemctl enable --now iptmode-drift.timer": (0, ""),
}
# Scripts that build the project or test it: running them here would be running this in itself.
SCRIPTS = {"packaging/try", "tests/run"}

# What a node of a test does not have. A stand-in runs the command that the real one would run
# elsewhere, or sees to it that what it names is what is shipped.
STAND_INS = {
    "sudo": 'exec "$@"',
    "ssh": 'shift; exec "$@"',
    "chroot": '[ "$1" = /host ] || exit 64; shift; exec "$@"',
    "kubectl": 'while [ "$1" != -- ]; do shift || exit 64; done; shift; exec "$@"',
    "systemctl": f'for unit; do :; done; grep -q WantedBy= "{TOP}/packaging/systemd/$unit"',
    "journalctl": f"""
for match; do case $match in *=*) grep -rq '"'"${{match%%=*}}"'"' "{TOP}/src/report/journal.cpp" || exit 1; esac; done""",
}
DRIVER = """
import json, os, subprocess, sys
results = []
for example in json.load(sys.stdin):
    done = subprocess.run(["bash", "-c", example], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    results.append([example, done.returncode, done.stdout, done.stderr])
json.dump(results, sys.stdout)
"""


def bare(line):
    """An example as it is typed: without prompt, remark and sudo in front."""
    return re.sub(r"^(?:[#$] )?(?:sudo )?", "", re.sub(r"\s+# .*", "", line.strip()))


def in_readme():
    for block in re.findall(r"(?ms)^```sh\n(.*?)^```", README):
        yield from map(bare, block.splitlines())
    for span in re.findall(r"`((?:sudo |iptmode |kubectl |systemctl |journalctl )[^`]+)`", README):
        if "..." not in span and not re.fullmatch(r"iptmode (diagnose|explain|baseline|drift)|journalctl -x", span):
            yield bare(span)


def in_page():
    for block in re.findall(r"(?ms)^\.(?:EX|nf)\n(.*?)^\.(?:EE|fi)", PAGE):
        for line in block.splitlines():
            line = re.sub(r"^\.B ", "", line).replace("\\-", "-").replace("\\(aq", "'")
            if re.match(r"[#$] |journalctl", line):
                yield bare(line)


def examples():
    return list(dict.fromkeys(filter(None, [*in_readme(), *in_page()])))


def yaml_examples():
    yield from re.findall(r"(?ms)^```yaml\n(.*?)^```", README)
    for block in re.findall(r"(?ms)^\.nf\n(.*?)^\.fi", PAGE):
        if "check:" in block:
            yield block.replace("\\-", "-").replace("\\(dq", '"')


def tool_directory(directory):
    # Where a debug container has the node's root, there is a link to it that no other test sees.
    on_node = f'exec {iptmode()} "${{@/#\\/host/{directory}/host}}"'
    for name, body in {"iptmode": on_node, **STAND_INS}.items():
        tool = Path(directory) / name
        tool.write_text(f"#!/bin/bash\n{body}\n", encoding="utf-8")
        tool.chmod(0o755)


def run_all(commands):
    """Each of them in one node, with the directories that the text takes for granted."""
    with tempfile.TemporaryDirectory() as directory:
        tool_directory(directory)
        (Path(directory) / "list.json").write_text(json.dumps(commands), encoding="utf-8")
        prepare = (
            f'cd "$(mktemp -d)" && mkdir nodes /run/iptmode && mkdir -p /var/lib/prometheus/node-exporter && '
            f"ln -s / {directory}/host; export PATH={directory}:/usr/sbin:/usr/bin:/sbin:/bin; "
            'iptmode snapshot | tee nodes/a.json nodes/b.json >worker-2.json; '
            f'/usr/bin/python3 -c "$0" <{directory}/list.json; status=$?; rm -f {directory}/host; rm -r "$PWD"; exit $status'
        )
        done = run_in("healthy_1_32", ["/bin/bash", "-c", prepare, DRIVER])
    return json.loads(done.stdout), done.stderr


class Examples(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        require_node()

    def test_all_are_known(self):
        found = set(examples())
        self.assertEqual(found - set(RUN) - SCRIPTS, set(), "an example that nothing here runs")
        self.assertEqual(set(RUN) - found, set(), "no longer an example")
        self.assertGreater(len(list(in_page())), 10)
        for script in SCRIPTS:
            self.assertTrue((TOP / script).stat().st_mode & 0o100, script)

    def test_all_do_what_they_should(self):
        if shutil.which("jq") is None:
            self.skipTest("jq is not installed")
        results, _ = run_all([example for example in examples() if example in RUN])
        for example, status, stdout, stderr in results:
            with self.subTest(example=example):
                wanted, said = RUN[example]
                self.assertEqual((status, stderr), (wanted, ""))
                self.assertIn(said, stdout)

    def test_every_file_of_exceptions_is_read(self):
        files = list(yaml_examples())
        self.assertEqual(len(files), 2)
        for text in files:
            command = f"iptmode --exceptions /dev/stdin <<'END'\n{text}END\n"
            (_, status, stdout, stderr), = run_all([command])[0]
            self.assertEqual((status, stderr), (0, ""))
            self.assertIn("EXCEPTIONS\n", stdout)

    def test_the_nodes_own_exceptions_are_read(self):
        accept = "- {check: mode_split, reason: known, expires: 2020-01-01}"
        commands = [
            f"mkdir -p /etc/iptmode; echo '{accept}' >/etc/iptmode/exceptions.yaml; iptmode",
            "iptmode --exceptions /dev/null",
            "iptmode drift; echo oops >/etc/iptmode/exceptions.yaml; iptmode",
            "iptmode snapshot | iptmode diagnose -",
        ]
        told, silenced, wrong, elsewhere = run_all(commands)[0]
        self.assertIn("expired on 2020-01-01", told[2])
        self.assertEqual((told[1], silenced[1], elsewhere[1]), (0, 0, 0))
        self.assertNotIn("EXCEPTIONS", silenced[2] + elsewhere[2])
        self.assertEqual(wrong[1], 64)
        self.assertIn("/etc/iptmode/exceptions.yaml: line 1: ", wrong[3])


if __name__ == "__main__":
    sys.exit(unittest.main())
