# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads what `strace -f -yy` wrote and says which calls change something outside the program."""

import re
from typing import NamedTuple

# Calls that change files, modules, keys or other processes, whatever their arguments.
CHANGING = re.compile(
    r"(init_module|finit_module|delete_module|mknod(at)?|unlink(at)?|rename(at|at2)?|symlink(at)?|"
    r"link(at)?|mkdir(at)?|rmdir|f?chmod(at|at2)?|[fl]?chown(at)?|utime|utimes|utimensat|futimesat|"
    r"f?truncate|fallocate|[fl]?setxattr|[fl]?removexattr|sethostname|setdomainname|ptrace|"
    r"process_vm_writev|bpf|add_key|keyctl|settimeofday|clock_settime|reboot|swapon|acct)$"
)
MOUNTING = {"mount", "umount2", "mount_setattr", "move_mount", "pivot_root", "fsmount"}
# Where a program may write: pipes, its own memory, questions to services of the node.
OUTPUTS = ("<pipe:[", "</dev/null", "<anon_inode:", "</memfd:", "<UNIX", "<TCP:[127.0.0.1:", "<NETLINK:")
# NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GET{TABLE,CHAIN,RULE,SET,SETELEM,GEN,OBJ,FLOWTABLE}, as strace
# prints them for a socket of a network namespace that is not its own.
LISTING_NUMBERS = {f"{10 << 8 | number:#x}" for number in (1, 4, 7, 10, 13, 16, 19, 23)}
# What a rule's data names by number only: NFNL_SUBSYS_IPSET << 8 | IPSET_CMD_{HEADER,GET_BYINDEX}.
# And RTM_GETLINK, RTM_GETADDR, RTM_GETROUTE.
LISTING_NUMBERS |= {f"{6 << 8 | number:#x}" for number in (12, 15)} | {"0x12", "0x16", "0x1a"}
LISTING = re.compile(r"NFNL_SUBSYS_NFTABLES<<8\|NFT_MSG_GET[A-Z]+|RTM_GET(LINK|ADDR|ROUTE)|"
                     r"NFNL_SUBSYS_IPSET<<8\|(0xc|0xf|IPSET_CMD_(HEADER|GET_BYINDEX))")
WRITING = {"write", "writev", "pwrite64", "pwritev", "sendfile", "splice", "copy_file_range"}


class Call(NamedTuple):
    pid: int
    name: str
    arguments: str
    result: str

    def __str__(self):
        return f"{self.pid} {self.name}({self.arguments[:300]}) = {self.result}"


def parse(text):
    """The calls in order; one that another process interrupted is put together again."""
    begun = {}
    for line in text.splitlines():
        pid, _, rest = line.partition(" ")
        rest = rest.strip()
        if not pid.isdigit() or rest.startswith(("+++", "---")):
            continue
        if rest.endswith(" <unfinished ...>"):
            begun[pid] = rest.removesuffix(" <unfinished ...>")
            continue
        resumed = re.match(r"<\.\.\. \w+ resumed>(.*)", rest)
        if resumed:
            rest = begun.pop(pid, "") + resumed[1]
        call = re.match(r"(\w+)\((.*)\)\s+= (.*)$", rest)
        if call:
            yield Call(int(pid), *call.groups())


