# SPDX-License-Identifier: GPL-2.0-or-later
"""The system calls of an audit: it writes to its own pipes, reads what is listed, no more."""

import shutil
import tempfile
import unittest
from pathlib import Path

import syscall_trace
from harness import iptmode, one_test_for_each, require_node, run_in, skip_or_fail

# Scenario: the legacy tables that its kernel lists, IPv4 and IPv6.
LISTED = {
    "healthy_1_32": (set(), set()),
    "kube_router_on_legacy": ({"nat", "filter"}, set()),
    "hints_in_both": ({"nat", "filter", "mangle"}, {"nat", "filter", "mangle"}),
    "wrapper_before_hint": (set(), set()),
    "two_nodes": ({"nat", "filter", "mangle"}, {"nat", "filter", "mangle"}),
    "no_kubernetes": (set(), set()),
}
# Itself, and a plain multi-call file; never a wrapper.
EXECUTABLES = r"/iptmode\b|xtables-(nft|legacy)-multi|^\d+<[^>]*xtables-(nft|legacy)-multi"


@one_test_for_each(LISTED)
class SystemCalls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        require_node()
        if shutil.which("strace") is None:
            skip_or_fail("needs strace")

    def check(self, name):
        with tempfile.NamedTemporaryFile("r", errors="backslashreplace") as trace:
            command = ["strace", "-f", "-yy", "-s", "256", "-o", trace.name, iptmode(), "-o", "json"]
            done = run_in(name, command)
            calls = list(syscall_trace.parse(Path(trace.name).read_text(errors="backslashreplace")))
        self.assertIn(done.returncode, (0, 1, 2), done.stderr)
        ipv4, ipv6 = LISTED[name]
        judge = syscall_trace.Judge({"SOL_IP": ipv4, "SOL_IPV6": ipv6}, EXECUTABLES)
        problems = judge.judge(calls)
        if problems:
            self.fail("\n".join(problems[:20]))
        # It did look: a run that stopped early would be innocent too.
        self.assertGreater(judge.seen["netlink"], 0)
        self.assertEqual(judge.seen["getsockopt"] > 0, bool(ipv4 | ipv6))


class TheTrace(unittest.TestCase):
    """Calls that an audit must not make are told from those it may."""

    ALLOWED = """\
7 openat(3</proc>, "self/stat", O_RDONLY|O_CLOEXEC) = 4</proc/7/stat>
7 write(1<pipe:[11]>, "{}", 2) = 2
7 unshare(CLONE_NEWNS|CLONE_NEWPID) = 0
7 mount(NULL, "/", NULL, MS_REC|MS_PRIVATE, NULL) = 0
7 sendto(3<NETLINK:[NETFILTER:7]>, [{nlmsg_len=20, nlmsg_type=NFNL_SUBSYS_NFTABLES<<8|NFT_MSG_GETGEN, nlmsg_flags=NLM_F_REQUEST}, 20, 0, NULL, 0) = 20
7 getsockopt(4<socket:[1]>, SOL_IP, IPT_SO_GET_INFO, "filter\\0", [84]) = 0
8 unshare(CLONE_NEWUSER|CLONE_NEWNET) = 0
8 setsockopt(4<RAWv6:[2]>, SOL_IPV6, IP6T_SO_SET_REPLACE, "nat\\0", 84) = 0
8 openat(AT_FDCWD</>, "/usr/sbin/xtables-legacy-multi", O_RDONLY|O_CREAT, 0600) = 3</usr/sbin/xtables-legacy-multi>
"""
    NOT_ALLOWED = """\
7 openat(AT_FDCWD</>, "/run/xtables.lock", O_RDONLY|O_CREAT, 0600) = 3</run/xtables.lock>
7 write(5</etc/motd>, "x", 1) = 1
7 mount(NULL, "/", NULL, MS_REC|MS_PRIVATE, NULL) = 0
7 sendto(3<NETLINK:[NETFILTER:7]>, [{nlmsg_len=20, nlmsg_type=NFNL_SUBSYS_NFTABLES<<8|NFT_MSG_NEWTABLE, nlmsg_flags=NLM_F_REQUEST}, 20, 0, NULL, 0) = 20
7 getsockopt(4<socket:[1]>, SOL_IP, IPT_SO_GET_INFO, "mangle\\0", [84]) = 0
7 setsockopt(4<socket:[1]>, SOL_IP, IPT_SO_SET_REPLACE, "filter\\0", 84) = 0
7 openat(AT_FDCWD</>, "/usr/sbin/xtables-legacy-multi", O_RDONLY|O_CREAT, 0600) = 3</usr/sbin/xtables-legacy-multi>
8 unshare(CLONE_NEWUSER|CLONE_NEWNET) = -1 EPERM (Operation not permitted)
8 setsockopt(4<RAWv6:[2]>, SOL_IPV6, IP6T_SO_SET_REPLACE, "nat\\0", 84) = 0
7 finit_module(3</lib/modules/x.ko>, "", 0) = 0
7 execve("/sbin/iptables-wrapper", ["iptables", "-V"], 0x7ff /* 3 vars */) = 0
7 kill(4711, SIGTERM) = 0
"""

    def judge(self, text):
        judge = syscall_trace.Judge({"SOL_IP": {"filter"}, "SOL_IPV6": set()}, EXECUTABLES)
        return judge.judge(syscall_trace.parse(text))

    def test_allows_what_an_audit_does(self):
        self.assertEqual(self.judge(self.ALLOWED), [])

    def test_objects_to_every_change(self):
        offences = [line for line in self.NOT_ALLOWED.splitlines() if "-1 EPERM" not in line]
        self.assertEqual(len(self.judge(self.NOT_ALLOWED)), len(offences))

    def test_puts_interrupted_calls_together(self):
        calls = list(syscall_trace.parse(
            '7 mount(NULL, "/",  <unfinished ...>\n8 getpid() = 8\n'
            "7 <... mount resumed>NULL, MS_REC|MS_PRIVATE, NULL) = 0\n"
        ))
        self.assertEqual([call.name for call in calls], ["getpid", "mount"])
        self.assertEqual(calls[1].arguments, 'NULL, "/", NULL, MS_REC|MS_PRIVATE, NULL')


if __name__ == "__main__":
    unittest.main()
