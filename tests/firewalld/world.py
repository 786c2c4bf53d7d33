# SPDX-License-Identifier: GPL-2.0-or-later
"""A machine of its own for firewalld: run as pid 1 of new network, mount and pid namespaces.

Its /etc and /usr/lib are overlays, its /run is empty: firewalld, its files and the system bus are where
they are on a node, and nothing of the real machine changes.
"""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
BUS = Path("/run/dbus/system_bus_socket")
BUS_CONFIG = """<busconfig>
  <type>system</type>
  <listen>unix:path=/run/dbus/system_bus_socket</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/><allow own="*"/><allow send_type="method_call"/>
    <allow send_destination="*"/><allow receive_sender="*"/>
  </policy>
</busconfig>
"""


def run(*command, check=True):
    """What the command printed."""
    done = subprocess.run(
        [str(word) for word in command], check=False, capture_output=True, text=True,
        env={**os.environ, "PATH": PATH},
    )
    if check and done.returncode != 0:
        raise AssertionError(f"{command}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def start(*command):
    return subprocess.Popen(
        [str(word) for word in command], env={"PATH": PATH}, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def wait_for(what, condition):
    for _ in range(150):
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError(f"{what} did not come up")


class World:
    """One machine. `package` is the unpacked firewalld."""

    def __init__(self, package, backend):
        self.package = Path(package)
        self.processes = {}
        self.mount()
        self.install(backend)
        self.connect()
        self.start_bus()
        self.start_firewalld()

    def mount(self):
        run("mount", "--make-rprivate", "/")
        run("mount", "-t", "tmpfs", "tmpfs", "/run")
        for name in ("etc", "usr/lib"):
            layers = Path("/run/layers") / name
            for part in ("upper", "work"):
                (layers / part).mkdir(parents=True)
            run("mount", "-t", "overlay", "overlay", "-o",
                f"lowerdir=/{name},upperdir={layers}/upper,workdir={layers}/work", f"/{name}")

    def install(self, backend):
        for name in ("etc/firewalld", "usr/lib/firewalld"):
            shutil.rmtree(f"/{name}", ignore_errors=True)
            shutil.copytree(self.package / name, f"/{name}")
        self.set_option("FirewallBackend", backend)
        shutil.rmtree("/etc/cni", ignore_errors=True)

    def set_option(self, key, value):
        path = Path("/etc/firewalld/firewalld.conf")
        lines = path.read_text(encoding="utf-8").splitlines()
        lines = [line for line in lines if not line.startswith(f"{key}=")]
        # In place: firewalld watches its directory for files that are moved there.
        path.write_text("\n".join([*lines, f"{key}={value}", ""]), encoding="utf-8")

    def connect(self):
        """An uplink, and two pods of 10.244.0.0/16 behind a router that is this machine."""
        run("ip", "link", "set", "lo", "up")
        run("ip", "link", "add", "eth0", "type", "veth", "peer", "name", "outside")
        run("ip", "addr", "add", "192.168.1.7/24", "dev", "eth0")
        run("ip", "link", "set", "eth0", "up")
        Path("/proc/sys/net/ipv4/ip_forward").write_text("1", encoding="ascii")
        for number in (1, 2):
            pod, link = f"pod{number}", f"cali{number}"
            run("ip", "netns", "add", pod)
            run("ip", "link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", pod)
            run("ip", "addr", "add", f"10.244.{number}.1/24", "dev", link)
            run("ip", "link", "set", link, "up")
            run("ip", "-n", pod, "addr", "add", f"10.244.{number}.2/24", "dev", "eth0")
            run("ip", "-n", pod, "link", "set", "eth0", "up")
            run("ip", "-n", pod, "route", "add", "default", "via", f"10.244.{number}.1")

    def pods_reach_each_other(self):
        """Sends one datagram from pod 1 to pod 2; answers by whether it arrives."""
        receiver = subprocess.Popen(
            ["ip", "netns", "exec", "pod2", "/usr/bin/python3", "-c", RECEIVE],
            stdout=subprocess.PIPE, text=True, env={"PATH": PATH},
        )
        receiver.stdout.readline()  # it is bound
        run("ip", "netns", "exec", "pod1", "/usr/bin/python3", "-c", SEND)
        return receiver.communicate(timeout=10)[0].strip() == "arrived"

    def start_bus(self):
        BUS.parent.mkdir(exist_ok=True)
        config = Path("/run/bus.conf")
        config.write_text(BUS_CONFIG, encoding="utf-8")
        self.processes["bus"] = start("dbus-daemon", f"--config-file={config}", "--nofork")
        wait_for("the bus", BUS.exists)

    def start_firewalld(self):
        self.processes["firewalld"] = start(
            "/usr/bin/python3", self.package / "usr/sbin/firewalld", "--nofork", "--nopid"
        )
        wait_for("firewalld", lambda: self.firewall_cmd("--state", check=False).strip() == "running")

    def firewall_cmd(self, *arguments, check=True):
        return run("/usr/bin/python3", self.package / "usr/bin/firewall-cmd", *arguments, check=check)

    def send(self, name, number):
        self.processes[name].send_signal(number)

    def stop(self, name):
        process = self.processes.pop(name)
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)

    def take_down(self):
        for process in self.processes.values():
            process.kill()
            process.wait(timeout=10)


RECEIVE = """
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("10.244.2.2", 5000))
s.settimeout(1.5)
print("bound", flush=True)
try:
    s.recv(64)
    print("arrived")
except TimeoutError:
    print("nothing")
"""

SEND = """
import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for _ in range(3):
    try:
        s.sendto(b"x", ("10.244.2.2", 5000))
    except OSError:
        pass  # a reject that came back
    time.sleep(0.1)
"""
