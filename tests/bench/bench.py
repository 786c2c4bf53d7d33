#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Measures a whole audit against the manual recipe and against the least work that reads the rules.

Needs root. Builds a scratch node for each case: its own network, mount and pid namespaces, rules of
kube-proxy's shape, three components, a bin directory of k0s. The runs of one case take turns, so
that a busy machine slows all of them; medians are compared. Exits with 1 when a limit is broken.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import rules

COMPONENTS = ("kubelet", "kube-proxy", "kube-router")
LINKS = ("iptables", "iptables-save", "iptables-restore", "ip6tables", "ip6tables-save", "ip6tables-restore")
SYSTEM_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
MIB = 1024  # KiB

# name -> backend, rules, what is compared with what, limit of the ratio, limit of the RSS in MiB
CASES = {
    "nft 10k, audit / manual recipe": ("nft", 10_000, "audit", "recipe", 0.5, None),
    "nft 100k, audit / netlink floor": ("nft", 100_000, "audit", "nft_floor", 1.25, 24),
    "legacy 100k, audit / libiptc floor": ("legacy", 100_000, "audit", "legacy_floor", 1.3, None),
    # 150 ms on top of an audit of 335 ms: every iptables of the node, all its bugs looked for
    "nft 100k, crossread / audit": ("nft", 100_000, "crossread", "audit", 1.45, 32),
}


class Node:
    """What is in the namespaces that this process was started in."""

    def __init__(self, options: argparse.Namespace, backend: str, wanted: int, place: Path):
        self.options = options
        self.bin = place / "k0s" / "bin"
        self.processes = []
        self._install_k0s(backend)
        self.rules = self._load_rules(backend, wanted)
        for name in COMPONENTS:
            self.processes.append(self._start(name, place))

    def _install_k0s(self, backend: str) -> None:
        self.bin.mkdir(parents=True)
        for multi in ("xtables-nft-multi", "xtables-legacy-multi"):
            shutil.copy(f"/usr/sbin/{multi}", self.bin)
        for link in LINKS:
            (self.bin / link).symlink_to(f"xtables-{backend}-multi")

    @staticmethod
    def _load_rules(backend: str, wanted: int) -> int:
        text, count = rules.rule_set(wanted)
        subprocess.run([f"iptables-{backend}-restore"], input=text.encode(), check=True)
        return count

    @staticmethod
    def _start(name: str, place: Path) -> subprocess.Popen:
        """Each with an iptables of its own first in its PATH."""
        program = place / name
        shutil.copy("/usr/bin/sleep", program)
        own = place / f"{name}.bin"
        own.mkdir()
        shutil.copy("/usr/sbin/xtables-nft-multi", own)
        for link in LINKS:
            (own / link).symlink_to("xtables-nft-multi")
        return subprocess.Popen(
            ["unshare", "--mount", str(program), "infinity"],
            env={"PATH": f"{own}:{SYSTEM_PATH}"},
        )

    def wait_for_components(self) -> None:
        for process, name in zip(self.processes, COMPONENTS):
            deadline = time.monotonic() + 5
            while Path(f"/proc/{process.pid}/comm").read_text().strip() != name:
                if time.monotonic() > deadline:
                    sys.exit(f"bench: {name} did not start")
                time.sleep(0.01)

    def commands(self) -> dict[str, list[str]]:
        recipe = [f"ls -lah {self.bin}/"]
        recipe += [f"nsenter -t {process.pid} -m iptables -V" for process in self.processes]
        recipe += [f"ip{v}tables-{b}-save" for v in ("", "6") for b in ("nft", "legacy")]
        return {
            "audit": self._audit(),
            "crossread": [*self._audit(), "crossread"],
            "recipe": ["/bin/sh", "-c", "; ".join(recipe)],
            "nft_floor": [self.options.nft_floor],
            "legacy_floor": [self.options.legacy_floor],
        }

    def _audit(self) -> list[str]:
        return [self.options.iptmode, "--data-dir", str(self.bin.parent), "--exit-zero"]

    def check_audit(self, backend: str) -> None:
        """An audit that did not read the rules is not worth measuring."""
        run = subprocess.run(self._audit() + ["-o", "json"], stdout=subprocess.PIPE, check=False)
        report = json.loads(run.stdout)
        kernel = report["kernel"]
        tables = kernel["nft"]["tables"] if backend == "nft" else kernel["legacy"]["ipv4"]
        seen = sum(table["rules"] for table in tables or [])
        found = {component["name"] for component in report["components"]}
        if seen != self.rules or found != set(COMPONENTS) or run.returncode != 0:
            sys.exit(
                f"bench: the audit saw {seen} of {self.rules} rules and the components {sorted(found)}, "
                f"exit status {run.returncode}, gaps {report['gaps']}"
            )


