# SPDX-License-Identifier: GPL-2.0-or-later
"""Builds the node of a scenario in namespaces of its own, runs a command there, ends it all.

Everything lives below one process, pid 1 of a new pid namespace: when it ends, for whatever
reason, the kernel ends every process, mount and network namespace of the node with it. Nothing is
written to a disk: what the node changes lies in overlays on a tmpfs.
"""

import os
import signal
import socket
from pathlib import Path

from . import actors, image, linux, services
from .releases import HERE

RULESETS = HERE / "rulesets"
# What the node changes on its host; the rest of the machine's root is used as it is.
HOST_DIRECTORIES = ("/etc", "/usr/sbin", "/usr/local", "/var/lib")
WORK = Path("/run/.node")
SHIM = {
    "exe": "{dataDir}/bin/containerd-shim-runc-v2",
    "arguments": ["-namespace", "k8s.io", "-address", "/run/k0s/containerd.sock"],
}


class Node:
    """Used inside its own namespaces, as pid 1."""

    def __init__(self, scenario, releases, programs):
        self.scenario = scenario
        self.releases = releases
        self.programs = programs
        self.networks = {}  # name: open network namespace
        self.data_dir = scenario.get("k0s", {}).get("dataDir", "/var/lib/k0s")

    def build(self):
        socket.sethostname("worker-3")
        linux.bring_up_loopback()
        self._build_host()
        # Rules first: they are what a node has when its components are found running.
        for entry in self.scenario.get("rules", []):
            self._in_network(entry.get("network"), self._load_rules, entry)
        for entry in self.scenario.get("register", []):
            self._register(entry)
        self._start_components()
        for entry in self.scenario.get("services", []):
            services.start(entry["listen"], entry.get("answers"))
        linux.unmount(WORK)
        WORK.rmdir()

    def _build_host(self):
        linux.make_private()
        linux.mount("tmpfs", "/run", "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, "mode=755")
        WORK.mkdir()
        linux.mount("tmpfs", WORK, "tmpfs", 0, "mode=700")
        linux.mount("proc", "/proc", "proc", linux.MS_NOSUID | linux.MS_NODEV)
        for directory in HOST_DIRECTORIES:
            layers = WORK / "host" / directory.strip("/").replace("/", "-")
            for path in (layers / "upper", layers / "work"):
                path.mkdir(parents=True)
            linux.mount_overlay(directory, layers, directory)
        host = self.scenario.get("host", {})
        image.install_on_host(Path("/"), self.releases.root(host.get("release", "bookworm")), host)
        k0s = self.scenario.get("k0s")
        if k0s is not None:
            image.install_k0s(
                Path(self.data_dir, "bin"), self.releases.root(k0s.get("release", "bookworm")), k0s
            )
        actors.write_files(self.scenario.get("files", {}), "")

    def _start_components(self):
        pause = self.programs / "pause"
        shim = {**SHIM, "exe": SHIM["exe"].replace("{dataDir}", self.data_dir)}
        if self.scenario["containers"]:
            actors.stage(shim, "", pause)
        for process in self.scenario["hostProcesses"]:
            actors.start_on_host(process, pause)
        containers = actors.Container(WORK, self.releases, self.programs)
        for number, process in enumerate(self.scenario["containers"]):
            name = f"{process['component']}-{number}"
            containers.start(name, process, shim, self._network(process.get("network")))

    def _network(self, name):
        """An open network namespace, made at its first use; None for the node's own."""
        if name is None:
            return None
        if name not in self.networks:
            own = os.open("/proc/self/ns/net", os.O_RDONLY)
            linux.unshare(linux.CLONE_NEWNET)
            linux.bring_up_loopback()
            self.networks[name] = os.open("/proc/self/ns/net", os.O_RDONLY)
            linux.setns(own, linux.CLONE_NEWNET)
            os.close(own)
        return self.networks[name]

    def _in_network(self, name, work, *arguments):
        target = self._network(name)
        if target is None:
            return work(*arguments)
        own = os.open("/proc/self/ns/net", os.O_RDONLY)
        linux.setns(target, linux.CLONE_NEWNET)
        try:
            return work(*arguments)
        finally:
            linux.setns(own, linux.CLONE_NEWNET)
            os.close(own)

    def _load_rules(self, entry):
        """Loads rulesets/<name>.v4 and .v6 through iptables-restore, or <name>.nft through nft."""
        name, release = entry["name"], entry["release"]
        native = RULESETS / f"{name}.nft"
        if native.exists():
            self.releases.run(release, ["nft", "-f", "-"], native.read_text(encoding="utf-8"))
            return
        for suffix, family in (("v4", "ipv4"), ("v6", "ipv6")):
            path = RULESETS / f"{name}.{suffix}"
            if path.exists() and entry.get("family", family) == family:
                text = path.read_text(encoding="utf-8")
                self.releases.restore(release, entry["backend"], family, text)

    def _register(self, table):
        """Makes the kernel hold an empty legacy table, as listing it does."""
        command = ["xtables-legacy-multi", "iptables", "-t", table, "-S"]
        self.releases.run("bookworm", command)


def run(scenario, releases, programs, command):
    """Builds the node, runs `command` in it as on its host, and returns its exit status.

    A signal that ends this process ends the node; so does the death of this process.
    """
    linux.unshare(linux.CLONE_NEWPID)
    node = os.fork()
    if node == 0:
        _be_the_node(scenario, releases, programs, command)
    received = []

    def stop(number, _frame):
        received.append(number)
        os.kill(node, signal.SIGKILL)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, stop)
    _, status = os.waitpid(node, 0)
    return 128 + received[0] if received else os.waitstatus_to_exitcode(status)


def _be_the_node(scenario, releases, programs, command):
    """Pid 1 of the node. Does not return."""
    status = 125
    try:
        linux.die_with_parent(signal.SIGKILL)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
            signal.signal(number, signal.SIG_DFL)
        linux.unshare(
            linux.CLONE_NEWNET | linux.CLONE_NEWNS | linux.CLONE_NEWIPC | linux.CLONE_NEWUTS
        )
        Node(scenario, releases, programs).build()
        status = _run_command(command)
    except Exception as error:  # pylint: disable=broad-except  # the process ends here
        os.write(2, f"node: {type(error).__name__}: {error}\n".encode())
    finally:
        os._exit(status)


def _run_command(command):
    pid = os.fork()
    if pid == 0:
        try:
            os.execvp(command[0], command)
        except OSError as error:
            os.write(2, f"node: {command[0]}: {error.strerror}\n".encode())
            os._exit(127)
    while True:
        ended, status = os.wait()
        if ended == pid:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code
