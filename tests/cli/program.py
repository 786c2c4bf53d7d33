#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the built program. An audit runs in namespaces of its own, never on this machine's."""

import json
import os
import subprocess
from pathlib import Path

import jsonschema
import pytest

IPTMODE = os.environ.get("IPTMODE", "iptmode")
SOURCE = Path(os.environ.get("IPTMODE_SOURCE", Path(__file__).resolve().parents[2]))
CLEAN, FINDINGS, UNDECIDED, USAGE = 0, 1, 2, 64
ALONE = ["unshare", "-n", "-m", "-p", "--fork", "--mount-proc"]

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root: it makes namespaces")


def run(*arguments, environment=None, before=(), **options):
    """The ended process, with stdout and stderr as text."""
    options.setdefault("stdout", subprocess.PIPE)
    return subprocess.run(
        [*before, IPTMODE, *arguments],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={"PATH": os.environ["PATH"], **(environment or {})},
        text=True,
        timeout=60,
        check=False,
        **options,
    )


def audit(*arguments, **options):
    """An audit of an empty network with no process but its own."""
    return run(*arguments, before=ALONE, **options)


def validated(text, schema="report"):
    """The report, once it has been held against the shipped schema."""
    schema = json.loads((SOURCE / f"packaging/schema/{schema}.schema.json").read_text())
    report = json.loads(text)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(report)
    return report
