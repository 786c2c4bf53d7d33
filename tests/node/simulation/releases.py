# SPDX-License-Identifier: GPL-2.0-or-later
"""The fetched Debian releases, and how one of their programs is run."""

import os
import re
import subprocess
from pathlib import Path

from . import linux

HERE = Path(__file__).resolve().parent.parent
VERSIONS = {"bullseye": "1.8.7", "bookworm": "1.8.9", "trixie": "1.8.11", "sid": "1.8.13"}


class Unavailable(Exception):
    """The releases could not be fetched; the text says why."""


def fetch():
    """The directory that holds root-<release> for each of VERSIONS."""
    done = subprocess.run([HERE / "fetch_roots"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Unavailable(done.stderr.strip() or "fetch_roots failed")
    return Path(done.stdout.strip())


class Releases:
    """Runs programs of the fetched releases in the network namespace of the caller."""

    def __init__(self, directory):
        self.directory = Path(directory)

    def root(self, release):
        if release not in VERSIONS:
            raise ValueError(f"unknown release {release!r}; known: {', '.join(VERSIONS)}")
        return self.directory / f"root-{release}"

    def run(self, release, command, text=""):
        """Runs `command` with the release's root as its own, `text` on its stdin; its stdout.

        The cached root stays as it is: /run, where the lock of the legacy build lies, is a tmpfs.
        """
        root = self.root(release)

        def enter():
            linux.unshare(linux.CLONE_NEWNS)
            linux.make_private()
            linux.mount("run", root / "run", "tmpfs")
            linux.mount("proc", root / "proc", "proc")
            os.chroot(root)
            os.chdir("/")

        done = subprocess.run(
            command, input=text, preexec_fn=enter, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise RuntimeError(f"{release}: {' '.join(command)}: {done.stderr.strip()}")
        return done.stdout

    def restore(self, release, backend, family, text):
        """Adds an iptables-restore text, and first what its rules refer to."""
        for name in sorted(set(re.findall(r"--nfacct-name +(\S+)", text))):
            self._ensure(release, ["nfacct", "add", name], ["nfacct", "get", name])
        for name in sorted(set(re.findall(r"--match-set (\S+)", text))):
            kind = "inet6" if family == "ipv6" else "inet"
            self.run(release, ["ipset", "create", "-exist", name, "hash:net", "family", kind])
        program = "iptables-restore" if family == "ipv4" else "ip6tables-restore"
        self.run(release, [multi(backend), program, "--noflush"], text)

    def _ensure(self, release, create, show):
        try:
            self.run(release, show)
        except RuntimeError:
            self.run(release, create)


def multi(backend):
    """The name of the multi-call binary that serves a backend."""
    return {"nf_tables": "xtables-nft-multi", "legacy": "xtables-legacy-multi"}[backend]
