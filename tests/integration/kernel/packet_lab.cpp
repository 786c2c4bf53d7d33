// SPDX-License-Identifier: GPL-2.0-or-later
#include "packet_lab.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "fresh_network.h"
#include "sys/file.h"

namespace iptmode::kernel {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto kPatience = 250ms;

/// A packet that can be sent, and the question that asks about it.
struct Shot {
  const char* id = nullptr;
  int from = 0;  ///< PacketLab::Place
  const char* address = nullptr;
  std::uint16_t port = 0;
  bool udp = false;
};
constexpr int kNode = 0;
constexpr int kOutside = 1;
constexpr int kPod = 2;
constexpr std::array kShots{
    Shot{"etcdPeers", kOutside, "192.0.2.1", 2380},
    Shot{"kubeApiserver", kOutside, "192.0.2.1", 6443},
    Shot{"kubeRouterBgp", kOutside, "192.0.2.1", 179},
    Shot{"calicoVxlan", kOutside, "192.0.2.1", 4789, true},
    Shot{"kubelet", kOutside, "192.0.2.1", 10250},
    Shot{"k0sJoin", kOutside, "192.0.2.1", 9443},
    Shot{"konnectivity", kOutside, "192.0.2.1", 8132},
    Shot{"kubeApiserverOut", kNode, "192.0.2.2", 6443},
    Shot{"konnectivityOut", kNode, "192.0.2.2", 8132},
    Shot{"podToOutside", kPod, "203.0.113.1", 443},
    Shot{"etcdPeers", kOutside, "2001:db8::1", 2380},
    Shot{"kubeApiserver", kOutside, "2001:db8::1", 6443},
    Shot{"calicoVxlan", kOutside, "2001:db8::1", 4789, true},
    Shot{"kubelet", kOutside, "2001:db8::1", 10250},
    Shot{"kubeApiserverOut", kNode, "2001:db8::2", 6443},
    Shot{"podToOutside", kPod, "2001:db8:ffff::1", 443},
};

/// Where somebody listens whom only a translated packet reaches.
struct Ear {
  int place = 0;
  const char* address = nullptr;
  std::uint16_t port = 0;
};
constexpr std::array kEars{
    Ear{kNode, "192.0.2.1", 8443},      Ear{kNode, "2001:db8::1", 8443},
    Ear{kPod, "10.244.255.253", 8080},  Ear{kPod, "fd00:10:244::fd", 8080},
    Ear{kOutside, "203.0.113.1", 8080}, Ear{kOutside, "2001:db8:ffff::1", 8080},
};

struct Address {
  sockaddr_storage storage = {};
  socklen_t size = 0;
  int family = AF_INET;
};

Address address_of(const std::string& text, std::uint16_t port) {
  Address address;
  if (text.find(':') == std::string::npos) {
    sockaddr_in ipv4 = {};
    ipv4.sin_family = AF_INET;
    ipv4.sin_port = htons(port);
    EXPECT_EQ(::inet_pton(AF_INET, text.c_str(), &ipv4.sin_addr), 1);
    std::memcpy(&address.storage, &ipv4, sizeof ipv4);
    address.size = sizeof ipv4;
  } else {
    sockaddr_in6 ipv6 = {};
    ipv6.sin6_family = AF_INET6;
    ipv6.sin6_port = htons(port);
    EXPECT_EQ(::inet_pton(AF_INET6, text.c_str(), &ipv6.sin6_addr), 1);
    std::memcpy(&address.storage, &ipv6, sizeof ipv6);
    address.size = sizeof ipv6;
    address.family = AF_INET6;
  }
  return address;
}

sys::UniqueFd listener_on(const std::string& text, std::uint16_t port, bool udp) {
  const Address address = address_of(text, port);
  sys::UniqueFd socket{
      ::socket(address.family, (udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  const int on = 1;
  if (address.family == AF_INET6) {
    EXPECT_EQ(::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on), 0);
  }
  const auto* name = reinterpret_cast<const sockaddr*>(&address.storage);
  EXPECT_EQ(::bind(socket.get(), name, address.size), 0) << text << ' ' << port;
  if (!udp) {
    EXPECT_EQ(::listen(socket.get(), 64), 0);
  }
  return socket;
}

/// A child that keeps a network namespace of its own until it is killed.
pid_t hold_network() {
  int ready[2] = {};
  EXPECT_EQ(::pipe2(ready, O_CLOEXEC), 0);
  const pid_t pid = ::fork();
  if (pid == 0) {
    const bool fine = ::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && ::unshare(CLONE_NEWNET) == 0 &&
                      ::write(ready[1], "x", 1) == 1;
    if (fine) ::pause();
    ::_exit(1);
  }
  ::close(ready[1]);
  char byte = 0;
  EXPECT_EQ(::read(ready[0], &byte, 1), 1);
  ::close(ready[0]);
  return pid;
}

std::string in_network_of(pid_t pid, const std::string& command) {
  return "nsenter --net=/proc/" + std::to_string(pid) + "/ns/net sh -ec '" + command + "'";
}

struct Sent {
  const Shot* shot = nullptr;
  sys::UniqueFd socket = {};
  PacketFate::Kind fate = PacketFate::Kind::dropped;
  bool done = false;
};

Sent start(const Shot& shot) {
  const Address address = address_of(shot.address, shot.port);
  Sent sent{.shot = &shot,
            .socket = sys::UniqueFd{
                ::socket(address.family,
                         (shot.udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)}};
  const int on = 1;
  (void)::setsockopt(sent.socket.get(), address.family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6,
                     address.family == AF_INET ? IP_RECVERR : IPV6_RECVERR, &on, sizeof on);
  const auto* name = reinterpret_cast<const sockaddr*>(&address.storage);
  const int rc = ::connect(sent.socket.get(), name, address.size);
  const bool failed = rc != 0 && errno != EINPROGRESS;
  const bool refused =
      failed ||
      (shot.udp && ::send(sent.socket.get(), "x", 1, MSG_NOSIGNAL) != 1 && errno != EPERM);
  // A local packet that the output hook drops fails with EPERM.
  if (failed && errno == EPERM) return sent;
  if (refused) sent = {.shot = &shot, .fate = PacketFate::Kind::rejected, .done = true};
  return sent;
}

void finish(Sent& sent) {
  int error = 0;
  socklen_t size = sizeof error;
  EXPECT_EQ(::getsockopt(sent.socket.get(), SOL_SOCKET, SO_ERROR, &error, &size), 0);
  char byte = 0;
  if (sent.shot->udp && error == 0 && ::recv(sent.socket.get(), &byte, 1, 0) != 1) error = errno;
  sent.fate = error == 0 ? PacketFate::Kind::accepted : PacketFate::Kind::rejected;
  sent.done = true;
}

}  // namespace

PacketLab::PacketLab() {
  for (int i = 0; i < 3; ++i) {
    holders_.push_back(hold_network());
    namespaces_.push_back(value_or_throw(
        sys::open_at(AT_FDCWD, "/proc/" + std::to_string(holders_.back()) + "/ns/net", O_RDONLY)));
  }
  const auto pid = [&](int place) { return std::to_string(holders_.at(std::size_t(place))); };
  shell(in_network_of(holders_.at(kNode),
                      "ip link add uplink0 type veth peer name eth0 netns " + pid(kOutside) +
                          "; ip link add cni0 type veth peer name eth0 netns " + pid(kPod) +
                          "; ip addr add 192.0.2.1/24 dev uplink0; ip link set lo up"
                          "; ip addr add 2001:db8::1/64 dev uplink0 nodad"
                          "; ip addr add 10.244.255.1/24 dev cni0; ip link set uplink0 up"
                          "; ip addr add fd00:10:244::1/64 dev cni0 nodad"
                          "; ip link set cni0 up; ip route add default via 192.0.2.2"
                          "; ip -6 route add default via 2001:db8::2"
                          "; sysctl -qw net.ipv6.conf.all.forwarding=1 || true"
                          "; sysctl -qw net.ipv4.ip_forward=1 net.ipv4.icmp_ratelimit=0"
                          " net.ipv6.icmp.ratelimit=0 net.ipv4.icmp_msgs_per_sec=100000 || true"));
  shell(in_network_of(holders_.at(kOutside),
                      "ip addr add 192.0.2.2/24 dev eth0; ip addr add 203.0.113.1/24 dev eth0"
                      "; ip addr add 2001:db8::2/64 dev eth0 nodad; ip link set eth0 up"
                      "; ip addr add 2001:db8:ffff::1/64 dev eth0 nodad"
                      "; ip route add fd00:10:244::/64 via 2001:db8::1"
                      "; ip link set lo up; ip route add 10.244.0.0/16 via 192.0.2.1"
                      "; sysctl -qw net.ipv4.icmp_ratelimit=0"));
  shell(in_network_of(holders_.at(kPod),
                      "ip addr add 10.244.255.253/24 dev eth0; ip link set eth0 up"
                      "; ip addr add fd00:10:244::fd/64 dev eth0 nodad"
                      "; ip link set lo up; ip route add default via 10.244.255.1"
                      "; ip -6 route add default via fd00:10:244::1"));
  listen_everywhere();
}

PacketLab::~PacketLab() {
  for (const pid_t pid : holders_) {
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
  }
}

void PacketLab::enter(Place place) {
  EXPECT_EQ(::setns(namespaces_.at(static_cast<std::size_t>(place)).get(), CLONE_NEWNET), 0);
}

void PacketLab::listen_everywhere() {
  for (const Shot& shot : kShots) {
    enter(shot.from == kOutside ? Place::node : Place::outside);
    auto socket = listener_on(shot.address, shot.port, shot.udp);
    (shot.udp ? echoes_ : listeners_).push_back(std::move(socket));
  }
  for (const Ear& ear : kEars) {
    enter(static_cast<Place>(ear.place));
    listeners_.push_back(listener_on(ear.address, ear.port, false));
    echoes_.push_back(listener_on(ear.address, ear.port, true));
  }
  enter(Place::node);
}

void PacketLab::load(const std::vector<std::pair<std::string, std::string>>& rulesets) {
  enter(Place::node);
  for (const auto& [command, text] : rulesets) feed(command, text);
}

void PacketLab::clear() {
  enter(Place::node);
  shell(
      "nft flush ruleset; for f in '' 6; do n=/proc/net/ip${f}_tables_names; [ -e $n ] || "
      "continue; for t in $(cat $n); do i=ip${f}tables-legacy; for c in $($i -t $t -S | sed -n "
      "'s/^-P \\([A-Z]*\\) .*/\\1/p'); do $i -t $t -P $c ACCEPT; done; $i -t $t -F; $i -t $t -X; "
      "done; done; ipset destroy");
}

NetworkReading PacketLab::read() {
  enter(Place::node);
  return read_own();
}

void PacketLab::answer_datagrams() {
  for (const sys::UniqueFd& echo : echoes_) {
    sockaddr_storage from = {};
    socklen_t size = sizeof from;
    char byte = 0;
    auto* name = reinterpret_cast<sockaddr*>(&from);
    while (::recvfrom(echo.get(), &byte, 1, 0, name, &size) == 1)
      (void)::sendto(echo.get(), &byte, 1, 0, name, size);
  }
}

std::map<PacketLab::Key, PacketFate::Kind> PacketLab::send_all() {
  answer_datagrams();  // what an earlier ruleset held up
  std::vector<Sent> sent;
  for (const Shot& shot : kShots) {
    enter(static_cast<Place>(shot.from));
    sent.push_back(start(shot));
  }
  enter(Place::node);
  const auto deadline = Clock::now() + kPatience;
  while (Clock::now() < deadline) {
    answer_datagrams();
    std::vector<pollfd> waiting;
    for (const Sent& one : sent)
      waiting.push_back({.fd = one.done ? -1 : one.socket.get(),
                         .events = static_cast<short>(one.shot->udp ? POLLIN : POLLOUT),
                         .revents = 0});
    if (::poll(waiting.data(), waiting.size(), 10) < 0) break;
    for (std::size_t i = 0; i < sent.size(); ++i)
      if (waiting[i].revents != 0) finish(sent[i]);
    if (std::all_of(sent.begin(), sent.end(), [](const Sent& one) { return one.done; })) break;
  }
  std::map<Key, PacketFate::Kind> fates;
  for (const Sent& one : sent) {
    const bool ipv6 = std::strchr(one.shot->address, ':') != nullptr;
    fates[{one.shot->id, ipv6 ? IpFamily::ipv6 : IpFamily::ipv4}] = one.fate;
  }
  return fates;
}

}  // namespace iptmode::kernel
