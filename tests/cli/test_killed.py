#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""kill -9 at random points of `baseline accept` and `drift`: the baseline is the old one or the new
one. Runs itself once more in namespaces of its own, where each round has a host name of its own."""

import json
import os
import random
import socket
import subprocess
import sys
import time
from pathlib import Path

from program import ALONE, IPTMODE, needs_root

ROUNDS = 200


def start(*arguments):
    return subprocess.Popen([IPTMODE, *arguments], stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)


def host_of(state):
    """Whose baseline it is; raises where it is not whole."""
    stored = json.loads((state / "baseline.json").read_text())
    assert stored["schema"] == "iptmode.baseline/1.1" and len(stored["facts"]) > 3
    shown = subprocess.run([IPTMODE, "baseline", "show"], capture_output=True, check=False)
    assert shown.returncode == 0, shown.stderr
    return stored["hostname"]


def duration():
    begin = time.monotonic()
    assert start("baseline", "accept").wait() == 0
    return time.monotonic() - begin


def wait_for_writing(state, run):
    """Files are written at the very end, within a millisecond or two: chance alone misses that."""
    signs = [state / "baseline.previous.json.new", state / "baseline.json.new"]
    while run.poll() is None and not any(sign.exists() for sign in signs):
        pass


def main(state):
    """Prints how many runs were killed, and how many of them had replaced the baseline already."""
    chance = random.Random(5)
    socket.sethostname("first")
    whole = min(duration() for _ in range(3))
    known, killed, replaced, rounds = "first", 0, 0, 0
    while killed < ROUNDS:
        rounds += 1
        assert rounds < ROUNDS * 3, f"only {killed} of {rounds} runs were killed"
        name = f"node-{rounds}"
        accepts = rounds % 4 != 0
        if accepts:
            socket.sethostname(name)
        run = start("baseline", "accept") if accepts else start("drift")
        if accepts and rounds % 2:
            wait_for_writing(state, run)
            time.sleep(chance.uniform(0, 0.002))
        else:
            time.sleep(whole * chance.random())
        run.kill()
        killed += run.wait() == -9
        found = host_of(state)
        assert found in ((known, name) if accepts else (known,)), (found, known, name)
        replaced += run.returncode == -9 and found != known
        known = found
    assert start("baseline", "accept").wait() == 0
    assert start("drift").wait() == 0
    left = {file.name for file in state.iterdir()}
    assert left <= {"baseline.json", "baseline.previous.json", "history.jsonl", "lock"}, left
    print(json.dumps({"killed": killed, "replaced": replaced, "rounds": rounds}))


@needs_root
def test_the_baseline_is_the_old_or_the_new_one(tmp_path):
    done = subprocess.run(
        [*ALONE, "-u", "/usr/bin/python3", "-B", __file__, tmp_path / "state"],
        env={**os.environ, "STATE_DIRECTORY": str(tmp_path / "state")},
        capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    counted = json.loads(done.stdout)
    assert counted["killed"] >= ROUNDS and counted["replaced"] > 0, counted


if __name__ == "__main__":
    main(Path(sys.argv[1]))
