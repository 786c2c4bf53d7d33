#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Baseline and drift: what is kept, what is told, what is refused. Each run sees an empty network
with no process but its own, so a change is made by naming another k0s directory."""

import json
import os
import shutil
import subprocess

import jsonschema
import pytest
from program import ALONE, CLEAN, FINDINGS, IPTMODE, SOURCE, UNDECIDED, USAGE, needs_root, run

pytestmark = needs_root


@pytest.fixture(name="state")
def fixture_state(tmp_path):
    return tmp_path / "state"


def node(state, *arguments, before=ALONE):
    return run(*arguments, before=before, environment={"STATE_DIRECTORY": f"{state}:/elsewhere"})


@pytest.fixture(name="accepted")
def fixture_accepted(state):
    done = node(state, "baseline", "accept")
    assert (done.returncode, done.stderr) == (CLEAN, "")
    assert str(state / "baseline.json") in done.stdout
    return state


@pytest.fixture(name="k0s")
def fixture_k0s(tmp_path):
    """A k0s directory with an empty bin: naming it is a change that needs nothing else."""
    (tmp_path / "k0s/bin").mkdir(parents=True)
    return f"--data-dir={tmp_path}/k0s"


def drift_json(done):
    schema = json.loads((SOURCE / "packaging/schema/drift.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    report = json.loads(done.stdout)
    jsonschema.Draft202012Validator(schema).validate(report)
    return report


def test_without_a_baseline_it_says_how_to_make_one(state):
    for command in (["drift"], ["drift", "-q"], ["baseline", "show"]):
        done = node(state, *command)
        assert (done.returncode, done.stdout) == (UNDECIDED, "")
        assert "iptmode baseline accept" in done.stderr and done.stderr.count("\n") == 1
    assert not state.exists()


def test_what_is_accepted_is_kept_for_its_owner_alone(accepted):
    assert accepted.stat().st_mode & 0o777 == 0o700
    assert (accepted / "baseline.json").stat().st_mode & 0o777 == 0o600
    stored = json.loads((accepted / "baseline.json").read_text())
    assert json.loads(node(accepted, "baseline", "show", "-o", "json").stdout) == stored
    assert {"subject": "node", "aspect": "role", "value": "none"} in stored["facts"]
    assert "  role: none\n" in node(accepted, "baseline", "show").stdout


def test_an_unchanged_node_is_no_drift(accepted):
    done = node(accepted, "drift")
    assert (done.returncode, done.stderr) == (CLEAN, "") and done.stdout.startswith("UNCHANGED")
    quiet = node(accepted, "drift", "--quiet")
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (CLEAN, "", "")
    report = drift_json(node(accepted, "drift", "-o", "json"))
    assert report["verdict"] == "unchanged" and report["changes"] == []
    assert report["now"]["fingerprint"] == report["baseline"]["fingerprint"]


def test_a_change_is_told_recorded_once_and_ends_with_the_return(accepted, k0s):
    for _ in range(2):
        done = node(accepted, "drift", "--quiet", k0s)
        assert (done.returncode, done.stderr) == (FINDINGS, "")
        assert "k0s, bin directory: nothing -> " in done.stdout
    report = drift_json(node(accepted, "drift", "-o", "json", k0s))
    assert report["verdict"] == "drifted"
    assert report["now"]["fingerprint"] != report["baseline"]["fingerprint"]
    assert node(accepted, "drift", "--exit-zero", k0s).returncode == CLEAN
    assert node(accepted, "drift").returncode == CLEAN

    events = [entry["event"] for entry in
              json.loads(node(accepted, "drift", "--history", "-o", "json").stdout)["entries"]]
    assert events == ["accepted", "drifted", "returned"]
    assert "bin directory: nothing -> " in node(accepted, "drift", "--history").stdout


def test_accepting_again_keeps_the_previous_one(accepted, k0s):
    first = (accepted / "baseline.json").read_bytes()
    assert node(accepted, "baseline", "accept", k0s).returncode == CLEAN
    assert (accepted / "baseline.previous.json").read_bytes() == first
    assert node(accepted, "drift", k0s).returncode == CLEAN


def test_clear_keeps_the_previous_one(accepted):
    first = (accepted / "baseline.json").read_bytes()
    done = node(accepted, "baseline", "clear")
    assert done.returncode == CLEAN and "baseline.previous.json" in done.stdout
    assert (accepted / "baseline.previous.json").read_bytes() == first
    assert node(accepted, "drift").returncode == UNDECIDED
    assert node(accepted, "baseline", "clear").stdout == "there was no baseline\n"


@pytest.mark.parametrize("damage", [b"", b"{", b"\x00\xff" * 999, b" " * (5 << 20), b'{"schema": "iptmode.report/1"}'],
                         ids=["empty", "cut", "bytes", "large", "report"])
def test_a_damaged_baseline_is_one_line_and_stays_as_it_is(accepted, damage):
    file = accepted / "baseline.json"
    file.write_bytes(damage)
    for command in (["drift"], ["drift", "--quiet"], ["baseline", "show"]):
        done = node(accepted, *command)
        assert (done.returncode, done.stdout) == (UNDECIDED, "")
        assert str(file) in done.stderr and done.stderr.count("\n") == 1
    assert file.read_bytes() == damage
    assert node(accepted, "baseline", "accept").returncode == CLEAN
    assert (accepted / "baseline.damaged.json").read_bytes() == damage


@pytest.mark.parametrize("action", ["accept", "clear"])
def test_a_damaged_baseline_never_takes_the_place_of_the_previous_one(accepted, action, k0s):
    first = (accepted / "baseline.json").read_bytes()
    assert node(accepted, "baseline", "accept", k0s).returncode == CLEAN
    (accepted / "baseline.json").write_bytes(b"{")
    assert node(accepted, "baseline", action).returncode == CLEAN
    assert (accepted / "baseline.previous.json").read_bytes() == first
    assert (accepted / "baseline.damaged.json").read_bytes() == b"{"


def test_a_baseline_of_another_host_is_refused(accepted):
    renamed = [*ALONE, "-u", "sh", "-c", 'hostname elsewhere && exec "$0" "$@"']
    done = node(accepted, "drift", before=renamed)
    assert (done.returncode, done.stdout) == (UNDECIDED, "")
    assert "this is elsewhere" in done.stderr and done.stderr.count("\n") == 1


def test_a_node_that_is_not_seen_is_neither_accepted_nor_called_unchanged(accepted):
    before = (accepted / "baseline.json").read_bytes()
    blind = [*ALONE, "setpriv", "--bounding-set=-net_admin,-net_raw"]
    done = node(accepted, "baseline", "accept", before=blind)
    assert (done.returncode, done.stdout) == (UNDECIDED, "")
    assert "nothing was stored" in done.stderr
    assert (accepted / "baseline.json").read_bytes() == before
    done = node(accepted, "drift", before=blind)
    assert done.returncode == UNDECIDED and done.stdout.startswith("UNDECIDED")
    quiet = node(accepted, "drift", "--quiet", before=blind)
    assert (quiet.returncode, quiet.stdout) == (UNDECIDED, "")
    assert quiet.stderr.count("\n") == 1


def test_a_full_disk_leaves_the_old_baseline(tmp_path, k0s):
    state = tmp_path / "small"
    state.mkdir()
    script = (
        'mount -t tmpfs -o size=64k,mode=700 none "$1" && export STATE_DIRECTORY="$1" && '
        '"$2" baseline accept -q && cat "$1/baseline.json" >"$1/../before" && '
        'dd if=/dev/zero of="$1/filler" 2>/dev/null; '
        '"$2" baseline accept "$3"; echo $? >"$1/../exit"; cat "$1/baseline.json" >"$1/../after"'
    )
    done = subprocess.run([*ALONE, "sh", "-c", script, "sh", state, IPTMODE, k0s],
                          capture_output=True, text=True, timeout=60, check=True)
    assert "No space left on device" in done.stderr
    assert (tmp_path / "exit").read_text() == f"{UNDECIDED}\n"
    assert (tmp_path / "before").read_text() == (tmp_path / "after").read_text() != ""


@pytest.mark.parametrize("mode", [0o777, 0o720])
def test_a_directory_that_others_can_write_to_is_refused(accepted, mode):
    os.chmod(accepted, mode)
    done = node(accepted, "drift")
    assert done.returncode == UNDECIDED and "others can write" in done.stderr


def test_a_link_in_the_place_of_the_baseline_is_refused(accepted, tmp_path):
    shutil.move(accepted / "baseline.json", tmp_path / "moved")
    (accepted / "baseline.json").symlink_to(tmp_path / "moved")
    assert node(accepted, "drift").returncode == UNDECIDED


@pytest.mark.parametrize("arguments, hint", [
    (["baseline"], "accept, show or clear"),
    (["baseline", "acept"], "did you mean accept?"),
    (["drift", "now"], "unexpected argument 'now'"),
])
def test_wrong_usage(state, arguments, hint):
    done = node(state, *arguments)
    assert (done.returncode, done.stdout) == (USAGE, "") and hint in done.stderr


def test_concurrent_runs_leave_one_whole_baseline(accepted):
    environment = {**os.environ, "STATE_DIRECTORY": str(accepted)}
    runs = [subprocess.Popen([*ALONE, IPTMODE, "baseline", "accept", "-q"], env=environment)
            for _ in range(6)]
    assert [each.wait(timeout=60) for each in runs] == [CLEAN] * 6
    assert node(accepted, "drift").returncode == CLEAN
    assert not list(accepted.glob("*.new"))