class Judge:
    """Walks through the calls of one run and collects those that are not allowed."""

    def __init__(self, listed_tables, executables):
        self.listed_tables = listed_tables  # {"SOL_IP": {"filter"}, "SOL_IPV6": set()}
        self.executables = executables  # what may be run: a pattern for the path
        self.private = set()  # pids whose mount namespace nobody else lives in
        self.scratch = set()  # pids in a user namespace of ours: their network namespace is its own
        self.known = set()
        self.problems = []
        self.seen = {"getsockopt": 0, "netlink": 0, "execve": 0, "mount": 0}

    def judge(self, calls):
        for call in calls:
            self.known.add(call.pid)
            if CHANGING.match(call.name):
                self._object("changes something", call)
            for rule in (self._opening, self._writing, self._netlink, self._sockopt, self._mounting,
                         self._running, self._signalling):
                rule(call)
            self._follow_namespaces(call)
        return self.problems

    def _object(self, why, call):
        self.problems.append(f"{why}: {call}")

    def _opening(self, call):
        if call.name in ("open", "openat", "openat2", "creat"):
            writes = re.search(r"O_(WRONLY|RDWR|CREAT|TRUNC|APPEND|TMPFILE)\b", call.arguments)
            if call.pid in self.scratch and self._locks_itself(call):
                return
            if (writes or call.name == "creat") and '"/dev/null"' not in call.arguments:
                self._object("opens for writing", call)

    def _locks_itself(self, call):
        """iptables-legacy opens its lock so; it is given its own file, of a view that is read-only."""
        return "O_RDONLY|O_CREAT, " in call.arguments and re.search(self.executables, call.arguments)

    def _writing(self, call):
        if call.name in WRITING and not re.match(r"\d+(" + "|".join(
            re.escape(output) for output in OUTPUTS) + ")", call.arguments):
            self._object("writes", call)

    def _netlink(self, call):
        if call.name not in ("sendto", "sendmsg", "sendmmsg") or "<NETLINK:" not in call.arguments:
            return
        self.seen["netlink"] += 1
        if call.pid in self.scratch:
            return  # whatever it changes there, nobody else lives there
        for kind in re.findall(r"nlmsg_type=([^,]+)", call.arguments):
            if not LISTING.fullmatch(kind.strip()) and kind.split()[0] not in LISTING_NUMBERS:
                self._object("asks netlink for more than a listing", call)

    def _sockopt(self, call):
        if call.pid in self.scratch:
            return  # its tables are its own
        option = re.search(r", (SOL_IPV?6?), (IP6?T_SO_\w+|0x4\d)[^,]*, (?:\"(\w+))?", call.arguments)
        if call.name == "setsockopt" and re.search(r"IP6?T_SO_SET", call.arguments):
            self._object("sets tables", call)
        if call.name == "getsockopt" and option:
            self.seen["getsockopt"] += 1
            if option[3] not in self.listed_tables[option[1]]:
                self._object("reads a table that is not listed, which creates it", call)

    def _mounting(self, call):
        if call.name in MOUNTING:
            self.seen["mount"] += 1
            if call.pid not in self.private:
                self._object("mounts where others see it", call)

    def _running(self, call):
        if call.name not in ("execve", "execveat"):
            return
        self.seen["execve"] += 1
        if call.result.startswith("0") and not re.search(self.executables, call.arguments):
            self._object("runs something", call)

    def _signalling(self, call):
        if call.name in ("kill", "tkill", "tgkill"):
            target = re.match(r"-?\d+", call.arguments)
            if target and abs(int(target[0])) not in self.known | {0, 1}:
                self._object("signals somebody else", call)

    def _follow_namespaces(self, call):
        """Who is alone in its mount namespace: after unshare, and the children of such."""
        failed = call.result.startswith("-1")
        if call.name in ("unshare", "setns") and "CLONE_NEWUSER" in call.arguments and not failed:
            self.scratch.add(call.pid)
        if call.name == "unshare" and "CLONE_NEWNS" in call.arguments and not failed:
            self.private.add(call.pid)
        elif call.name == "setns" and "CLONE_NEWNS" in call.arguments and not failed:
            self.private.discard(call.pid)
        elif call.name in ("clone", "clone3", "fork", "vfork") and call.result.split()[0].isdigit():
            child = int(call.result.split()[0])
            self.known.add(child)
            if call.pid in self.scratch:
                self.scratch.add(child)
            if "CLONE_NEWNS" in call.arguments or call.pid in self.private:
                self.private.add(child)
