// SPDX-License-Identifier: GPL-2.0-or-later
#include "redact/address.h"

#include <gtest/gtest.h>

namespace iptmode::redact {
namespace {

/// The first address of a text, as text with its prefix length; "-" if there is none.
std::string first_address(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at)
    if (const auto found = address_at(text, at))
      return address_text(found->bytes, found->separator) + "/" + std::to_string(found->prefix);
  return "-";
}

struct Case {
  std::string_view text;
  std::string_view found;
};

TEST(AddressAt, FindsAddressesAsIptablesNftAndLogsWriteThem) {
  constexpr Case kCases[] = {
      {"-s 10.96.0.0/12 -j X", "10.96.0.0/12"},
      {"-s 10.96.0.0/255.240.0.0 -j X", "10.96.0.0/12"},
      {"10.0.0.1", "10.0.0.1/32"},
      {"--to-destination 10.0.0.1:80", "10.0.0.1/32"},
      {"10.0.0.1-10.0.0.9", "10.0.0.1/32"},
      {"svc/udp/dns__10.244.0.2/53", "10.244.0.2/32"},  // kube-proxy's chains: that is the port
      {"svc/tcp/http__fd00.10..2/80", "fd00.10..2/80"},
      {"ip daddr { 10.0.0.1, 10.0.0.2 }", "10.0.0.1/32"},
      {"host ip-10-0-0-5.internal", "10-0-0-5/32"},
      {"to 10.0.0.1.", "10.0.0.1/32"},
      {"-d fd00:10:96::a/128", "fd00:10:96::a/128"},
      {"[fd00::1]:443", "fd00::1/128"},
      {"peer fd00::1: gone", "fd00::1/128"},
      {"FE80::1%eth0", "fe80::1/128"},
      {"::ffff:10.0.0.1", "::ffff:a00:1/128"},
      {"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8/128"},
      {"2001:db8::/32", "2001:db8::/32"},
  };
  for (const auto& [text, found] : kCases) EXPECT_EQ(first_address(text), found) << text;
}

TEST(AddressAt, LeavesOtherNumbersAlone) {
  for (const std::string_view text :
       {"1.8.9", "v1.32.4+k0s.0", "6.12.41-amd64", "1.2.3.4.5", "256.1.1.1", "x10.0.0.1",
        "10.0.0.1a", "2026-11-26-10-20-30", "12:34:56", "aa:bb:cc:dd:ee:ff", "00:11:22:33:44:55",
        "0x4000/0x4000", "a:b", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "iptables",
        "std::string", ""})
    EXPECT_EQ(first_address(text), "-") << text;
}

TEST(AddressText, WritesIpv6AsRfc5952Says) {
  const auto text = [](std::string_view address) {
    return address_text(address_at(address, 0)->bytes, ':');
  };
  EXPECT_EQ(text("2001:0db8:0000:0000:0001:0000:0000:0001"), "2001:db8::1:0:0:1");
  EXPECT_EQ(text("2001:db8:0:1:1:1:1:1"), "2001:db8:0:1:1:1:1:1");
  EXPECT_EQ(text("::"), "::");
  EXPECT_EQ(text("::1"), "::1");
  EXPECT_EQ(text("1::"), "1::");
}

}  // namespace
}  // namespace iptmode::redact
