// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "fresh_network.h"
#include "kernel/doors.h"
#include "sys/unique_fd.h"

namespace iptmode::kernel {
namespace {

/// A socket on the loopback interface that listens, at a port of its own, or is connected to one.
sys::UniqueFd tcp_socket(std::uint16_t& port, bool listens) {
  sys::UniqueFd socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_in place = {};
  place.sin_family = AF_INET;
  place.sin_port = htons(port);
  place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* address = reinterpret_cast<sockaddr*>(&place);
  socklen_t length = sizeof place;
  if (!listens) {
    EXPECT_EQ(::connect(socket.get(), address, length), 0);
    return socket;
  }
  EXPECT_EQ(::bind(socket.get(), address, length), 0);
  EXPECT_EQ(::listen(socket.get(), 256), 0);
  EXPECT_EQ(::getsockname(socket.get(), address, &length), 0);
  port = ntohs(place.sin_port);
  return socket;
}

TEST(ReadDoors, SeesEveryListeningSocketInFrontOfManyConnections) {
  in_fresh_network([] {
    shell("ip link set lo up");
    std::vector<sys::UniqueFd> sockets;
    std::vector<std::uint16_t> ports(40, 0);
    for (std::uint16_t& port : ports) sockets.push_back(tcp_socket(port, true));
    for (int i = 0; i < 100; ++i) sockets.push_back(tcp_socket(ports.front(), false));
    const sys::UniqueFd proc = directory("/proc");
    const Doors doors = value_or_throw(read_doors(proc.get(), ::getpid()));
    for (const std::uint16_t port : ports)
      EXPECT_TRUE(std::ranges::any_of(doors.listeners, [&](const Listener& listener) {
        return listener.protocol == IPPROTO_TCP && listener.port == port;
      })) << port;
  });
}

}  // namespace
}  // namespace iptmode::kernel
