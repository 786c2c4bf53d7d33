# SPDX-License-Identifier: GPL-2.0-or-later
"""System calls that Python 3.11 does not offer: mounts, namespaces, process attributes."""

import ctypes
import fcntl
import os
import socket
import struct

CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_NOSUID = 0x2
MS_NODEV = 0x4
MS_REC = 0x4000
MS_PRIVATE = 0x40000
MNT_DETACH = 0x2

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36

_SYS_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41, "riscv64": 41, "ppc64le": 203, "s390x": 217}

_libc = ctypes.CDLL(None, use_errno=True)


def _check(result, what):
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), what)
    return result


def mount(source, target, fstype="", flags=0, data=""):
    _check(
        _libc.mount(
            os.fsencode(source),
            os.fsencode(target),
            fstype.encode(),
            ctypes.c_ulong(flags),
            os.fsencode(data),
        ),
        f"mount {fstype} {target} {data}",
    )


def mount_overlay(lower, layers, target):
    """Lays the empty directory layers/upper over `lower`: what is changed below `target` goes there."""
    data = f"lowerdir={lower},upperdir={layers}/upper,workdir={layers}/work"
    mount("overlay", target, "overlay", data=data)


def unmount(target):
    """Takes the mount out of the tree now; it ends with its last user."""
    _check(_libc.umount2(os.fsencode(target), MNT_DETACH), f"umount {target}")


def make_private():
    """Nothing that is mounted from now on reaches another mount namespace."""
    mount("none", "/", flags=MS_REC | MS_PRIVATE)


def unshare(flags):
    _check(_libc.unshare(flags), f"unshare {flags:#x}")


def setns(descriptor, kind):
    _check(_libc.setns(descriptor, kind), f"setns {kind:#x}")


def pivot_root(new_root):
    """Makes the mount `new_root` the root; the old one is gone from this namespace."""
    os.chdir(new_root)
    _check(_libc.syscall(_SYS_PIVOT_ROOT[os.uname().machine], b".", b"."), f"pivot_root {new_root}")
    _check(_libc.umount2(b".", MNT_DETACH), "umount of the old root")
    os.chdir("/")


def die_with_parent(signal_number):
    _check(_libc.prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0), "prctl PR_SET_PDEATHSIG")


def adopt_orphans():
    _check(_libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "prctl PR_SET_CHILD_SUBREAPER")


def bring_up_loopback():
    """Sets `lo` up in the network namespace of the caller."""
    siocgifflags, siocsifflags, iff_up = 0x8913, 0x8914, 0x1
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sh22x", b"lo", 0)
        flags = struct.unpack("16sh22x", fcntl.ioctl(control, siocgifflags, request))[1]
        fcntl.ioctl(control, siocsifflags, struct.pack("16sh22x", b"lo", flags | iff_up))
