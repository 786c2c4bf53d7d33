#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Accepted findings, on a stored node with a fault: in every format, in a fleet, and what is wrong
with a file that is not one."""

import gzip
import json
import re

import pytest
from program import CLEAN, FINDINGS, SOURCE, UNDECIDED, USAGE, run, validated

FOREVER = "- {{check: {check}, reason: known, expires: never}}\n"


@pytest.fixture(name="node")
def a_node_with_a_fault(tmp_path):
    stored = SOURCE / "tests/golden/snapshots/kube_router_on_legacy.json.gz"
    path = tmp_path / "node.json"
    path.write_bytes(gzip.decompress(stored.read_bytes()))
    return str(path)


def faults(node):
    report = json.loads(run("diagnose", "-o", "json", node).stdout)
    return [check for check, result in report["checks"].items() if result["status"] in ("warn", "fail")]


@pytest.fixture(name="accepting")
def a_file_that_accepts_everything(node, tmp_path):
    path = tmp_path / "accepted.yaml"
    path.write_text("".join(FOREVER.format(check=check) for check in faults(node)))
    return ["--exceptions", str(path)]


def test_accepted_findings_stay_visible_and_decide_nothing(node, accepting):
    assert run("diagnose", node).returncode == FINDINGS
    done = run("diagnose", node, *accepting)
    assert (done.returncode, done.stderr) == (CLEAN, "")
    assert done.stdout.startswith("PASS") and "(suppressed by an exception)" in done.stdout
    report = validated(run("diagnose", "-o", "json", node, *accepting).stdout)
    assert report["verdict"] == "pass" and report["summary"]["suppressed"] > 0
    assert {use["state"] for use in report["exceptions"]} == {"inUse"}


def test_every_protocol_follows(node, accepting):
    nagios = run("diagnose", "-o", "nagios", node, *accepting)
    assert nagios.returncode == 0 and re.search(r" suppressed=[1-9]", nagios.stdout)
    npd = run("diagnose", "-o", "npd", node, *accepting)
    assert npd.returncode == 0 and npd.stdout.startswith("ok: ")
    metrics = run("diagnose", "-o", "prometheus", node, *accepting).stdout
    assert re.search(r"(?m)^iptmode_suppressed_findings [1-9]", metrics)
    assert not re.search(r'(?m)^iptmode_findings\{.*severity="error"\} [1-9]', metrics)


def test_a_fleet_joins_them(node, accepting, tmp_path):
    healthy = tmp_path / "healthy.json"
    stored = SOURCE / "tests/golden/snapshots/healthy_1_32.json.gz"
    healthy.write_bytes(gzip.decompress(stored.read_bytes()))
    done = run("diagnose", "-o", "json", node, str(healthy), *accepting)
    fleet = validated(done.stdout, "fleet")
    assert (done.returncode, fleet["verdict"]) == (CLEAN, "pass")
    assert {use["state"] for use in fleet["exceptions"]} == {"inUse"}
    assert fleet["summary"]["suppressed"] == sum(n["suppressed"] for n in fleet["nodes"]) > 0
    text = run("diagnose", node, str(healthy), *accepting).stdout
    assert "EXCEPTIONS" in text and "stale" not in text
    alone = run("diagnose", str(healthy), str(healthy), *accepting).stdout
    assert "  stale   " in alone and "matches nothing" in alone


def test_an_expired_one_counts_by_the_day_of_the_snapshot(node, tmp_path):
    path = tmp_path / "accepted.yaml"
    checks = faults(node)
    for day, status, state in [("2026-01-31", CLEAN, "inUse"), ("2026-01-30", FINDINGS, "expired")]:
        path.write_text("".join(f"- {{check: {c}, reason: known, expires: {day}}}\n" for c in checks))
        done = run("diagnose", "-o", "json", node, "--exceptions", str(path))
        assert done.returncode == status
        assert {use["state"] for use in json.loads(done.stdout)["exceptions"]} == {state}


@pytest.mark.parametrize(
    "text, said",
    [
        ("check: mode_split\n", "line 1: the file must be a list of exceptions"),
        ("\n- check: mode_splat\n", "line 2: there is no check 'mode_splat'"),
        ("- check: mode_split\n  reason: x\n  expires: soon\n", "line 3: expires: 'soon' is no day"),
        ("- check: incomplete\n", "line 1: incomplete has no exceptions"),
        ("- {\n", "no YAML"),
        ("\x00\x01", "line 1: the file must be a list"),
    ],
)
def test_a_bad_file_is_one_line_and_wrong_usage(node, text, said, tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text(text)
    for form, status in [("text", USAGE), ("json", USAGE), ("nagios", 3), ("npd", UNDECIDED)]:
        done = run("diagnose", "-o", form, node, "--exceptions", str(path))
        assert done.returncode == status
        assert done.stderr.startswith(f"iptmode: {path}: ") and said in done.stderr
        assert done.stderr.count("\n") == 1


def test_a_file_that_cannot_be_read_is_wrong_usage(node, tmp_path):
    huge = tmp_path / "huge"
    with open(huge, "wb") as file:
        file.truncate(2 << 20)
    for path, said in [(tmp_path / "missing", "No such file"), (tmp_path, "Is a directory"), (huge, "too large")]:
        done = run("diagnose", node, "--exceptions", str(path))
        assert (done.returncode, done.stdout) == (USAGE, "") and said in done.stderr
