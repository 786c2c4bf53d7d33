#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin that node-problem-detector runs, and its configuration."""

import json
import os
import subprocess
import time
from pathlib import Path

import pytest

SOURCE = Path(os.environ.get("IPTMODE_SOURCE", Path(__file__).resolve().parents[2]))
FOLDER = SOURCE / "packaging/node-problem-detector"
OK, PROBLEM, UNKNOWN = 0, 1, 2
AS_NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs"]


def read(path, *max_age, before=()):
    done = subprocess.run(
        [*before, "sh", str(FOLDER / "npd-reader.sh"), str(path), *max_age],
        capture_output=True,
        text=True,
        timeout=10,
        check=False,
    )
    assert done.stderr == ""
    assert len(done.stdout.encode()) <= 80 and done.stdout.count("\n") == 1
    return done.returncode, done.stdout.rstrip("\n")


@pytest.mark.parametrize(
    "line, wanted",
    [
        ("ok: kube-proxy on nf_tables", (OK, "kube-proxy on nf_tables")),
        ("problem: backend_mismatch: a: b", (PROBLEM, "backend_mismatch: a: b")),
        ("unknown: could not see all", (UNKNOWN, "could not see all")),
        ("", (UNKNOWN, "no iptmode result in the file")),
        ("okay", (UNKNOWN, "no iptmode result in the file")),
        ("ok:", (UNKNOWN, "no iptmode result in the file")),
        ("0 fine", (UNKNOWN, "no iptmode result in the file")),
        ("problem: one\nok: two", (PROBLEM, "one")),
        ("problem: " + "x" * 5000, (PROBLEM, "x" * 71)),
    ],
)
def test_a_line_becomes_a_state(line, wanted, tmp_path):
    path = tmp_path / "npd.txt"
    path.write_text(line + "\n")
    assert read(path) == wanted


def test_a_missing_file_is_unknown(tmp_path):
    assert read(tmp_path / "nothing") == (UNKNOWN, "no iptmode result")


def test_a_directory_and_a_pipe_are_unknown(tmp_path):
    assert read(tmp_path) == (UNKNOWN, "no iptmode result")
    os.mkfifo(tmp_path / "pipe")
    assert read(tmp_path / "pipe") == (UNKNOWN, "no iptmode result")


def test_an_old_result_is_unknown(tmp_path):
    path = tmp_path / "npd.txt"
    path.write_text("ok: fine\n")
    old = time.time() - 100
    os.utime(path, (old, old))
    assert read(path, "200") == (OK, "fine")
    status, message = read(path, "50")
    assert status == UNKNOWN and message.startswith("iptmode result is 10")


def test_a_result_from_the_future_is_unknown(tmp_path):
    path = tmp_path / "npd.txt"
    path.write_text("ok: fine\n")
    later = time.time() + 1000
    os.utime(path, (later, later))
    assert read(path) == (UNKNOWN, "iptmode result is from the future")


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root: it becomes nobody")
def test_it_needs_no_privilege_but_the_right_to_read(tmp_path):
    for directory in [*tmp_path.parents][:2]:
        os.chmod(directory, 0o755)
    os.chmod(tmp_path, 0o755)
    path = tmp_path / "npd.txt"
    path.write_text("ok: fine\n")
    os.chmod(path, 0o644)
    script = tmp_path / "npd-reader.sh"
    script.write_text((FOLDER / "npd-reader.sh").read_text())
    command = [*AS_NOBODY, "sh", str(script), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (OK, "fine\n")
    os.chmod(path, 0o600)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (UNKNOWN, "no iptmode result\n")


def test_the_configuration_is_one_that_the_detector_accepts():
    """It refuses to start when a rule waits longer than all of them or has no path."""
    config = json.loads((FOLDER / "iptmode.json").read_text())

    def seconds(text):
        assert text[-1] in "sm"
        return int(text[:-1]) * (60 if text.endswith("m") else 1)

    whole = config["pluginConfig"]
    assert config["plugin"] == "custom" and whole["max_output_length"] == 80
    conditions = {condition["type"] for condition in config["conditions"]}
    for rule in config["rules"]:
        assert rule["type"] == "permanent" and rule["condition"] in conditions
        assert rule["path"].endswith("/npd-reader.sh") and rule["reason"]
        assert seconds(rule["timeout"]) <= seconds(whole["timeout"]) < seconds(whole["invoke_interval"])
