# SPDX-License-Identifier: GPL-2.0-or-later
"""Rules one a line, as iptables-restore takes them: each in a chain of its own, named by its line."""

import pathlib
import re

DATA = pathlib.Path(__file__).resolve().parent / "cells"
BUILT_IN = {"ACCEPT", "DROP", "RETURN", "REJECT", "MARK", "DNAT", "SNAT", "MASQUERADE", "REDIRECT",
            "NFLOG", "LOG", "CT", "CONNMARK", "TCPMSS", "NFQUEUE", "TTL", "HL", "TPROXY"}
SETS = {"T-CLUSTER": "hash:ip,port", "T-PORTS": "bitmap:port range 0-65535",
        "T-LOOP": "hash:ip,port,ip", "T-SRC": "hash:net", "T-DST": "hash:net"}


class Line:
    """One rule with its table, the chain it is put in, and the cell that is expected."""

    def __init__(self, number, text):
        table, rest = text.split(" | ", 1)
        self.rule, self.cell = rest.rsplit(" | ", 1)
        self.table, self.chain = table, f"R{number}"

    def target(self):
        """The chain that the rule leads to, if it is one."""
        found = re.search(r' -[jg] (\S+)|^-[jg] (\S+)', self.rule)
        name = found and (found.group(1) or found.group(2))
        return name if name and name not in BUILT_IN else None


def lines(name):
    """The rules of a file, by their chain."""
    text = (DATA / name).read_text().splitlines()
    found = [Line(number, line) for number, line in enumerate(text, 1)
             if line and not line.startswith("#")]
    return {line.chain: line for line in found}


def restore_input(rules):
    """What iptables-restore is fed with."""
    text = ""
    for table in sorted({line.table for line in rules}):
        inside = [line for line in rules if line.table == table]
        chains = {line.chain for line in inside} | {line.target() for line in inside} - {None}
        text += f"*{table}\n" + "".join(f":{chain} - [0:0]\n" for chain in sorted(chains))
        text += "".join(f"-A {line.chain} {line.rule}\n" for line in inside) + "COMMIT\n"
    return text


def make_objects(run, family):
    """The sets and counters that rules refer to; `run` calls a program in the network namespace."""
    for name, kind in SETS.items():
        protocol = ["family", "inet6"] if family == "6" and kind.startswith("hash") else []
        own = name.replace("T-", "T6-") if family == "6" else name
        run("/usr/sbin/ipset", "create", own, *kind.split(), *protocol)
    if family == "4":
        for name in ("localhost_nps_accepted_pkts", "ct_state_invalid_dropped_pkts"):
            run("/usr/sbin/nfacct", "add", name)
