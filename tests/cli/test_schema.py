#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Snapshots and the reports of stored nodes, held against the shipped schemas."""

import copy
import gzip
import json

import jsonschema
import pytest
from program import ALONE, CLEAN, SOURCE, needs_root, run, validated

SCHEMA = json.loads((SOURCE / "packaging/schema/snapshot.schema.json").read_text())
STORED = sorted((SOURCE / "tests/golden/snapshots").glob("*.json.gz"))


def closed(schema):
    """The same schema, which refuses what it does not know: so nothing is left out of it."""
    if isinstance(schema, list):
        return [closed(member) for member in schema]
    if not isinstance(schema, dict):
        return schema
    more = {"additionalProperties": False} if schema.get("type") == "object" else {}
    return {key: closed(member) for key, member in schema.items()} | more


def check(snapshot):
    jsonschema.Draft202012Validator(closed(SCHEMA)).validate(snapshot)


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", STORED, ids=lambda path: path.name.split(".")[0])
def test_a_stored_node_and_its_report_fit(path, tmp_path):
    text = gzip.decompress(path.read_bytes()).decode()
    check(json.loads(text))
    stored = tmp_path / "node.json"
    stored.write_text(text, encoding="utf-8")
    validated(run("diagnose", "-o", "json", str(stored)).stdout)


@needs_root
def test_a_snapshot_taken_now_fits():
    done = run("snapshot", before=ALONE)
    assert done.returncode == CLEAN
    check(json.loads(done.stdout))


def test_readers_of_the_schema_take_a_newer_minor_version():
    snapshot = json.loads(gzip.decompress(STORED[0].read_bytes()))
    newer = {**copy.deepcopy(snapshot), "schema": "iptmode.snapshot/1.3", "tomorrow": {"more": 1}}
    jsonschema.Draft202012Validator(SCHEMA).validate(newer)
    for other in ("iptmode.snapshot/2", "iptmode.snapshot/1x", "iptmode.report/1"):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.Draft202012Validator(SCHEMA).validate({**snapshot, "schema": other})


def test_a_missing_key_does_not_fit():
    snapshot = json.loads(gzip.decompress(STORED[0].read_bytes()))
    del snapshot["node"]["kernel"]
    with pytest.raises(jsonschema.ValidationError):
        check(snapshot)
