# SPDX-License-Identifier: GPL-2.0-or-later
"""Everything of a node that an audit could change, as plain data. Runs inside the node."""

import os
import re
import socket
import struct
from pathlib import Path

from . import linux

# The trees of the host that hold iptables and its traces; a container is looked at as a whole.
HOST_TREES = ("/etc/alternatives", "/usr/sbin", "/usr/local/bin", "/var/lib/k0s", "/run",
              "/var/lib/embedded-cluster")
READER = "sid"  # reads what every older release wrote


def observe(releases):
    processes = _processes()
    state = {"processes": processes, "modules": _text("/proc/modules")}
    for namespace, pid in _first_of_each(processes, "net").items():
        state[f"firewall of {namespace}"] = _in_network(pid, lambda: _firewall(releases))
    for namespace, pid in _first_of_each(processes, "mnt").items():
        state[f"mounts of {namespace}"] = _text(f"/proc/{pid}/mountinfo")
        state[f"files of {namespace}"] = _files(pid)
    return state


def differences(before, after, path=""):
    """One line for each leaf that differs."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(set(before) | set(after)):
            yield from differences(before.get(key), after.get(key), f"{path}/{key}")
    elif before != after:
        yield f"{path}: {before!r} became {after!r}"


def _text(path):
    try:
        return Path(path).read_text(encoding="utf-8", errors="backslashreplace")
    except FileNotFoundError:
        return None


def _processes():
    """Everybody but this process, by pid."""
    found = {}
    for name in os.listdir("/proc"):
        if name.isdigit() and int(name) != os.getpid():
            try:
                found[name] = {
                    "argv": _text(f"/proc/{name}/cmdline"),
                    "net": os.readlink(f"/proc/{name}/ns/net"),
                    "mnt": os.readlink(f"/proc/{name}/ns/mnt"),
                }
            except (FileNotFoundError, ProcessLookupError):
                continue
    return found


def _first_of_each(processes, kind):
    first = {}
    for pid in sorted(processes, key=int):
        first.setdefault(processes[pid][kind], pid)
    return first


def _in_network(pid, work):
    """What `work()` returns in the network namespace of `pid`."""
    own = os.open("/proc/self/ns/net", os.O_RDONLY)
    target = os.open(f"/proc/{pid}/ns/net", os.O_RDONLY)
    linux.setns(target, linux.CLONE_NEWNET)
    try:
        return work()
    finally:
        linux.setns(own, linux.CLONE_NEWNET)
        os.close(own)
        os.close(target)


def _firewall(releases):
    legacy = {}
    for program in ("iptables-save", "ip6tables-save"):
        saved = releases.run(READER, ["xtables-legacy-multi", program])
        # The time of the listing, and the counters, which the audit's own traffic moves.
        legacy[program] = re.sub(r"^#.*\n|\[\d+:\d+\]", "", saved, flags=re.M)
    return {
        "ip_tables_names": _text("/proc/thread-self/net/ip_tables_names"),
        "ip6_tables_names": _text("/proc/thread-self/net/ip6_tables_names"),
        "nft generation": _nft_generation(),
        "nft ruleset": releases.run(READER, ["nft", "-s", "-a", "list", "ruleset"]),
        "legacy": legacy,
    }


def _nft_generation():
    """NFT_MSG_GETGEN over netlink: the kernel counts every change of its nft rules."""
    netlink_netfilter, getgen, request = 12, (10 << 8) | 16, 1
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, netlink_netfilter) as nfnl:
        nfnl.settimeout(5)
        nfnl.send(struct.pack("=IHHIIBBH", 20, getgen, request, 1, 0, 0, 0, 0))
        answer = nfnl.recv(4096)
    # nlmsghdr, nfgenmsg, then the first attribute: length, type, NFTA_GEN_ID in network order
    return struct.unpack_from(">I", answer, 24)[0]


def _files(pid):
    trees = HOST_TREES if pid == "1" else ("/",)
    return {
        path: about
        for tree in trees
        for path, about in _walk(f"/proc/{pid}/root{tree}", skip=("proc", "sys", "dev"))
    }


def _walk(top, skip):
    for directory, names, files in os.walk(top):
        if directory == top:
            names[:] = [name for name in names if name not in skip]
        for name in [*names, *files, "."]:
            path = os.path.normpath(os.path.join(directory, name))
            about = os.lstat(path)
            target = os.readlink(path) if os.path.islink(path) else ""
            yield path, (
                f"{about.st_mode:o} {about.st_uid}:{about.st_gid} {about.st_size} "
                f"{about.st_mtime_ns} {about.st_ctime_ns} {target}"
            )
