// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/ip_set_members.h"

#include <gtest/gtest.h>
#include <linux/netfilter/ipset/ip_set.h>

#include <string>

#include "iptmode/address.h"
#include "kernel/attribute_writer.h"

namespace iptmode::kernel {
namespace {

std::string ip(std::string_view address) {
  const std::string bytes = parse_address(address).value();
  const std::uint16_t type = bytes.size() == 4 ? IPSET_ATTR_IPADDR_IPV4 : IPSET_ATTR_IPADDR_IPV6;
  return AttributeWriter{}.bytes(type | NLA_F_NET_BYTEORDER, bytes).result();
}

std::string byte(unsigned value) {
  return {static_cast<char>(value)};
}

/// One answer with this member.
std::string answer(const std::string& member, const std::string& header = {}) {
  AttributeWriter attributes;
  attributes.bytes(IPSET_ATTR_PROTOCOL, byte(7)).text(IPSET_ATTR_SETNAME, "peers");
  if (!header.empty()) attributes.nested(IPSET_ATTR_DATA, header);
  const std::string data = AttributeWriter{}.nested(IPSET_ATTR_DATA, member).result();
  return attributes.nested(IPSET_ATTR_ADT, data).result();
}

std::string network(std::string_view address, unsigned bits) {
  return AttributeWriter{}
      .nested(IPSET_ATTR_IP, ip(address))
      .bytes(IPSET_ATTR_CIDR, byte(bits))
      .result();
}

Interval between(std::string_view low, std::string_view high) {
  return {.low = parse_address(low).value(), .high = parse_address(high).value()};
}

TEST(IpSetMembers, AreAddressesAndNetworks) {
  std::vector<Interval> members;
  const std::string one = AttributeWriter{}.nested(IPSET_ATTR_IP, ip("192.0.2.7")).result();
  EXPECT_TRUE(add_members(answer(one), members));
  EXPECT_TRUE(add_members(answer(network("10.244.0.0", 16)), members));
  EXPECT_TRUE(add_members(answer(network("2001:db8::", 32)), members));
  EXPECT_EQ(members, (std::vector<Interval>{
                         between("192.0.2.7", "192.0.2.7"), between("10.244.0.0", "10.244.255.255"),
                         between("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff")}));
}

TEST(IpSetMembers, AreNotToldOfASetThatHoldsMoreOrLessThanItLists) {
  std::vector<Interval> members;
  const std::string exception =
      network("192.0.2.1", 32) + AttributeWriter{}
                                     .bytes(IPSET_ATTR_CADT_FLAGS | NLA_F_NET_BYTEORDER,
                                            std::string("\0\0\0", 3) + byte(IPSET_FLAG_NOMATCH))
                                     .result();
  EXPECT_EQ(add_members(answer(exception), members).error().code, std::errc::not_supported);
  const std::string mask = AttributeWriter{}.bytes(IPSET_ATTR_NETMASK, byte(24)).result();
  EXPECT_EQ(add_members(answer(network("192.0.2.0", 32), mask), members).error().code,
            std::errc::not_supported);
  const std::string whole = AttributeWriter{}.bytes(IPSET_ATTR_NETMASK, byte(32)).result();
  EXPECT_TRUE(add_members(answer(network("192.0.2.0", 32), whole), members));
}

TEST(IpSetMembers, AreBounded) {
  std::vector<Interval> members(kMaxSetMembers - 1);
  const std::string more = answer(network("192.0.2.0", 24));
  EXPECT_TRUE(add_members(more, members));
  EXPECT_EQ(add_members(more, members).error().code, std::errc::file_too_large);
}

TEST(IpSetMembers, AreNotMadeUpFromWhatIsBroken) {
  std::vector<Interval> members;
  EXPECT_TRUE(add_members("", members)) << "an answer without members";
  EXPECT_FALSE(add_members(answer(""), members));
  EXPECT_FALSE(add_members(answer(AttributeWriter{}.nested(IPSET_ATTR_IP, "").result()), members));
  const std::string whole = answer(network("192.0.2.0", 24));
  for (std::size_t size = 0; size < whole.size(); ++size)
    (void)add_members(std::string_view{whole}.substr(0, size), members);
  EXPECT_TRUE(members.empty());
}

TEST(IpSetMembers, AreOfTypesThatHoldNothingElse) {
  for (const char* const type : {"hash:ip", "hash:net", "bitmap:ip"})
    EXPECT_TRUE(is_of_addresses({.type = type})) << type;
  for (const char* const type : {"hash:ip,port", "hash:net,iface", "list:set", "bitmap:port", ""})
    EXPECT_FALSE(is_of_addresses({.type = type})) << type;
}

}  // namespace
}  // namespace iptmode::kernel
