#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""crossread: the matrix, its JSON form, and a ruleset that is kept and shown elsewhere."""

import gzip
import json
import tarfile

import pytest
from program import ALONE, CLEAN, FINDINGS, SOURCE, UNDECIDED, USAGE, needs_root, run, validated

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


def test_the_matrix_of_a_bundle_is_that_of_its_snapshot(tmp_path):
    directory = tmp_path / "iptmode-node"
    directory.mkdir()
    snapshot = directory / "snapshot.json"
    snapshot.write_bytes(gzip.decompress((SOURCE / "tests/golden/snapshots/skew_1_8_7.json.gz").read_bytes()))
    with tarfile.open(tmp_path / "b.tar.gz", "w:gz") as archive:
        archive.add(directory, "iptmode-node")
    for form in ("text", "json"):
        shown = [run("crossread", "--from", str(path), "-o", form)
                 for path in (snapshot, directory, tmp_path / "b.tar.gz")]
        assert (shown[0].returncode, shown[0].stderr) == (FINDINGS, "")
        assert len({done.stdout for done in shown}) == 1 and "1.8.7" in shown[0].stdout
    empty = tmp_path / "empty"
    empty.mkdir()
    assert run("crossread", "--from", str(empty)).stderr == f"iptmode: {empty}: Is a directory\n"


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
