# SPDX-License-Identifier: GPL-2.0-or-later
"""Scenarios: data that says which node to build and what an audit must say about it."""

import copy
import json

from .releases import HERE

SCENARIOS = HERE / "scenarios"
_KEYS = {
    "summary", "host", "k0s", "hostProcesses", "containers", "rules", "services", "files",
    "register", "expect",
}
_CONTAINER_KEYS = {
    "component", "image", "network", "mode", "environment", "arguments", "user", "files",
}


def names():
    return sorted(path.stem for path in SCENARIOS.glob("*.json"))


def load(name):
    """A scenario with every component's preset filled in."""
    path = SCENARIOS / f"{name}.json"
    if not path.exists():
        raise ValueError(f"no scenario {name!r}; `node list` names them")
    scenario = json.loads(path.read_text(encoding="utf-8"))
    _only_known(name, scenario, _KEYS)
    presets = json.loads((HERE / "components.json").read_text(encoding="utf-8"))
    words = {"dataDir": scenario.get("k0s", {}).get("dataDir", "/var/lib/k0s")}
    scenario["hostProcesses"] = [
        _expand(presets, entry if isinstance(entry, dict) else {"component": entry}, words)
        for entry in scenario.get("hostProcesses", [])
    ]
    scenario["containers"] = [
        _expand(presets, entry, {**words, "mode": entry.get("mode", "iptables")})
        for entry in scenario.get("containers", [])
    ]
    return scenario


def _only_known(where, given, known):
    unknown = sorted(set(given) - known)
    if unknown:
        raise ValueError(f"{where}: unknown key {', '.join(unknown)}")


def _expand(presets, entry, words):
    """`entry` laid over its component's preset, with {words} put in."""
    _only_known(entry["component"], entry, _CONTAINER_KEYS)
    merged = copy.deepcopy(presets[entry["component"]])
    merged["environment"] = {**merged.get("environment", {}), **entry.get("environment", {})}
    merged["arguments"] = merged.get("arguments", []) + entry.get("arguments", [])
    merged["files"] = {**merged.get("files", {}), **entry.get("files", {})}
    for key in ("component", "image", "network", "user"):
        if key in entry:
            merged[key] = entry[key]
    return _fill_in(merged, words)


def _fill_in(value, words):
    if isinstance(value, str):
        for word, text in words.items():
            value = value.replace("{" + word + "}", text)
        return value
    if isinstance(value, list):
        return [_fill_in(item, words) for item in value]
    if isinstance(value, dict):
        return {key: _fill_in(item, words) for key, item in value.items()}
    return value
