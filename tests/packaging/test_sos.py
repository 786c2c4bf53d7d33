#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The extras of sos: a command or a file with its limit on each line, and commands that work."""

import re
import subprocess

from callers import IPTMODE, PACKAGING

LINES = (PACKAGING / "sos/iptmode").read_text().splitlines()


def test_every_line_is_what_sos_takes():
    for line in LINES:
        assert line.startswith("#") or re.fullmatch(r":/\S+ \d+|iptmode( [\w=-]+)+", line), line
    assert not any(re.search(r"[|<>$;&`*]", line) for line in LINES if not line.startswith("#"))


def test_the_commands_are_understood():
    commands = [line.split() for line in LINES if line.startswith("iptmode ")]
    assert commands
    for _, *arguments in commands:
        done = subprocess.run([IPTMODE, *arguments, "--help"], capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (0, b"")
