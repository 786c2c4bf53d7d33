// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/proc_net.h"

#include <gtest/gtest.h>

namespace iptmode::kernel {
namespace {

TEST(ProcNet, ReadDefaultRoutesOfBothFamilies) {
  std::vector<DefaultRoute> routes;
  parse_routes4(
      "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
      "eth0\t00000000\t0102000A\t0003\t0\t0\t100\t00000000\t0\t0\t0\n"
      "eth0\t0002000A\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0\n"
      "lo\t00000000\t00000000\t0201\t0\t0\t0\t00000000\t0\t0\t0\n"
      "half a line\n",
      routes);
  const std::string zero(32, '0');
  parse_routes6(zero + " 00 " + zero +
                    " 00 fe800000000000000000000000000001 00000400 00000001 "
                    "00000000 00000003     eth1\n" +
                    zero + " 00 " + zero + " 00 " + zero +
                    " ffffffff 00000001 00000000 00200200       lo\n",
                routes);
  const std::vector<DefaultRoute> want{
      {.family = IpFamily::ipv4, .metric = 100, .link = "eth0", .gateway = "10.0.2.1"},
      {.family = IpFamily::ipv6, .metric = 0x400, .link = "eth1", .gateway = "fe80::1"}};
  EXPECT_EQ(routes, want);
}

TEST(ProcNet, ReadListeningSocketsOnly) {
  std::vector<Listener> listeners;
  parse_sockets(
      "  sl  local_address rem_address   st tx_queue\n"
      "   0: 0100007F:2809 00000000:0000 0A 00000000:00000000\n"
      "   1: 0100007F:2809 0100007F:C001 01 00000000:00000000\n"
      "   2: 0100007F:XXXX 00000000:0000 0A\n   3: junk 0A\n",
      6, listeners);
  parse_sockets(
      "  sl  local_address                         remote_address st\n"
      " 9: 00000000000000000000000000000000:12B5 00000000000000000000000000000000:0000 07\n",
      17, listeners);
  const std::vector<Listener> want{{.protocol = 6, .port = 10249, .address = "127.0.0.1"},
                                   {.protocol = 17, .port = 4789, .address = "::"}};
  EXPECT_EQ(listeners, want);
}

TEST(ProcNet, KnowWhereTheListeningSocketsEnd) {
  const std::string head = "  sl  local_address rem_address   st tx_queue\n";
  const std::string listening = "   0: 0100007F:2809 00000000:0000 0A 00000000:00000000\n";
  const std::string connection = "   1: 0100007F:2809 0100007F:C001 01 00000000:00000000\n";
  EXPECT_FALSE(ends_in_connection(""));
  EXPECT_FALSE(ends_in_connection(head));
  EXPECT_FALSE(ends_in_connection(head + listening));
  EXPECT_FALSE(ends_in_connection(head + listening + connection.substr(0, 40)));
  EXPECT_TRUE(ends_in_connection(head + listening + connection));
  EXPECT_TRUE(ends_in_connection(head + connection + connection.substr(0, 10)));
  EXPECT_FALSE(ends_in_connection(connection.substr(0, 20) + "\n"));
}

TEST(ProcNet, CountsTheSocketsOfAProtocol) {
  const std::string text =
      "sockets: used 9\nTCP: inuse 12 orphan 0 tw 0 alloc 1 mem 228\nUDP: inuse 0 mem 0\n"
      "UDPLITE: inuse 3\nRAW: inuse x\nFRAG: inuse\n";
  EXPECT_EQ(sockets_in_use(text, "TCP"), 12U);
  EXPECT_EQ(sockets_in_use(text, "UDP"), 0U);
  EXPECT_EQ(sockets_in_use(text, "TCP6"), std::nullopt);
  EXPECT_EQ(sockets_in_use(text, "RAW"), std::nullopt);
  EXPECT_EQ(sockets_in_use(text, "FRAG"), std::nullopt);
  EXPECT_EQ(sockets_in_use("", "TCP"), std::nullopt);
}

}  // namespace
}  // namespace iptmode::kernel
