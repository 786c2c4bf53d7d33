#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the report goes, and what happens when it cannot go there."""

import fcntl
import os
import pty
import struct
import subprocess
import termios

import pytest
from program import CLEAN, IPTMODE, UNDECIDED, run


def test_a_closed_pipe_is_an_error_and_no_crash():
    reader, writer = os.pipe()
    os.close(reader)
    done = run("--help", stdout=writer)
    os.close(writer)
    assert done.returncode == UNDECIDED
    assert done.stderr == "iptmode: write standard output: Broken pipe\n"


def test_a_full_disk_is_an_error():
    with open("/dev/full", "w", encoding="ascii") as full:
        done = run("--help", stdout=full)
    assert done.returncode == UNDECIDED
    assert done.stderr == "iptmode: write standard output: No space left on device\n"


def test_a_closed_standard_output_is_an_error():
    done = subprocess.run(
        ["sh", "-c", 'exec "$0" --help >&-', IPTMODE], stderr=subprocess.PIPE, text=True, check=False
    )
    assert done.returncode == UNDECIDED
    assert done.stderr.startswith("iptmode: write standard output: ")


def test_an_output_file_gets_all_of_it_and_standard_output_nothing(tmp_path):
    path = tmp_path / "report"
    path.write_text("old and longer than nothing")
    done = run("--output-file", str(path), "explain")
    assert (done.returncode, done.stdout, done.stderr) == (CLEAN, "", "")
    assert path.read_text() == run("explain").stdout
    assert path.stat().st_mode & 0o7777 == 0o644
    assert os.listdir(tmp_path) == ["report"]


def test_a_dash_is_standard_output():
    assert run("--output-file", "-", "explain").stdout == run("explain").stdout


@pytest.mark.parametrize("path", ["/nonexistent/report", "/dev/null", "/tmp"])
def test_an_output_file_that_cannot_be_is_an_error(path):
    done = run("--output-file", path, "explain")
    assert (done.returncode, done.stdout) == (UNDECIDED, "")
    assert path in done.stderr and done.stderr.count("\n") == 1


def test_a_failed_write_leaves_the_old_report_and_nothing_else(tmp_path):
    path = tmp_path / "report"
    path.write_text("old")
    limited = ["sh", "-c", 'ulimit -f 0; exec "$0" "$@"']
    done = run("--output-file", str(path), "--help", before=limited)
    assert done.returncode != CLEAN
    assert path.read_text() == "old"


def on_a_terminal(*arguments, columns=100, **environment):
    """What the program writes to a terminal of that width."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    with subprocess.Popen(
        [IPTMODE, *arguments], stdout=theirs, env={"TERM": "xterm", **environment}
    ) as process:
        os.close(theirs)
        text = b""
        try:
            while piece := os.read(ours, 65536):
                text += piece
        except OSError:  # Linux ends a terminal without a writer with EIO
            pass
    os.close(ours)
    assert process.returncode == CLEAN
    return text.decode()


def test_colour_is_for_terminals():
    assert "\x1b[" in on_a_terminal("explain")
    assert "\x1b[" not in run("explain").stdout


def test_colour_can_be_refused_and_demanded():
    assert "\x1b[" not in on_a_terminal("explain", NO_COLOR="1")
    assert "\x1b[" in on_a_terminal("explain", NO_COLOR="")
    assert "\x1b[" not in on_a_terminal("explain", TERM="dumb")
    assert "\x1b[" not in on_a_terminal("explain", "--color=never")
    assert "\x1b[" in run("explain", "--color=always", environment={"NO_COLOR": "1"}).stdout


def test_the_width_is_that_of_the_terminal():
    narrow = on_a_terminal("explain", "--color=never", columns=60).splitlines()
    assert max(map(len, narrow)) <= 60
    wide = run("explain", environment={"COLUMNS": "200"}).stdout.splitlines()
    assert max(map(len, wide)) > 70
