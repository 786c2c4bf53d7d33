#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The local check prints one line that a Checkmk agent takes, whatever the program does."""

import os
import re
import subprocess

import pytest
from callers import NODES, PACKAGING, diagnosed, stand_in

# State, name in double quotes, metrics or a hyphen, text: separated by one space each. A metric is
# NAME=VALUE[;WARN[;CRIT[;MIN[;MAX]]]], several with a bar between them.
METRIC = r"[a-z]+=\d+(?:;\d*){0,4}"
LINE = re.compile(rf'([0-3]) "([^"]+)" (-|{METRIC}(?:\|{METRIC})*) (\S.*)')


def local_check(path, **environment):
    done = subprocess.run(
        [PACKAGING / "checkmk/iptmode"],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": f"{path}:/usr/bin:/bin", **environment},
    )
    assert (done.returncode, done.stderr) == (0, "")
    line, end = done.stdout.split("\n", 1)
    assert end == ""
    found = LINE.fullmatch(line)
    assert found, line
    return found.groups()


@pytest.mark.parametrize("node", NODES)
def test_tells_what_nagios_is_told(node, tmp_path):
    state, name, metrics, text = local_check(stand_in(tmp_path, "-o nagios"), NODE=node)
    told = diagnosed(node, "nagios").splitlines()[0]
    word = {"0": "OK", "1": "WARNING", "2": "CRITICAL", "3": "UNKNOWN"}[state]
    assert told.startswith(f"IPTMODE {word} - {text} | ")
    assert name == "iptables backends"
    for metric in told.rsplit(" | ", 1)[1].split():
        assert metric.replace(";;;0", "") in metrics.split("|")


def program(directory, body):
    (directory / "iptmode").write_text(f"#!/bin/sh\n{body}\n")
    (directory / "iptmode").chmod(0o755)
    return str(directory)


@pytest.mark.parametrize(
    "body, said",
    [
        ("exit 127", "no report (exit status 127)"),
        ("echo 'IPTMODE UNKNOWN - no such node'; exit 3", "no such node"),
        ("kill -9 $$", "no report (exit status 137)"),
        ("echo nonsense; echo more", "no report (exit status 0)"),
    ],
)
def test_is_unknown_when_there_is_no_report(body, said, tmp_path):
    state, _, metrics, text = local_check(program(tmp_path, body))
    assert (state, metrics) == ("3", "-") and said in text


def test_is_unknown_without_the_program(tmp_path):
    if os.path.exists("/usr/sbin/iptmode"):
        pytest.skip("iptmode is installed on this machine")
    state, _, _, text = local_check(tmp_path)
    assert state == "3" and "127" in text
