# SPDX-License-Identifier: GPL-2.0-or-later
"""A bundle of a simulated node: it gives the audit's report, and redacted it names nobody."""

import ipaddress
import json
import re
import tarfile
import tempfile
import unittest
from pathlib import Path

from harness import iptmode, one_test_for_each, require_node, run_in

MADE = """
"$0" -o json >"$1"/audited.json
"$0" bundle --output-file "$1"/plain.tar.gz >/dev/null || echo "left with $?"
"$0" bundle --redact ip,host --output-file "$1"/redacted.tar.gz >/dev/null || echo "left with $?"
"$0" crossread --from "$1"/redacted.tar.gz --reader /usr/sbin/xtables-nft-multi >"$1"/again.txt 2>&1 ||
  echo "left with $?" >>"$1"/again.txt
"""
ADDRESS = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])")
KEPT = ("0.", "127.", "255.", "224.")
OBJECT = re.compile(r"\b(?:default|kube-system|shop)/[a-z0-9-]+")


def members(path):
    with tarfile.open(path, "r:gz") as archive:
        return {info.name: archive.extractfile(info).read().decode() for info in archive}


def originals(files):
    """What of a plain bundle must not be in a redacted one; snapshots have addresses as bytes, too."""
    found = {"worker-3"}
    for name, text in files.items():
        if "/rules/" in name:
            addresses = {address for address in ADDRESS.findall(text) if not address.startswith(KEPT)}
            found.update(addresses)
            found.update(ipaddress.ip_address(address).packed.hex() for address in addresses)
            found.update(OBJECT.findall(text))
    return found


def statuses(files):
    report = next(json.loads(text) for path, text in files.items() if path.endswith("/report.json"))
    return {name: (check["status"], len(check["findings"])) for name, check in report["checks"].items()}


@one_test_for_each(["kube_router_on_legacy", "healthy_1_32", "kube_proxy_nftables", "skew_1_8_7", "two_nodes"])
class Bundles(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        require_node()

    def check(self, name):
        with tempfile.TemporaryDirectory() as folder:
            done = run_in(name, ["/bin/sh", "-c", MADE, iptmode(), folder])
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            plain = members(Path(folder) / "plain.tar.gz")
            redacted = members(Path(folder) / "redacted.tar.gz")
            audited = json.loads((Path(folder) / "audited.json").read_text())
            again = (Path(folder) / "again.txt").read_text()
        report = json.loads(next(text for path, text in plain.items() if path.endswith("/report.json")))
        self.assertEqual({**report, "generatedAt": ""}, {**audited, "generatedAt": ""})
        self.check_evidence(plain)
        self.check_redacted(plain, redacted)
        self.assertRegex(again, "its rules are redacted.*\nleft with 2", "an outline is not read as a rule")

    def check_evidence(self, files):
        named = {path.split("/", 1)[1]: text for path, text in files.items()}
        self.assertIn("iptables -> xtables-nft-multi", named["places/k0s.txt"])
        self.assertIn("net.ipv4.ip_forward = ", named["kernel/sysctls.txt"])
        self.assertEqual(json.loads(named["k0s/status.json"])["role"], "worker")
        self.assertIn("table ip", named["rules/nft.txt"])
        self.assertTrue(self.died(files) or "# table" not in named["rules/nft.txt"])
        self.assertIn("read from the kernel", named["rules/legacy-ipv4.save"].lower())
        self.check_other_networks(named)

    def check_other_networks(self, named):
        """A node in a container has its rules there too, as they were counted, and none of the host's."""
        own, *others = json.loads(named["snapshot.json"])["networks"]
        folders = {path.split("/")[1] for path in named if path.startswith("rules/net-")}
        self.assertEqual(folders, {f"net-{other['networkNamespace']}" for other in others})
        for other in others:
            folder = f"rules/net-{other['networkNamespace']}"
            saved = [named[f"{folder}/legacy-{family}.save"] for family in ("ipv4", "ipv6")]
            self.assertEqual(sum(text.count("\n-A ") for text in saved),
                             sum(table["rules"] for table in other["legacy"]))
            self.assertIn("-A KUBE-SERVICES", "".join(saved))
            self.assertFalse(own["legacy"])
            self.assertIn(f"{folder}/nft.txt", named)

    def died(self, files):
        """Debian 12's libnftables dies on the sets of kube-proxy's own table, and on no other."""
        manifest = next(json.loads(text) for path, text in files.items() if path.endswith("/manifest.json"))
        cut = {item["path"]: item["cut"] for item in manifest["items"]}["rules/nft.txt"]
        if cut:
            self.assertIn("libnftables: signal 11", cut)
        return cut

    def check_redacted(self, plain, redacted):
        wanted = originals(plain)
        self.assertGreater(len(wanted), 1)
        for path, text in redacted.items():
            for original in wanted:
                self.assertNotIn(original, path)
                self.assertIsNone(re.search(rf"(?<![\w.-]){re.escape(original)}(?![\w-]|\.\d)", text),
                                  f"{original} in {path}")
        counts = [sum(text.count("\n-A ") for text in files.values()) for files in (plain, redacted)]
        self.assertEqual(*counts)
        self.assertEqual(statuses(redacted), statuses(plain), "what is found does not depend on names")


if __name__ == "__main__":
    unittest.main()
