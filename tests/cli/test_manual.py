#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The manual page says everything, and nothing that is not there."""

import re
import shutil
import subprocess

import pytest
from program import SOURCE, run
from test_completion import checks, options

PAGE = SOURCE / "man/iptmode.8"


def plain():
    """The source with its escapes undone."""
    return re.sub(r"\\f.", "", PAGE.read_text().replace("\\-", "-"))


def section(name):
    return re.search(rf"(?ms)^\.SH {name}\n(.*?)(?=^\.SH |\Z)", plain()).group(1)


def test_every_check_has_its_paragraph_in_the_order_of_the_report():
    assert re.findall(r"(?m)^\.TP\n\.BR (\w+) ", section("CHECKS")) == checks()


def test_the_severities_are_those_of_the_program():
    listed = dict(line.split()[:2] for line in run("explain").stdout.splitlines()[1:])
    assert dict(re.findall(r'(?m)^\.BR (\w+) " \((\w+)\)"', section("CHECKS"))) == listed


def test_the_options_are_those_of_help():
    entries = re.findall(r"(?m)^\.TP\n\.B\w* .*", section("OPTIONS"))
    assert {name for entry in entries for name in re.findall(r"--([a-z-]+)", entry)} == options()


def test_the_commands_are_those_of_help():
    listed = re.search(r"(?ms)^Commands:\n(.*?)\n\n", run("--help").stdout).group(1)
    names = re.findall(r"(?m)^  (\w+)", listed)
    assert sorted(re.findall(r"(?m)^\.TP\n\.BR? (\w+)", section("COMMANDS"))) == sorted(names)


def test_it_is_formatted_without_a_warning():
    if shutil.which("man") is None:
        pytest.skip("man is not installed")
    done = subprocess.run(
        ["man", "-l", "--warnings", "-Tutf8", str(PAGE)],
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "MANWIDTH": "80"},
        check=True,
    )
    assert done.stderr == ""
