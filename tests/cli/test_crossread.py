#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""crossread: the matrix, its JSON form, and a ruleset that is kept and shown elsewhere."""

import json

import pytest
from program import ALONE, CLEAN, UNDECIDED, USAGE, needs_root, run, validated

pytestmark = needs_root

@pytest.fixture(scope="module", name="empty")
def an_empty_node():
    return json.loads(run("snapshot", before=ALONE).stdout)


def test_an_empty_machine_has_nothing_to_read(tmp_path):
    kept = tmp_path / "rules.json"
    done = run("crossread", "-o", "json", "--write", str(kept), before=ALONE)
    assert done.returncode in (CLEAN, UNDECIDED)
    document = validated(done.stdout, "crossread")
    assert document["shapes"] == []
    again = validated(run("crossread", "--from", str(kept), "-o", "json").stdout, "crossread")
    assert (again["skipped"], again["readers"]) == (document["skipped"], document["readers"])
    stored = json.loads(kept.read_text())
    assert (stored["schema"], stored["components"], stored["host"]) == ("iptmode.snapshot/1", [], None)


def test_a_snapshot_without_a_reading_is_undecided(empty, tmp_path):
    path = tmp_path / "node.json"
    path.write_text(json.dumps({**empty, "crossReading": None}))
    done = run("crossread", "--from", str(path))
    assert (done.returncode, done.stderr) == (UNDECIDED, "")
    assert done.stdout == "nobody was asked to read the rules\n"
    assert validated(run("crossread", "--from", str(path), "-o", "json").stdout, "crossread")["skipped"]
    assert run("crossread", "--from", str(path), "--exit-zero").returncode == CLEAN


def test_a_file_that_is_none_is_a_line(tmp_path):
    path = tmp_path / "nonsense"
    path.write_text("nonsense")
    for name in (path, tmp_path / "nowhere"):
        done = run("crossread", "--from", str(name))
        assert (done.returncode, done.stdout) == (UNDECIDED, "")
        assert done.stderr.startswith(f"iptmode: {name}: ") and done.stderr.count("\n") == 1


def test_takes_no_argument_and_has_no_form_for_monitoring():
    assert run("crossread", "filter").returncode == USAGE
    assert run("crossread", "-o", "prometheus").returncode == USAGE
