#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The shipped service under a real systemd, with every restriction in force: it sees of a simulated
node, containers and all, what the same program sees without restrictions."""

import json
import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[1]
IPTMODE = os.environ.get("IPTMODE", "iptmode")
SYSTEMD = "/lib/systemd/systemd"
CGROUPS = Path("/sys/fs/cgroup")
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
DEADLINE_SECONDS = 60
UNIT = (TOP / "packaging/systemd/iptmode-drift.service").read_text()

PLAIN = "[Unit]\nDefaultDependencies=no\n"
NODE = f"""{PLAIN}[Service]
Environment=PATH={PATH} IPTMODE_NODE_PROGRAMS={os.environ.get("IPTMODE_NODE_PROGRAMS", "")}
ExecStart=/usr/bin/python3 -B {TOP}/tests/node/node run healthy_1_32 -- /bin/sh -c 'touch /media/up; sleep 300'
StandardError=file:/media/node
"""
FREE = f"""{PLAIN}[Service]
Type=oneshot
ExecStartPre=/bin/sh -c 'until [ -e /media/up ]; do sleep 0.1; done'
ExecStart=/usr/sbin/iptmode snapshot --exit-zero
StandardOutput=file:/media/free.json
"""
END = f"{PLAIN}SuccessAction=exit-force\n[Service]\nType=oneshot\nExecStart=/bin/true\n"
JOURNAL = "systemd-journald.socket systemd-journald-dev-log.socket systemd-journald.service"
STEPS = {  # the shipped unit with another command in its place; None: its own
    "see": "/usr/sbin/iptmode snapshot --exit-zero",
    "accept": "/usr/sbin/iptmode baseline accept --quiet",
    "drift": None,
}


def restricted(name, command):
    """The shipped unit; only what runs, and where it prints, is another."""
    own = re.search(r"(?m)^ExecStart=(.*)$", UNIT).group(1)
    text = re.sub(r"(?m)^ExecStart=.*$", f"ExecStart={command or own}", UNIT)
    text = re.sub(r"(?m)^StandardOutput=.*$", f"StandardOutput=file:/media/{name}", text)
    ended = f"/bin/sh -c 'echo $SERVICE_RESULT $EXIT_STATUS >/media/{name}.ended'"
    return text.replace("[Unit]\n", PLAIN) + f"StandardError=file:/media/{name}.said\nExecStopPost=+{ended}\n"


def write_units(directory):
    steps = list(STEPS)
    units = {"node.service": NODE, "free.service": FREE, "end.service": END}
    units |= {f"{name}.service": restricted(name, command) for name, command in STEPS.items()}
    order = ["free", *steps, "end"]
    for before, after in zip(order, order[1:]):
        units[f"{after}.service"] = units[f"{after}.service"].replace("[Unit]\n", f"[Unit]\nAfter={before}.service\n", 1)
    wants = " ".join(f"{name}.service" for name in ["node", *order])
    units["test.target"] = f"{PLAIN}Wants={wants} {JOURNAL}\n"
    for name, text in units.items():
        (directory / name).write_text(text)


def wait_for_end(process):
    """Systemd ends with the last unit; what hangs is ended with all its processes."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.1)
    if process.poll() is None:
        process.send_signal(signal.SIGKILL)  # unshare: --kill-child takes pid 1 along
    process.wait()


def own_groups():
    """What systemd makes of control groups lies below ours, which go away again: in each hierarchy
    one below the group that this process is in."""
    groups = []
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        mounted = CGROUPS / (controllers.removeprefix("name=") or "unified")
        if mounted.is_dir() and controllers != "cpuset":  # a new one of those takes no process
            groups.append(mounted / path.lstrip("/") / f"iptmode-test-{os.getpid()}")
    return groups


def remove_groups(group):
    for path in [*sorted((p for p in group.rglob("*") if p.is_dir()), reverse=True), group]:
        for _ in range(50):  # until the last of their processes has been reaped
            try:
                path.rmdir()
                break
            except OSError:
                time.sleep(0.02)


def boot(out, units):
    groups = own_groups()
    enter = "".join(f"echo $BASHPID >{group}/cgroup.procs; " for group in groups)
    try:
        for group in groups:
            group.mkdir()
        with subprocess.Popen(
            ["bash", "-c", f'{enter} exec unshare -m -n -p -u -i -C --fork --kill-child "$0" "$@"',
             HERE / "systemd_boot", IPTMODE, out, units, "test.target"],
            env={"PATH": PATH},
        ) as process:
            wait_for_end(process)
    finally:
        for group in groups:
            remove_groups(group)


@pytest.fixture(scope="module", name="seen")
def what_came_out(tmp_path_factory):
    if os.geteuid() != 0 or not os.path.exists(SYSTEMD) or not (CGROUPS / "systemd").is_dir():
        pytest.skip("needs root, systemd, and a machine with a cgroup hierarchy of systemd")
    out, units = tmp_path_factory.mktemp("out"), tmp_path_factory.mktemp("units")
    write_units(units)
    boot(out, units)
    said = {path.name: path.read_text(errors="replace") for path in out.iterdir() if path.is_file()}
    assert "drift.ended" in said and said["see"], said
    return said


def places(text):
    """Of each component what of its iptables was established, and how."""
    return sorted(
        (c["component"], c["networkNamespace"], p["program"], p["path"], str(p["byFile"]), str(p["byRun"]), p["runProblem"])
        for c in json.loads(text)["components"] if c["installation"]
        for p in c["installation"]["programs"]
    )


def test_it_sees_the_same_as_without_restrictions(seen):
    free, restricted_ = seen["free.json"], seen["see"]
    assert json.loads(restricted_)["gaps"] == json.loads(free)["gaps"]
    assert places(restricted_) == places(free)


def test_the_children_enter_the_containers_and_run_there(seen):
    ran = {name for name, _, _, path, _, by_run, _ in places(seen["see"]) if path and by_run != "None"}
    assert {"kube-proxy", "kube-router"} <= ran


def test_a_baseline_is_accepted_and_nothing_has_drifted(seen):
    for name in STEPS:
        assert seen[f"{name}.ended"] == "success 0\n", seen[f"{name}.said"]
        assert seen[f"{name}.said"] == ""
    assert seen["drift"] == ""
