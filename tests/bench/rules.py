# SPDX-License-Identifier: GPL-2.0-or-later
"""Rules of the shape that kube-proxy's iptables mode writes, as text for iptables-restore."""

import base64
import hashlib

ENDPOINTS = 3
PER_SERVICE = 2 + 3 * ENDPOINTS  # rules; and 1 + ENDPOINTS chains
PROBABILITY = (
    "-m statistic --mode random --probability 0.33333333349 ",
    "-m statistic --mode random --probability 0.50000000000 ",
    "",
)


def _chain(prefix: str, name: str) -> str:
    digest = hashlib.sha256(name.encode()).digest()
    return prefix + base64.b32encode(digest)[:16].decode()


def _service(number: int) -> tuple[list[str], list[str]]:
    name = f"ns{number % 50}/service-{number}:http"
    address = f"10.{96 + number // 65536}.{number // 256 % 256}.{number % 256}"
    service = _chain("KUBE-SVC-", name)
    chains = [service]
    rules = [
        f'-A KUBE-SERVICES -d {address}/32 -p tcp -m comment --comment "{name} cluster IP" '
        f"-m tcp --dport 80 -j {service}",
        f'-A {service} ! -s 10.244.0.0/16 -d {address}/32 -p tcp -m comment --comment "{name} '
        f'cluster IP" -m tcp --dport 80 -j KUBE-MARK-MASQ',
    ]
    for endpoint in range(ENDPOINTS):
        pod = number * ENDPOINTS + endpoint
        target = f"10.{244 + pod // 62500}.{pod // 250 % 250}.{pod % 250 + 1}"
        chain = _chain("KUBE-SEP-", f"{name} {target}")
        chains.append(chain)
        rules += [
            f'-A {service} -m comment --comment "{name} -> {target}:8080" '
            f"{PROBABILITY[endpoint]}-j {chain}",
            f'-A {chain} -s {target}/32 -m comment --comment "{name}" -j KUBE-MARK-MASQ',
            f'-A {chain} -p tcp -m comment --comment "{name}" -m tcp -j DNAT '
            f"--to-destination {target}:8080",
        ]
    return chains, rules


def rule_set(wanted: int) -> tuple[str, int]:
    """The text and its exact number of rules, about `wanted`."""
    chains = ["KUBE-SERVICES", "KUBE-MARK-MASQ"]
    rules = [
        '-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
        '-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
        "-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000",
    ]
    for number in range((wanted - len(rules)) // PER_SERVICE):
        more_chains, more_rules = _service(number)
        chains += more_chains
        rules += more_rules
    lines = ["*mangle", ":KUBE-IPTABLES-HINT - [0:0]", "COMMIT", "*nat"]
    lines += [f":{chain} - [0:0]" for chain in chains] + rules + ["COMMIT", ""]
    return "\n".join(lines), len(rules)
