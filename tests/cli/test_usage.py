#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Help, version and wrong usage."""

import pytest
from program import CLEAN, UNDECIDED, USAGE, run


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["help"], ["audit", "--help"]])
def test_help_is_a_result_and_no_error(arguments):
    done = run(*arguments)
    assert (done.returncode, done.stderr) == (CLEAN, "")
    assert done.stdout.startswith("Usage: iptmode")
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_help_of_a_command_is_the_same_in_both_spellings():
    assert run("help", "explain").stdout == run("explain", "--help").stdout
    assert "iptmode explain [CHECK]" in run("help", "explain").stdout


def test_version_is_one_line():
    done = run("--version")
    assert (done.returncode, done.stderr) == (CLEAN, "")
    assert done.stdout.startswith("iptmode ") and done.stdout.count("\n") == 1


@pytest.mark.parametrize(
    "arguments, hint",
    [
        (["--otput", "json"], "did you mean --output?"),
        (["--outp", "json"], "unknown option --outp"),
        (["expalin"], "did you mean explain?"),
        (["explain", "mode_spilt"], "did you mean mode_split?"),
        (["help", "audti"], "did you mean audit?"),
        (["completion", "bsh"], "did you mean bash?"),
        (["completion"], "bash, zsh or fish"),
        (["audit", "twice"], "unexpected argument 'twice'"),
        (["explain", "mode_split", "more"], "unexpected argument 'more'"),
        (["explain", "-o", "json"], "no JSON form"),
        (["-o", "xml"], "none of: text json"),
        (["--only", "nothing"], "there is no check 'nothing'"),
        (["--timeout=-5"], "no number of seconds"),
        (["--config", "/nonexistent"], "/nonexistent: cannot be read"),
        (["-x\x1b[2J"], "unknown option"),
    ],
)
def test_wrong_usage_is_one_line_on_stderr(arguments, hint):
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (USAGE, "")
    assert hint in done.stderr
    assert done.stderr.startswith("iptmode: ") and done.stderr.count("\n") == 1
    assert "\x1b" not in done.stderr


def test_a_wrong_key_in_the_configuration_names_file_and_key(tmp_path):
    config = tmp_path / "iptmode.conf"
    config.write_text("otput = json\n")
    done = run("--config", str(config))
    assert done.returncode == USAGE
    assert str(config) in done.stderr and "'otput'" in done.stderr


def test_explain_lists_and_explains_every_check():
    listing = run("explain")
    ids = [line.split()[0] for line in listing.stdout.splitlines()[1:]]
    assert listing.returncode == CLEAN and "backend_mismatch" in ids
    for check in ids:
        done = run("explain", check)
        assert (done.returncode, done.stderr) == (CLEAN, "")
        assert done.stdout.startswith(f"{check} (")


def test_a_proc_that_is_not_there_is_an_error_with_a_reason():
    done = run("--proc-root", "/nonexistent")
    assert (done.returncode, done.stdout) == (UNDECIDED, "")
    assert "/nonexistent" in done.stderr and done.stderr.count("\n") == 1
