#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The formats of monitoring systems, with their own exit codes and, where there is one, their tool."""

import os
import re
import shutil
import stat
import subprocess

import pytest
from program import CLEAN, UNDECIDED, USAGE, audit, needs_root, run

NAGIOS_UNKNOWN, NPD_UNKNOWN = 3, 2


@needs_root
def test_prometheus_metrics_please_promtool(tmp_path):
    path = tmp_path / "iptmode.prom"
    old_umask = os.umask(0o077)
    done = audit("-o", "prometheus", "--output-file", str(path))
    os.umask(old_umask)
    assert (done.returncode, done.stdout, done.stderr) == (CLEAN, "", "")
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    text = path.read_text()
    assert text.endswith("\n") and 'iptmode_verdict{verdict="pass"} 1\n' in text
    if shutil.which("promtool") is None:
        pytest.skip("promtool is not installed")
    checked = subprocess.run(
        ["promtool", "check", "metrics"], input=text, capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")


@needs_root
def test_npd_is_one_line():
    done = audit("-o", "npd")
    assert (done.returncode, done.stderr) == (CLEAN, "")
    assert done.stdout.startswith("ok: ") and len(done.stdout) <= 80


@needs_root
def test_nagios_is_a_status_line_with_performance_data():
    done = audit("-o", "nagios")
    assert (done.returncode, done.stderr) == (CLEAN, "")
    assert done.stdout.startswith("IPTMODE OK - ")
    status, *findings = done.stdout.splitlines()
    assert re.search(r" \| fail=0;;0;0 warn=0;0;;0 unknown=0;;;0 gaps=\d+;;;0 suppressed=0;;;0$", status)
    assert all(re.match(r"\w+ info: ", line) for line in findings)


@needs_root
@pytest.mark.parametrize(
    "form, status, begin", [("npd", NPD_UNKNOWN, "unknown: "), ("nagios", NAGIOS_UNKNOWN, "IPTMODE UNKNOWN - ")]
)
def test_what_cannot_be_seen_is_unknown(form, status, begin):
    done = audit("-o", form, "--proc-root", "/nonexistent")
    assert done.returncode == status and done.stdout.startswith(begin)
    assert audit("-o", form, "--host-root", "/nonexistent").returncode in (status, CLEAN)


@pytest.mark.parametrize(
    "arguments, status",
    [
        (["-o", "nagios", "--wrong"], NAGIOS_UNKNOWN),
        (["--wrong", "--output=nagios"], NAGIOS_UNKNOWN),
        (["-o", "nagios", "--timeout", "soon"], NAGIOS_UNKNOWN),
        (["-o", "nagios", "adit"], NAGIOS_UNKNOWN),
        (["explain", "-o", "nagios"], NAGIOS_UNKNOWN),
        (["-o", "npd", "--wrong"], NPD_UNKNOWN),
        (["explain", "-o", "npd"], NPD_UNKNOWN),
        (["-o", "prometheus", "--wrong"], USAGE),
        (["explain", "-o", "prometheus"], USAGE),
    ],
)
def test_wrong_usage_is_told_in_the_protocol(arguments, status):
    done = run(*arguments)
    assert done.returncode == status
    assert done.stderr.startswith("iptmode: ") and done.stderr.count("\n") == 1
    reason = done.stderr.removeprefix("iptmode: ")
    if "nagios" in " ".join(arguments):
        assert done.stdout.startswith("IPTMODE UNKNOWN - ") and done.stdout.count("\n") == 1
    elif "npd" in arguments:
        assert done.stdout.startswith("unknown: " + reason[:10]) and len(done.stdout) <= 80
    else:
        assert done.stdout == ""


def test_a_failure_reaches_the_file_that_is_watched(tmp_path):
    path = tmp_path / "npd.txt"
    path.write_text("ok: an old result\n")
    done = run("-o", "npd", "--output-file", str(path), "diagnose", "/nonexistent")
    assert (done.returncode, done.stdout) == (UNDECIDED, "")
    assert path.read_text() == "unknown: /nonexistent: No such file or directory\n"
