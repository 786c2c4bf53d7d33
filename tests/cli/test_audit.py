#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Audits of an empty node, with and without privilege."""

import json
import os

import pytest
from program import ALONE, CLEAN, UNDECIDED, audit, needs_root, run, validated

NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


@needs_root
def test_a_machine_without_kubernetes_passes():
    done = audit("-o", "json")
    assert (done.returncode, done.stderr) == (CLEAN, "")
    report = validated(done.stdout)
    assert report["verdict"] == "pass"
    assert report["node"]["role"] == "none"
    assert report["message"] == "no Kubernetes component runs here"
    assert done.stdout.endswith("}\n")


@needs_root
def test_verdict_and_message_are_the_first_two_lines():
    lines = audit("-o", "json").stdout.splitlines()
    assert lines[1].startswith('  "verdict": ') and lines[2].startswith('  "message": ')


@needs_root
def test_text_begins_with_the_verdict_and_has_no_colour():
    done = audit()
    assert (done.returncode, done.stderr) == (CLEAN, "")
    assert done.stdout.startswith("PASS  no Kubernetes component runs here")
    assert "\x1b" not in done.stdout


@needs_root
def test_quiet_is_one_line_where_there_is_nothing_to_say():
    assert audit("-q").stdout.count("\n") <= 2


@needs_root
def test_every_check_is_in_the_report_whatever_was_selected():
    ids = [line.split()[0] for line in run("explain").stdout.splitlines()[1:]]
    for arguments in [], ["--only", "mode_split"], ["--skip", "mode_split,impostor"]:
        assert list(validated(audit("-o", "json", *arguments).stdout)["checks"]) == ids


@needs_root
def test_a_selection_is_kept():
    checks = validated(audit("-o", "json", "--only", "mode_split").stdout)["checks"]
    assert {check for check, result in checks.items() if result["message"] != "not selected"} == {
        "mode_split"
    }


@needs_root
def test_the_configuration_file_counts(tmp_path):
    config = tmp_path / "iptmode.conf"
    config.write_text("output = json\nonly = mode_split\n")
    validated(audit("--config", str(config)).stdout)


@needs_root
def test_two_audits_have_one_fingerprint():
    first, second = (validated(audit("-o", "json").stdout) for _ in range(2))
    assert first["fingerprint"] == second["fingerprint"]


@needs_root
def test_a_snapshot_is_json_of_its_own_schema():
    done = audit("snapshot")
    assert (done.returncode, done.stderr) == (CLEAN, "")
    assert json.loads(done.stdout)["schema"].startswith("iptmode.snapshot/1")


def as_nobody(*arguments):
    """Without privilege; where there is some to give up, in namespaces of its own."""
    before = [*ALONE, *NOBODY] if os.geteuid() == 0 else []
    return run(*arguments, before=before)


def test_without_privilege_nothing_passes():
    done = as_nobody("-o", "json")
    assert (done.returncode, done.stderr) == (UNDECIDED, "")
    report = validated(done.stdout)
    assert report["verdict"] == "unknown"
    assert any("CAP_SYS_ADMIN" in gap["subject"] + gap["reason"] for gap in report["gaps"])
    assert any(gap["hides"] for gap in report["gaps"])


def test_without_privilege_the_text_says_what_is_missing():
    done = as_nobody()
    assert (done.returncode, done.stderr) == (UNDECIDED, "")
    assert done.stdout.startswith("UNKNOWN  ")
    assert "\nNOT SEEN\n" in done.stdout
    assert "could not be seen." in done.stdout


@pytest.mark.parametrize("fail_on", ["critical", "never"])
def test_unknown_stays_undecided_whatever_would_fail(fail_on):
    assert as_nobody("--fail-on", fail_on).returncode == UNDECIDED


def test_exit_zero_is_zero_and_the_report_the_same():
    done = as_nobody("--exit-zero", "-o", "json")
    assert done.returncode == CLEAN
    assert validated(done.stdout)["verdict"] == "unknown"
