# SPDX-License-Identifier: GPL-2.0-or-later
"""The programs that play a part: the actor and the stand-ins of iptables-wrapper."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from .releases import HERE

SOURCES = HERE / "programs"
COMPILED = {"pause": "pause.cpp", "iptables-wrapper-go": "go_wrapper.cpp"}
SCRIPTS = {
    "iptables-wrapper-shell-v1": "iptables-wrapper-v1.sh",
    "iptables-wrapper-shell-v2": "iptables-wrapper-v2.sh",
}


def directory(cache):
    """A directory that holds all of them: the build's, or one below `cache` that is filled now."""
    built = Path(os.environ.get("IPTMODE_NODE_PROGRAMS", "/nonexistent"))
    if all((built / name).exists() for name in (*COMPILED, *SCRIPTS)):
        return built
    sources = [*COMPILED.values(), *SCRIPTS.values()]
    digest = hashlib.sha256(b"".join((SOURCES / name).read_bytes() for name in sources))
    place = cache / f"programs-{digest.hexdigest()[:16]}"
    if not place.exists():
        _make(place)
    return place


def _make(place):
    with tempfile.TemporaryDirectory(dir=place.parent) as work:
        new = Path(work) / "new"
        new.mkdir()
        for name, source in COMPILED.items():
            compiler = os.environ.get("CXX", "c++")
            command = [compiler, "-O2", "-static", "-o", new / name, SOURCES / source]
            subprocess.run(command, check=True)
        for name, source in SCRIPTS.items():
            shutil.copy(SOURCES / source, new / name)
        if not place.exists():
            new.rename(place)