def measure(options: argparse.Namespace, command: list[str]) -> tuple[float, float, int]:
    """Wall time and processor time in milliseconds, peak RSS in KiB."""
    line = subprocess.run([options.measure, *command], stdout=subprocess.PIPE, check=True).stdout
    wall, cpu, kib, status = (int(word) for word in line.split())
    if status != 0:
        sys.exit(f"bench: {command[0]} ended with {status}")
    return wall / 1000, cpu / 1000, kib


def run_inside(options: argparse.Namespace) -> None:
    backend, wanted, measured, other, _, _ = CASES[options.inside]
    with tempfile.TemporaryDirectory(prefix="iptmode-bench.") as place:
        # As k0s' data directory and a container's root are (k0s, pkg/constant: DataDirMode, BinDirMode):
        # what nobody may search has to be read a second time.
        os.chmod(place, 0o755)
        node = Node(options, backend, wanted, Path(place))
        try:
            node.wait_for_components()
            node.check_audit(backend)
            commands = {name: node.commands()[name] for name in (measured, other)}
            runs = {name: [] for name in commands}
            for _ in range(options.runs):
                for name, command in commands.items():
                    runs[name].append(measure(options, command))
        finally:
            for process in node.processes:
                process.kill()
                process.wait()
    print(json.dumps({"rules": node.rules, "runs": runs}))


def run_case(options: argparse.Namespace, name: str) -> bool:
    """Prints one line of the result; returns whether it keeps the limits."""
    _, _, measured, other, max_ratio, max_mib = CASES[name]
    here = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    again = [sys.executable, "-B", os.path.abspath(__file__), *sys.argv[1:], "--inside", name]
    inside = subprocess.run(here + again, stdout=subprocess.PIPE, check=False)
    if inside.returncode != 0:
        sys.exit(inside.returncode)
    result = json.loads(inside.stdout)
    walls = {key: statistics.median(run[0] for run in runs) for key, runs in result["runs"].items()}
    cpus = {key: statistics.median(run[1] for run in runs) for key, runs in result["runs"].items()}
    peak = max(run[2] for run in result["runs"][measured])
    ratio = walls[measured] / walls[other]
    fits = ratio <= max_ratio and (max_mib is None or peak <= max_mib * MIB)
    memory = f" (limit {max_mib})" if max_mib else ""
    print(
        f"{'ok  ' if fits else 'FAIL'}  {name}: {ratio:.2f} (limit {max_ratio})   "
        f"{walls[measured]:.1f} ms / {walls[other]:.1f} ms, processor time "
        f"{cpus[measured]:.1f} ms / {cpus[other]:.1f} ms, {result['rules']} rules, "
        f"peak RSS {peak / MIB:.1f} MiB{memory}",
        flush=True,
    )
    return fits


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for program in ("iptmode", "measure", "nft-floor", "legacy-floor"):
        parser.add_argument(f"--{program}", required=True, type=os.path.abspath)
    parser.add_argument("--runs", type=int, default=11, help="of each program in each case")
    parser.add_argument("--case", help="only the cases whose name contains this")
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> int:
    options = parse_options()
    os.environ["PATH"] = SYSTEM_PATH
    if os.geteuid() != 0:
        print("bench: needs root", file=sys.stderr)
        return 77
    if options.inside:
        run_inside(options)
        return 0
    names = [name for name in CASES if not options.case or options.case in name]
    return 0 if all([run_case(options, name) for name in names]) else 1


if __name__ == "__main__":
    sys.exit(main())
