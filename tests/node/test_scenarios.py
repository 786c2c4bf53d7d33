# SPDX-License-Identifier: GPL-2.0-or-later
"""The audit of every scenario says what the scenario expects, and nothing else."""

import json
import unittest

import jsonschema
from harness import HERE, audit, gaps_of, one_test_for_each, require_node, scenario

SCHEMA = HERE.parent.parent / "packaging/schema/report.schema.json"


def findings_of(report):
    """(check id, severity, subject, message) of everything that was found."""
    return [
        (check, result["severity"], finding["subject"], finding["message"])
        for check, result in sorted(report["checks"].items())
        for finding in result["findings"]
    ]


@one_test_for_each(scenario.names())
class Scenarios(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        require_node()

    def check(self, name):
        expect = scenario.load(name)["expect"]
        status, report, stderr = audit(name)
        self.problems = []
        self.compare("exit status", expect["exit"], status)
        self.compare("verdict", expect["verdict"], report["verdict"])
        self.compare("role", expect["role"], report["node"]["role"])
        self.compare("stderr", "", stderr)
        if expect["verdict"] != "unknown":
            self.compare("gaps", expect.get("gaps", []), gaps_of(report))
        self.compare_where_told(expect, report)
        self.compare_findings(expect, findings_of(report))
        self.compare_components(expect, report["components"])
        self.validate(report)
        if self.problems:
            self.fail("\n  ".join([f"{name}: {report['message']}", *self.problems]))

    def compare(self, what, wanted, got):
        if wanted != got:
            self.problems.append(f"{what}: wanted {wanted!r}, got {got!r}")

    def compare_where_told(self, expect, report):
        k0s = report["k0s"] or {}
        shown = report["components"]
        facts = {
            "distribution": report["node"]["distribution"],
            "dataDir": k0s.get("dataDir"),
            "impostors": sum(1 for component in shown if component["impostor"]),
            "networks": len({c["networkNamespace"] for c in shown if not c["impostor"]}),
        }
        for key, got in facts.items():
            if key in expect:
                self.compare(key, expect[key], got)

    def compare_findings(self, expect, found):
        """Every expected finding is there; every other one is of a check that may fire."""
        wanted = expect.get("findings", [])
        for want in wanted:
            if not any(_fits(want, finding) for finding in found):
                self.problems.append(f"missing: {json.dumps(want)}")
        allowed = {want["check"] for want in wanted} | set(expect.get("may", []))
        for check, severity, subject, message in found:
            if check not in allowed:
                self.problems.append(f"not wanted: {severity} {check}, {subject}: {message}")

    def compare_components(self, expect, shown):
        for name, want in expect.get("components", {}).items():
            group = [c for c in shown if c["name"] == name and not c["impostor"] and c["inNode"]]
            if len(group) != 1:
                self.problems.append(f"{name}: reported {len(group)} times")
                continue
            installation = group[0]["installation"] or {}
            got = {
                "backend": installation.get("backend"),
                "version": installation.get("version"),
                "effective": sorted(group[0]["effective"]),
                "declared": group[0]["declared"],
            }
            self.compare(name, want, {key: got[key] for key in want})

    def validate(self, report):
        schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
        for error in jsonschema.Draft202012Validator(schema).iter_errors(report):
            self.problems.append(f"schema: {error.json_path}: {error.message}")


def _fits(want, finding):
    check, severity, subject, _ = finding
    return (
        check == want["check"]
        and want.get("severity", severity) == severity
        and want.get("subject", "") in subject
    )


if __name__ == "__main__":
    unittest.main()
