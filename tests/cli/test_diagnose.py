#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Stored snapshots: one gives the report of the audit, many a fleet, a bad one a line."""

import json
import os
import re
import resource
import subprocess
import time

import pytest
from program import ALONE, CLEAN, IPTMODE, UNDECIDED, USAGE, needs_root, run, validated

pytestmark = needs_root
AS_NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set=-all"]


@pytest.fixture(scope="module", name="snapshot")
def a_snapshot():
    """What an empty machine looks like: no component, no rule."""
    done = run("snapshot", before=ALONE)
    assert done.stderr == ""
    return json.loads(done.stdout)


def stored(path, snapshot, hostname=None):
    node = {**snapshot["node"], "hostname": hostname or snapshot["node"]["hostname"]}
    path.write_text(json.dumps({**snapshot, "node": node}))
    return str(path)


def without_time(text):
    return re.sub(r'"generatedAt": "[^"]*"', '"generatedAt"', text)


def test_gives_what_the_audit_gives(snapshot, tmp_path):
    path = stored(tmp_path / "node.json", snapshot)
    audited = run("-o", "json", before=ALONE)
    diagnosed = run("diagnose", "-o", "json", path)
    assert without_time(diagnosed.stdout) == without_time(audited.stdout)
    assert (diagnosed.returncode, diagnosed.stderr) == (audited.returncode, "")
    validated(diagnosed.stdout)
    assert run("diagnose", path).stdout == run(before=ALONE).stdout


def test_reads_standard_input_and_pipes(snapshot, tmp_path):
    path = stored(tmp_path / "node.json", snapshot)
    wanted = run("diagnose", path).stdout
    for command in ['"$0" diagnose - <"$1"', 'cat "$1" | "$0" diagnose -', '"$0" diagnose <(cat "$1")']:
        done = subprocess.run(
            ["bash", "-c", command, IPTMODE, path], capture_output=True, text=True, check=False
        )
        assert (done.stdout, done.stderr) == (wanted, "")


def test_needs_no_privilege_and_no_proc(snapshot, tmp_path):
    """As nobody, without a capability, with an empty directory in the place of /proc."""
    path = stored(tmp_path / "node.json", snapshot)
    with open(path, encoding="utf-8") as file:
        done = subprocess.run(
            ["unshare", "-m", "sh", "-c", 'mount -t tmpfs none /proc && exec "$@"', "sh"]
            + [*AS_NOBODY, "--no-new-privs", *run_from_a_copy(tmp_path), "diagnose", "-"],
            stdin=file,
            capture_output=True,
            text=True,
            check=False,
        )
    assert (done.stdout, done.stderr) == (run("diagnose", path).stdout, "")


def run_from_a_copy(tmp_path):
    """The program where nobody can reach it."""
    for directory in [tmp_path, *tmp_path.parents][:3]:
        os.chmod(directory, 0o755)
    copy = tmp_path / "iptmode"
    copy.write_bytes(open(IPTMODE, "rb").read())
    copy.chmod(0o755)
    return [str(copy)]


