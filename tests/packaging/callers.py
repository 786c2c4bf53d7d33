# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests of shipped files share: the program, its source, stored snapshots of nodes."""

import gzip
import os
import subprocess
from pathlib import Path

import pytest

IPTMODE = os.environ.get("IPTMODE", "iptmode")
SOURCE = Path(os.environ.get("IPTMODE_SOURCE", Path(__file__).resolve().parents[2]))
PACKAGING = SOURCE / "packaging"
# A fault, a healthy node, a machine without Kubernetes, one whose k0s does not answer.
NODES = ["kube_router_on_legacy", "healthy_1_32", "no_kubernetes", "skew_1_8_7", "two_nodes"]


def snapshot(node):
    """The text of a stored snapshot."""
    return gzip.decompress((SOURCE / f"tests/golden/snapshots/{node}.json.gz").read_bytes()).decode()


def diagnosed(node, form="json"):
    """The report of a stored node as an audit of it would print it."""
    done = subprocess.run(
        [IPTMODE, "diagnose", "-o", form, "-"],
        input=snapshot(node), capture_output=True, text=True, check=False,
    )
    assert done.stderr == ""
    return done.stdout


def stand_in(directory, form):
    """A directory with an `iptmode` that reports on the node $NODE in the form it is asked for."""
    program = directory / "iptmode"
    program.write_text(
        f'#!/bin/sh\n[ "$*" = "{form}" ] || exit 64\n'
        f'gunzip -c {SOURCE}/tests/golden/snapshots/"$NODE".json.gz | {IPTMODE} diagnose {form} -\n'
    )
    program.chmod(0o755)
    return str(directory)


def require(program):
    """Skips where a consumer is not installed."""
    if subprocess.run(["which", program], capture_output=True, check=False).returncode != 0:
        pytest.skip(f"{program} is not installed")
