// SPDX-License-Identifier: GPL-2.0-or-later
#include "redact/address_map.h"

#include <gtest/gtest.h>

#include <set>

#include "redact/address.h"

namespace iptmode::redact {
namespace {

std::string bytes_of(std::string_view text) {
  return address_at(text, 0)->bytes;
}

std::size_t common_bits(const std::string& a, const std::string& b) {
  std::size_t bits = 0;
  while (bits < a.size() * 8 && network_part(a, bits + 1) == network_part(b, bits + 1)) ++bits;
  return bits;
}

TEST(AddressMap, KeepsCommonPrefixes) {
  AddressMap map{"key"};
  const std::string_view addresses[] = {"10.0.0.1",  "10.0.0.2",    "10.0.1.1",
                                        "10.96.0.1", "192.168.1.1", "8.8.8.8"};
  for (const std::string_view a : addresses)
    for (const std::string_view b : addresses)
      EXPECT_EQ(common_bits(map(bytes_of(a)), map(bytes_of(b))),
                common_bits(bytes_of(a), bytes_of(b)))
          << a << ' ' << b;
  EXPECT_EQ(common_bits(map(bytes_of("fd00::1")), map(bytes_of("fd00:0:0:1::1"))), 63U);
}

TEST(AddressMap, MapsNoPrivateOrGlobalAddressToItself) {
  for (const std::string key : {"a", "b", "c", "d", "e", "f", "g", "h"}) {
    AddressMap map{key};
    for (const std::string_view text : {"10.0.0.0", "172.16.0.0", "192.168.0.0", "8.8.8.8",
                                        "100.64.0.0", "fd00::", "2001:db8::1"})
      EXPECT_NE(map(bytes_of(text)), bytes_of(text)) << text << ' ' << key;
  }
}

TEST(AddressMap, KeepsWhatMeansTheSameEverywhere) {
  AddressMap map{"key"};
  for (const std::string_view text : {"0.0.0.0", "127.0.0.1", "127.255.255.254", "224.0.0.251",
                                      "255.255.255.255", "255.255.240.0", "::", "::1", "ff02::1"})
    EXPECT_EQ(map(bytes_of(text)), bytes_of(text)) << text;
  EXPECT_EQ(map(bytes_of("fe80::1")).substr(0, 1), "\xfe");
}

TEST(AddressMap, TakesNoTwoToOneAndNoneIntoAKeptBlock) {
  AddressMap map{"key"};
  std::set<std::string> seen;
  for (unsigned i = 0; i < 4096; ++i) {
    const std::string address{static_cast<char>(i >> 4U), static_cast<char>(i & 0xfU), '\0', '\1'};
    const std::string mapped = map(address);
    seen.insert(mapped);
    const auto kept = [](const std::string& bytes) {
      const auto first = static_cast<unsigned char>(bytes.front());
      return first == 0 || first == 127 || first >= 224;
    };
    ASSERT_EQ(kept(mapped), kept(address));
  }
  EXPECT_EQ(seen.size(), 4096U);
}

TEST(AddressMap, ANetworkStaysOne) {
  AddressMap map{"key"};
  const std::string network = map.network(bytes_of("10.96.0.0"), 12);
  EXPECT_EQ(network_part(network, 12), network);
  EXPECT_EQ(network_part(map(bytes_of("10.96.0.10")), 12), network);
  EXPECT_EQ(map.network(bytes_of("10.96.0.10"), 12), map(bytes_of("10.96.0.10")));
}

TEST(AddressMap, AnIpv4AddressIsTheSameInsideIpv6) {
  AddressMap map{"key"};
  EXPECT_EQ(map(bytes_of("::ffff:10.0.0.1")).substr(12), map(bytes_of("10.0.0.1")));
}

TEST(AddressMap, AnotherKeyGivesOtherAddresses) {
  EXPECT_NE(AddressMap{"a"}(bytes_of("10.1.2.3")), AddressMap{"b"}(bytes_of("10.1.2.3")));
}

}  // namespace
}  // namespace iptmode::redact
