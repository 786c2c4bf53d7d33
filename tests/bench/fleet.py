#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Measures the diagnosis of a thousand stored nodes: fleet.py --iptmode PROGRAM

The snapshots are those of the simulated nodes, with their real rules. Beside it the least work that
reads them: Python's JSON parser, which is written in C, over the same files. The processor time of all
workers is what is limited; the wall clock is too where the machine has nothing else to do. Exits with 1
when a limit is broken.
"""

import argparse
import gzip
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

STORED = Path(__file__).resolve().parents[1] / "golden/snapshots"
NODES = 1000
LIMIT_SECONDS = 3.0
LIMIT_PROCESSOR_SECONDS = 4.0
IDLE = 0.5  # what others may use of a machine that counts as idle, in processors
LIMIT_MIB = 256
FLOOR = "import json, sys\nfor path in sys.argv[1:]: json.load(open(path, encoding='utf-8'))"


def write_nodes(directory):
    stored = [json.loads(gzip.decompress(path.read_bytes())) for path in sorted(STORED.glob("*.json.gz"))]
    for number in range(NODES):
        snapshot = stored[number % len(stored)]
        node = {**snapshot["node"], "hostname": f"worker-{number}"}
        path = Path(directory) / f"{number}.json"
        path.write_text(json.dumps({**snapshot, "node": node}, indent=1), encoding="utf-8")
        yield str(path)


def measured(command):
    """Wall clock and processor seconds, largest resident set in MiB of any child so far."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
    wall, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, used, after.ru_maxrss / 1024


def others_use():
    """Processors that are in use while this program sleeps."""
    def busy():
        fields = [int(word) for word in Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()[1:]]
        return sum(fields[:3]) + sum(fields[5:8])
    before = busy()
    time.sleep(1)
    return (busy() - before) / os.sysconf("SC_CLK_TCK")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--iptmode", required=True)
    program = parser.parse_args().iptmode
    with tempfile.TemporaryDirectory() as directory:
        files = list(write_nodes(directory))
        mib = sum(os.path.getsize(path) for path in files) / (1 << 20)
        busy = others_use()
        wall, used, rss = measured([program, "diagnose", "-o", "json", *files])
        _, floor, _ = measured(["/usr/bin/python3", "-c", FLOOR, *files])
    workers = min(8, os.cpu_count() or 1)
    print(f"{NODES} nodes, {mib:.0f} MiB: {wall:.2f} s, of the processor {used:.2f} s by {workers} workers, "
          f"{used / floor:.2f} times Python's JSON parser alone; {rss:.0f} MiB; others used {busy:.1f} processors")
    broken = used > LIMIT_PROCESSOR_SECONDS or rss > LIMIT_MIB or (busy < IDLE and wall > LIMIT_SECONDS)
    if broken:
        print(f"limit broken: {LIMIT_PROCESSOR_SECONDS} s of the processor, {LIMIT_SECONDS} s on an idle machine, "
              f"{LIMIT_MIB} MiB")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
