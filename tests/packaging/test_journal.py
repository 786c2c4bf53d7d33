#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Entries of the journal, by a real journald in namespaces of its own, and their catalogue."""

import json
import os
import re
import shutil
import subprocess

import pytest
from callers import IPTMODE, PACKAGING

JOURNALD = "/lib/systemd/systemd-journald"
pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root: it makes namespaces"),
    pytest.mark.skipif(not os.path.exists(JOURNALD), reason="systemd is not installed"),
]
# Nothing here is the machine's: /run and the catalogue are empty, the network and the processes new.
MACHINE = r"""
set -eu
work=$1; shift
mount -t tmpfs tmpfs /run
mkdir -p /run/systemd/journal /run/log/journal
[ -s /etc/machine-id ] || {  # a copy of /etc that has one
  cp -a /etc /run/etc; echo 0123456789abcdef0123456789abcdef >/run/etc/machine-id
  mount --bind /run/etc /etc; }
mount -t tmpfs tmpfs /usr/lib/systemd/catalog
cp "$work/iptmode.catalog" /usr/lib/systemd/catalog
mkdir -p /var/lib/systemd/catalog && mount -t tmpfs tmpfs /var/lib/systemd/catalog
journalctl --update-catalog
/lib/systemd/systemd-journald 2>/dev/null & journald=$!
for _ in $(seq 100); do [ -S /run/systemd/journal/socket ] && break; sleep 0.05; done
export STATE_DIRECTORY=$work/state
"$IPTMODE" baseline accept -q
"$IPTMODE" --journal -q --data-dir "$work/k0s" >/dev/null || true
"$IPTMODE" drift --journal -q --data-dir "$work/k0s" >/dev/null || true
"$IPTMODE" drift --journal -q || true
all="journalctl --directory=/run/log/journal/$(cat /etc/machine-id) SYSLOG_IDENTIFIER=iptmode"
for _ in $(seq 100); do [ "$($all -o cat | wc -l)" -ge 4 ] && break; sleep 0.05; done
sleep 0.2
$all -o json
echo ======
$all -x --no-pager
kill "$journald"
"""


@pytest.fixture(scope="module", name="catalog")
def a_catalog(tmp_path_factory):
    path = tmp_path_factory.mktemp("catalog") / "iptmode.catalog"
    made = subprocess.run(
        [PACKAGING / "journal/make_catalog", IPTMODE], capture_output=True, text=True, check=True
    )
    assert made.stderr == ""
    path.write_text(made.stdout)
    return path


@pytest.fixture(scope="module", name="journal")
def what_a_machine_logs(catalog, tmp_path_factory):
    work = tmp_path_factory.mktemp("machine")
    shutil.copy(catalog, work)
    (work / "k0s/bin").mkdir(parents=True)
    (work / "k0s/bin/iptables").symlink_to("xtables-nft-multi")  # which is not there
    (work / "k0s/bin/xtables-legacy-multi").write_text("no iptables")
    done = subprocess.run(
        ["unshare", "-m", "-n", "-p", "--fork", "--mount-proc", "bash", "-c", MACHINE, "bash", work],
        capture_output=True, text=True, check=False, timeout=60, env={**os.environ, "IPTMODE": IPTMODE},
    )
    assert done.returncode == 0, done.stderr
    entries, explained = done.stdout.split("======\n")
    return [json.loads(line) for line in entries.splitlines()], explained


def test_an_audit_is_a_verdict_and_its_findings(journal):
    entries, _ = journal
    verdict = entries[0]
    assert verdict["IPTMODE_STATUS"] in ("pass", "warn", "fail", "unknown")
    assert verdict["MESSAGE"].startswith(verdict["IPTMODE_STATUS"] + ": ")
    finding = next(entry for entry in entries if entry.get("IPTMODE_CHECK") == "install_inconsistent")
    assert finding["IPTMODE_STATUS"] in ("warn", "fail") and finding["PRIORITY"] in "34"
    assert finding["IPTMODE_SUBJECT"] in finding["MESSAGE"]
    for entry in entries:
        assert re.fullmatch("[0-9a-f]{64}", entry["IPTMODE_FINGERPRINT"])


def test_drift_is_an_entry_for_each_change(journal):
    changes = [entry for entry in journal[0] if "IPTMODE_GRADE" in entry]
    assert {"k0s", "finding"} <= {entry["IPTMODE_SUBJECT"] for entry in changes}
    assert all(entry["IPTMODE_STATUS"] == "drifted" for entry in changes)


def test_an_unchanged_node_says_nothing(journal):
    """The last run saw the node as it was accepted."""
    assert "IPTMODE_GRADE" in journal[0][-1]


def test_every_entry_is_explained(journal):
    entries, explained = journal
    assert explained.count(" Subject: ") == len(entries)
    assert "Subject: Does not hold: In each place all six iptables names are one program" in explained
    assert "HOW TO MEND IT" in explained and "@IPTMODE" not in explained


def test_the_catalogue_has_every_check_and_event(catalog, tmp_path):
    checks = [l.split()[0] for l in subprocess.run(
        [IPTMODE, "explain"], capture_output=True, text=True, check=True).stdout.splitlines()[1:]]
    root = tmp_path / "usr/lib/systemd/catalog"
    root.mkdir(parents=True)
    (tmp_path / "var/lib/systemd/catalog").mkdir(parents=True)
    shutil.copy(catalog, root)
    update = subprocess.run(
        ["journalctl", "--root", tmp_path, "--update-catalog"], capture_output=True, text=True, check=True
    )
    assert update.stderr == ""
    listed = subprocess.run(
        ["journalctl", "--root", tmp_path, "--list-catalog"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert len(listed) == len(checks) + 2 and len({line.split()[0] for line in listed}) == len(listed)


def test_a_machine_without_a_journal_says_so():
    done = subprocess.run(
        ["unshare", "-m", "-n", "-p", "--fork", "--mount-proc", "sh", "-c",
         'mount -t tmpfs tmpfs /run && exec "$0" --journal -q', IPTMODE],
        capture_output=True, text=True, check=False,
    )
    assert done.stderr == "iptmode: connect /run/systemd/journal/socket: No such file or directory\n"
    assert done.stdout.split()[0] in ("PASS", "WARN", "FAIL", "UNKNOWN")