def bad_files(tmp_path, snapshot):
    """Name, and what is said about it."""
    whole = json.dumps(snapshot)
    contents = {
        "empty": ("", "cut off"),
        "truncated": (whole[: len(whole) // 2], "cut off"),
        "no_json": ("hello\n", "no JSON at byte 1"),
        "newer": (whole.replace("iptmode.snapshot/1", "iptmode.snapshot/2"), "iptmode.snapshot/2"),
        "foreign": ('{"schema": "other/1"}', "other/1"),
        "nothing": ("{}", "no schema"),
        "deep": ("[" * 100000, "nested too deeply"),
        "\x1b[2J": ("\x1b[2J", "no JSON"),
    }
    for name, (text, said) in contents.items():
        (tmp_path / name).write_text(text)
        yield str(tmp_path / name), said
    with open(tmp_path / "huge", "wb") as file:
        file.truncate(65 << 20)
    yield str(tmp_path / "huge"), "File too large"
    yield "/dev/zero", "File too large"
    yield str(tmp_path), "Is a directory"
    yield str(tmp_path / "missing"), "No such file or directory"
    os.mkfifo(tmp_path / "pipe")
    yield str(tmp_path / "pipe"), "timed out"


def test_a_bad_file_is_one_line(snapshot, tmp_path):
    for path, said in bad_files(tmp_path, snapshot):
        done = run("diagnose", "--timeout", "1", path)
        assert (done.returncode, done.stdout) == (UNDECIDED, ""), path
        assert done.stderr.count("\n") == 1 and said in done.stderr, (path, done.stderr)
        assert done.stderr.startswith("iptmode: ") and "\x1b" not in done.stderr


def test_a_newer_minor_version_is_read(snapshot, tmp_path):
    newer = {**snapshot, "schema": "iptmode.snapshot/1.7", "tomorrow": {"key": 1}}
    done = run("diagnose", stored(tmp_path / "newer.json", newer))
    assert done.stderr == "" and done.stdout == run(before=ALONE).stdout


def test_without_a_file_it_is_wrong_usage():
    done = run("diagnose")
    assert done.returncode == USAGE and "name a file" in done.stderr


def test_bad_ones_are_rows_and_the_rest_is_compared(snapshot, tmp_path):
    bad = dict(bad_files(tmp_path, snapshot))
    good = [stored(tmp_path / f"{name}.json", snapshot, name) for name in ("a", "b")]
    done = run("diagnose", "--timeout", "1", "-o", "json", *bad, *good)
    assert (done.returncode, done.stderr) == (UNDECIDED, "")
    fleet = validated(done.stdout, "fleet")
    assert fleet["verdict"] == "unknown"
    assert [node["hostname"] for node in fleet["nodes"]] == ["a", "b"]
    assert fleet["groups"] == [{"fingerprint": fleet["nodes"][0]["fingerprint"], "files": good}]
    assert len(fleet["unread"]) == len(bad) == fleet["summary"]["unread"]
    text = run("diagnose", "--timeout", "1", *bad, *good).stdout
    assert "NOT READ" in text and "\x1b" not in text
    for said in bad.values():
        assert said in " ".join(text.split())


def test_the_odd_one_comes_first_and_the_worst_decides(snapshot, tmp_path):
    files = [stored(tmp_path / f"{name}.json", snapshot, name) for name in ("a", "b")]
    odd = json.loads(json.dumps(snapshot))
    odd["node"]["osId"], odd["gaps"] = "other", [
        {"subject": "table nat", "reason": "denied", "hides": "legacyRules"}
    ]
    hides = {gap.get("hides") for gap in snapshot["gaps"]}
    assert hides <= {None}, "the empty machine is seen whole"
    files.append(stored(tmp_path / "z.json", odd, "z"))
    done = run("diagnose", "-o", "json", *files)
    fleet = validated(done.stdout, "fleet")
    assert fleet["nodes"][0]["hostname"] == "z" and fleet["nodes"][0]["verdict"] == "unknown"
    assert done.returncode == UNDECIDED
    assert run("diagnose", "--exit-zero", *files).returncode == CLEAN
    assert run("diagnose", *files[:2]).returncode == CLEAN
    rows = run("diagnose", *files).stdout.splitlines()
    assert rows[3].startswith("z ") and rows[4].startswith("a ")


def test_several_have_no_form_for_monitoring(snapshot, tmp_path):
    path = stored(tmp_path / "node.json", snapshot)
    assert run("diagnose", "-o", "prometheus", path, path).returncode == USAGE
    assert run("diagnose", "-o", "nagios", path, path).returncode == 3


def test_a_thousand_take_seconds_and_little_memory(snapshot, tmp_path):
    files = [stored(tmp_path / f"{i}.json", snapshot, f"node-{i}") for i in range(1000)]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    done = run("diagnose", "-o", "json", *files)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert (done.returncode, done.stderr) == (CLEAN, "")
    assert len(validated(done.stdout, "fleet")["nodes"]) == 1000
    assert time.monotonic() - start < 60, "a hundred times what it takes on an idle machine"
    assert after.ru_utime - before.ru_utime < 30
    assert after.ru_maxrss < 256 << 10
