#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0-or-later
"""In a simulated node: loads every rule of cells/ as one release writes it, lets every iptables of the
node read them, and compares each cell of the matrix with the one that was worked out by hand.

Usage: read_all.py IPTMODE ROOTS WRITER     WRITER: 1.8.7, 1.8.9, 1.8.11, 1.8.13 or "native"
Prints what is wrong, one a line, and then how many cells were compared.
"""

import json
import subprocess
import sys

import rule_list

RELEASES = {"1.8.7": "bullseye", "1.8.9": "bookworm", "1.8.11": "trixie", "1.8.13": "sid"}
MULTI = "/usr/sbin/xtables-nft-multi"
# Rules that the scratch kernel may refuse, and then nobody is asked: they refer to an object by name.
SET_ASIDE = ("--match-set", "--nfacct-name")


def inside(roots, release, *command, text=""):
    return subprocess.run(["chroot", f"{roots}/root-{RELEASES[release]}", *command], text=True, input=text,
                          capture_output=True, check=True).stdout


def load(roots, writer):
    """The rules by (family, table, chain), now in the kernel."""
    inside(roots, "1.8.13", "/usr/sbin/nft", "flush", "ruleset")
    if writer == "native":
        lines = rule_list.lines("native.v4")
        for line in lines.values():
            inside(roots, "1.8.13", "/usr/sbin/nft", "-f", "-",
                   text=f"table ip {line.table} {{ chain {line.chain} {{ {line.rule}; }}; }};\n")
        return {("ip", line.table, line.chain): line for line in lines.values()}
    loaded = {}
    for family, table_family, program in (("4", "ip", "iptables"), ("6", "ip6", "ip6tables")):
        rule_list.make_objects(lambda *command: inside(roots, "1.8.13", *command), family)
        lines = rule_list.lines(f"rules.v{family}")
        inside(roots, writer, MULTI, f"{program}-restore", text=rule_list.restore_input(list(lines.values())))
        loaded.update({(table_family, line.table, line.chain): line for line in lines.values()})
    return loaded


def wanted_cell(line, writer, reader):
    """What `reader` must make of the rule that `writer` wrote."""
    if writer != "native":
        return line.cell if reader == "1.8.7" and writer != "1.8.7" else "same"
    cells = dict(part.rsplit("=", 1) for part in line.cell.split(" / "))
    return cells.get(reader, cells.get("*"))


def got_cell(cell):
    outcome, differences = cell["outcome"], sorted(cell["differences"])
    if outcome in ("same", "sameMeaning"):
        return "same"
    if outcome != "misread":
        return outcome
    words = [text.removesuffix(" is missing").removeprefix("! ") for text in differences]
    return "lost " + "; ".join(words)


def fits(line, wanted, got):
    if got == "notAsked":
        return any(name in line.rule for name in SET_ASIDE)
    if wanted in ("same", "read"):
        return got == "same"
    if not wanted.startswith("lost "):
        return got == wanted
    words = wanted.removeprefix("lost ")
    if words.startswith("["):
        return got.startswith("lost [")
    if line.cell != wanted:  # a rule of nft: the words are a part of what is lost
        return got.startswith("lost ") and words in got
    return sorted(words.split("; ")) == sorted(got.removeprefix("lost ").split("; "))


def compare(document, loaded, writer):
    problems, cells, asked = [], 0, 0
    versions = [reader["version"] for reader in document["readers"]]
    if set(versions) != set(RELEASES):
        problems.append(f"the readers are {versions}")
    for shape in document["shapes"]:
        line = loaded.get((shape["family"], shape["table"], shape["chain"]))
        if line is None:
            problems.append(f"nobody wrote a rule in {shape['table']} {shape['chain']}")
            continue
        for reader, cell in zip(versions, shape["cells"]):
            cells += 1
            wanted, got = wanted_cell(line, writer, reader), got_cell(cell)
            asked += got != "notAsked"
            if not fits(line, wanted, got):
                problems.append(f"{writer} read by {reader}: wanted {wanted!r}, got {got!r} "
                                f"{cell['differences']} of {line.rule!r}: {cell['reading']!r}")
    return problems, cells, asked


def main(iptmode, roots, writer):
    loaded = load(roots, writer)
    done = subprocess.run([iptmode, "crossread", "-o", "json"], capture_output=True, text=True, check=False)
    if done.stderr:
        print(done.stderr)
    problems, cells, asked = compare(json.loads(done.stdout), loaded, writer)
    print("\n".join([*problems, f"{cells} cells, {asked} asked"]))
    return 1 if problems or done.stderr else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
