#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The specs for Troubleshoot, played on reports of real nodes: what the collectors run is understood,
the regular expression finds verdict and message with RE2, an outcome follows, paths lead somewhere."""

import json
import re
import subprocess

import pytest
import yaml
from callers import IPTMODE, NODES, PACKAGING, diagnosed

SPECS = {"SupportBundle": "support-bundle.yaml", "HostPreflight": "host-preflight.yaml"}
RUN_KEYS = {"collectorName", "command", "args", "ignoreParentEnvs", "timeout", "outputDir", "env"}
# RE2 as Go's regexp has it; -strict: no falling back to Perl's own engine.
RE2 = r"""
use re::engine::RE2 -strict => 1;
local $/; my $text = <STDIN>; my $pattern = $ARGV[0];
exit 1 unless $text =~ /$pattern/;
print join("\x1f", $1, $2);
"""


def spec(kind):
    document = yaml.safe_load((PACKAGING / "troubleshoot" / SPECS[kind]).read_text())
    assert (document["apiVersion"], document["kind"]) == ("troubleshoot.sh/v1beta2", kind)
    body = document["spec"]
    names = ("hostCollectors", "hostAnalyzers") if kind == "SupportBundle" else ("collectors", "analyzers")
    assert set(body) == set(names)
    return [next(iter(c.items())) for c in body[names[0]]], [next(iter(a.items())) for a in body[names[1]]]


def matched(pattern, text):
    done = subprocess.run(
        ["perl", "-e", RE2, pattern], input=text, capture_output=True, text=True, check=False
    )
    assert done.stderr == "", done.stderr
    if done.returncode != 0:
        return None
    names = re.findall(r"\(\?P<(\w+)>", pattern)
    return dict(zip(names, done.stdout.split("\x1f")))


@pytest.fixture(scope="module", autouse=True)
def an_re2_engine():
    if subprocess.run(["perl", "-e", "use re::engine::RE2"], capture_output=True, check=False).returncode:
        pytest.skip("libre-engine-re2-perl is not installed")


def template(text, values):
    """What a Go template of plain paths gives."""

    def value(found):
        at = values
        for key in found[1].split("."):
            at = at[key]
        return str(at)

    return re.sub(r"\{\{ \.([\w.]+) \}\}", value, text)


def is_true(when, groups):
    name, operator, wanted = when.split()
    assert operator == "==", "of texts Troubleshoot compares equality only"
    return groups is not None and groups[name] == wanted


def text_outcome(analyzer, report):
    groups = matched(analyzer["regexGroups"], report)
    for outcome in analyzer["outcomes"]:
        (kind, body), = outcome.items()
        if "when" not in body or is_true(body["when"], groups):
            return kind, template(body["message"], groups or {})
    raise AssertionError("no outcome")


def json_outcome(analyzer, report):
    at = json.loads(report)
    for key in analyzer["path"].split("."):
        at = at[key]
    same = at == json.loads(analyzer["value"])
    for outcome in analyzer["outcomes"]:
        (kind, body), = outcome.items()
        if body["when"] == str(same).lower():
            return kind, template(body["message"], json.loads(report))
    raise AssertionError("no outcome")


@pytest.mark.parametrize("kind", SPECS)
def test_the_collectors_run_what_the_program_understands(kind):
    collectors, analyzers = spec(kind)
    names = set()
    for what, run in collectors:
        assert what == "run" and set(run) <= RUN_KEYS and run["command"] == "iptmode"
        assert run["ignoreParentEnvs"] is True and re.fullmatch(r"\d+s", run["timeout"])
        names.add(f"host-collectors/run-host/{run['collectorName']}.txt")
        done = subprocess.run([IPTMODE, *run["args"], "--help"], capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        assert "--exit-zero" in run["args"], "a fault is no failure to collect"
    assert {analyzer["fileName"] for _, analyzer in analyzers} <= names


@pytest.mark.parametrize("kind", SPECS)
@pytest.mark.parametrize("node", NODES)
def test_the_text_analyzer_says_the_verdict(kind, node):
    report = diagnosed(node)
    verdict = json.loads(report)["verdict"]
    for what, analyzer in spec(kind)[1]:
        if what == "textAnalyze":
            wanted = ("warn", None) if verdict == "unknown" else (verdict, json.loads(report)["message"])
            found = text_outcome(analyzer, report)
            assert found[0] == wanted[0] and wanted[1] in (None, found[1])


@pytest.mark.parametrize("kind", SPECS)
@pytest.mark.parametrize("text", ["", "command not found", '{"verdict": 7}'])
def test_no_report_is_a_warning(kind, text):
    outcomes = [text_outcome(a, text)[0] for what, a in spec(kind)[1] if what == "textAnalyze"]
    assert outcomes == ["warn"]


@pytest.mark.parametrize("kind", SPECS)
@pytest.mark.parametrize("node", NODES)
def test_the_json_analyzers_follow_their_checks(kind, node):
    report = diagnosed(node)
    for what, analyzer in spec(kind)[1]:
        assert what in ("textAnalyze", "jsonCompare")
        if what == "jsonCompare":
            check = analyzer["path"].split(".")[1]
            status = json.loads(report)["checks"][check]["status"]
            wanted = "fail" if (status == "fail" or kind == "SupportBundle" and status != "pass") else "pass"
            assert json_outcome(analyzer, report)[0] == wanted, (check, status)
