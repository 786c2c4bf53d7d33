# SPDX-License-Identifier: GPL-2.0-or-later
"""Processes that look like components: their own exe, argv, environment and namespaces."""

import hashlib
import os
import shutil
import signal
from pathlib import Path

from . import image, linux


class StartFailed(Exception):
    """An actor did not start; the text says why."""


def start(work):
    """Runs `work(ready)` in a child and waits until everybody there closed `ready`, as exec does."""
    reader, ready = os.pipe()

    def child():
        os.close(reader)
        try:
            work(ready)
        except Exception as error:
            os.write(ready, f"{type(error).__name__}: {error}".encode())
            raise

    if os.fork() == 0:
        try:
            child()
        finally:
            os._exit(1)
    os.close(ready)
    with os.fdopen(reader, "rb") as pipe:
        problem = pipe.read().decode()
    if problem:
        raise StartFailed(problem)


def stage(process, root, pause):
    """Puts a copy of the pause program at the exe path of `process` and of its children."""
    exe = Path(str(root) + process["exe"])
    if not exe.exists():
        exe.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(pause, exe)
        exe.chmod(0o755)
    for child in process.get("children", []):
        stage({**child, "environment": {}}, root, pause)


def write_files(files, root):
    """`files` maps an absolute path to its text, or to its lines."""
    for path, text in files.items():
        target = Path(str(root) + path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(
            text if isinstance(text, str) else "".join(f"{line}\n" for line in text),
            encoding="utf-8",
        )


def become(process, environment=None):
    """Turns the caller into `process`, after starting its children as it would. No return."""
    environment = {**(environment or {}), **process.get("environment", {})}
    for child in process.get("children", []):
        if os.fork() == 0:
            become(child, environment)
    if "user" in process:
        os.setgroups([])
        os.setresgid(process["user"], process["user"], process["user"])
        os.setresuid(process["user"], process["user"], process["user"])
    os.execve(process["exe"], [process["exe"], *process.get("arguments", [])], environment)


def detach_from_terminal():
    null = os.open("/dev/null", os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def start_on_host(process, pause):
    """A process in the node's own namespaces."""
    stage(process, "", pause)

    def work(_ready):
        detach_from_terminal()
        become(process, {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"})

    start(work)


class Container:
    """A mount namespace with a root of its own: a Debian release made to look like an image."""

    def __init__(self, work, releases, programs):
        self.work = work
        self.releases = releases
        self.programs = programs

    def start(self, name, process, shim, network=None):
        """Starts `process` in a container below `shim`; joins the open namespace `network`."""
        root = self.work / name

        def work(_ready):
            linux.adopt_orphans()
            if os.fork() != 0:
                detach_from_terminal()
                become({**shim, "arguments": [*shim["arguments"], "-id", _container_id(name)]})
            if network is not None:
                linux.setns(network, linux.CLONE_NEWNET)
            linux.unshare(linux.CLONE_NEWNS | linux.CLONE_NEWIPC | linux.CLONE_NEWUTS)
            linux.make_private()
            if process.get("ownPids"):
                linux.unshare(linux.CLONE_NEWPID)
                if os.fork() != 0:
                    os._exit(0)
            self._build(root, process)
            linux.pivot_root(root)
            detach_from_terminal()
            become(process, {"HOME": "/root"})

        start(work)

    def _build(self, root, process):
        """Mounts and fills the root; only this mount namespace sees it."""
        layers = root.with_suffix(".layers")
        for path in (root, layers / "upper", layers / "work"):
            path.mkdir(parents=True)
        linux.mount_overlay(self.releases.root(process["image"]["release"]), layers, root)
        image.install(root, process["image"], self.programs)
        stage(process, root, self.programs / "pause")
        write_files(process.get("files", {}), root)
        linux.mount("proc", root / "proc", "proc", linux.MS_NOSUID | linux.MS_NODEV)
        linux.mount("tmpfs", root / "dev", "tmpfs", linux.MS_NOSUID, "mode=755,size=64k")
        os.mknod(root / "dev/null", 0o20666, os.makedev(1, 3))


def _container_id(name):
    return hashlib.sha256(name.encode()).hexdigest()
