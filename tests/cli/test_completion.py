#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The completion scripts: complete, accepted by their shells, and for bash doing what they should."""

import re
import shutil
import subprocess

import pytest
from program import CLEAN, run

SHELLS = {"bash": ["bash", "-n"], "zsh": ["zsh", "-n"], "fish": ["fish", "--no-execute"]}


def options():
    """Every long option of --help."""
    return set(re.findall(r"(?m)^ +(?:-\w, )?--([a-z-]+)", run("--help").stdout))


def checks():
    return [line.split()[0] for line in run("explain").stdout.splitlines()[1:]]


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_knows_every_option_and_check(shell):
    done = run("completion", shell)
    assert (done.returncode, done.stderr) == (CLEAN, "")
    assert len(options()) >= 15
    for word in [*options(), *checks()]:
        assert re.search(rf"(?<![a-z_-]){re.escape(word)}(?![a-z_])", done.stdout.replace("--", " "))


@pytest.mark.parametrize("shell", SHELLS)
def test_its_shell_accepts_a_script(shell, tmp_path):
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    script = tmp_path / "script"
    script.write_text(run("completion", shell).stdout)
    subprocess.run([*SHELLS[shell], str(script)], check=True)


def completed(*words):
    """What bash offers for the last of `words`."""
    script = run("completion", "bash").stdout
    call = script + (
        'COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _iptmode; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        ["bash", "-c", call, "bash", "iptmode", *words], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.parametrize(
    "words, wanted",
    [
        (["exp"], ["explain"]),
        (["--fail"], ["--fail-on"]),
        (["--output", ""], ["text", "json", "html", "prometheus", "npd", "nagios"]),
        (["-o", "j"], ["json"]),
        (["--color", "=", "al"], ["always"]),
        (["--color", "="], ["auto", "always", "never"]),
        (["--only", "mode_"], ["mode_split"]),
        (["--only", "impostor,mode_"], ["impostor,mode_split"]),
        (["explain", "nat_"], ["nat_order"]),
        (["completion", ""], ["bash", "zsh", "fish"]),
        (["-q", "help", "aud"], ["audit"]),
        (["--timeout", ""], []),
    ],
)
def test_bash_offers_what_fits(words, wanted):
    assert completed(*words) == wanted
