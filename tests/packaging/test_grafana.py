#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The dashboard: sound as a document, and every query finds something in the metrics of a node."""

import json
import re
import subprocess

import pytest
from callers import PACKAGING, diagnosed, require

DASHBOARD = json.loads((PACKAGING / "grafana/iptmode.json").read_text())
GRID_COLUMNS = 24


def panels():
    return DASHBOARD["panels"]


def queries():
    return [
        target["expr"].replace("$instance", ".*")
        for panel in panels()
        for target in panel["targets"]
    ]


def cells(panel):
    at = panel["gridPos"]
    return {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}


def test_the_panels_lie_side_by_side():
    taken = set()
    for panel in panels():
        assert not taken & cells(panel), panel["title"]
        assert all(x < GRID_COLUMNS for x, _ in cells(panel))
        taken |= cells(panel)
    assert len({panel["id"] for panel in panels()}) == len(panels())


def test_every_variable_is_declared():
    declared = {variable["name"] for variable in DASHBOARD["templating"]["list"]}
    used = set(re.findall(r"\$\{?(\w+)", json.dumps(DASHBOARD)))
    assert used == declared
    for panel in panels():
        assert panel["datasource"]["uid"] == "${datasource}"
        assert panel["type"] in ("stat", "table", "timeseries") and panel["targets"]


def series(text):
    """The samples of a node as promtool takes them, with what Prometheus adds to each."""
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        name, labels, value = re.fullmatch(r"(\w+)(?:\{(.*)\})? (\S+)", line).groups()
        joined = ",".join(filter(None, [labels, 'instance="worker-3:9100",job="node"']))
        yield {"series": f"{name}{{{joined}}}", "values": f"{value}x10"}


def test_every_query_finds_something_on_a_node_with_a_fault(tmp_path):
    require("promtool")
    rules = [{"alert": f"Q{i}", "expr": f"absent({q})"} for i, q in enumerate(queries())]
    (tmp_path / "rules.yml").write_text(json.dumps({"groups": [{"name": "q", "rules": rules}]}))
    tests = {
        "rule_files": ["rules.yml"],
        "evaluation_interval": "1m",
        "tests": [
            {
                "interval": "1m",
                "input_series": list(series(diagnosed("kube_router_on_legacy", "prometheus"))),
                "alert_rule_test": [
                    {"eval_time": "5m", "alertname": rule["alert"], "exp_alerts": []} for rule in rules
                ],
            }
        ],
    }
    (tmp_path / "tests.yml").write_text(json.dumps(tests))
    done = subprocess.run(
        ["promtool", "test", "rules", "tests.yml"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("node", ["kube_router_on_legacy", "no_kubernetes"])
def test_every_metric_is_one_that_a_node_has(node):
    known = set(re.findall(r"(?m)^# TYPE (\w+) gauge", diagnosed(node, "prometheus")))
    used = {name for query in queries() for name in re.findall(r"iptmode_\w+", query)}
    variable = {name for v in DASHBOARD["templating"]["list"] for name in re.findall(r"iptmode_\w+", str(v))}
    assert used and used | variable <= known
