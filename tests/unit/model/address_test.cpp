// SPDX-License-Identifier: GPL-2.0-or-later
#include "iptmode/address.h"

#include <gtest/gtest.h>

namespace iptmode {
namespace {

using namespace std::string_literals;

TEST(Address, ReadsAndWritesBothFamilies) {
  for (const char* text : {"0.0.0.0", "10.244.0.1", "255.255.255.255", "::", "::1", "fd00::1",
                           "2001:db8::a:b", "fe80::1:0:0:1", "1:2:3:4:5:6:7:8", "1::3:4:5:6:7:8"}) {
    const auto bytes = parse_address(text);
    if (std::string_view{text} == "1::3:4:5:6:7:8") {
      EXPECT_EQ(address_text(bytes.value()), "1:0:3:4:5:6:7:8") << "one group alone is no gap";
      continue;
    }
    ASSERT_TRUE(bytes.has_value()) << text;
    EXPECT_EQ(address_text(*bytes), text);
  }
  EXPECT_EQ(parse_address("10.0.0.1"), "\x0a\0\0\x01"s);
  EXPECT_EQ(parse_address("::ffff:10.0.0.1"), std::string(10, '\0') + "\xff\xff\x0a\0\0\x01"s);
}

TEST(Address, RefusesWhatIsNone) {
  for (const char* text :
       {"", "10.0.0", "10.0.0.1.2", "10.0.0.256", "10.0.0.01", "a.b.c.d", "1:2", ":::", "1::2::3",
        "1:2:3:4:5:6:7:8:9", "12345::", "1:2:3:4:5:6:7:", "::1.2.3", "fe80::1%eth0", " ::1"})
    EXPECT_FALSE(parse_address(text).has_value()) << text;
  EXPECT_EQ(address_text("abc"), "");
}

TEST(Address, KnowsTheEndsOfANetwork) {
  const auto network = parse_network("10.244.17.3/16");
  ASSERT_TRUE(network.has_value());
  EXPECT_EQ(address_text(network->low), "10.244.0.0");
  EXPECT_EQ(address_text(network->high), "10.244.255.255");
  EXPECT_TRUE(network->contains(*parse_address("10.244.9.9")));
  EXPECT_FALSE(network->contains(*parse_address("10.245.0.0")));
  EXPECT_FALSE(network->contains(*parse_address("::1")));
  EXPECT_EQ(address_text(parse_network("10.96.0.1/12")->high), "10.111.255.255");
  EXPECT_EQ(parse_network("10.0.0.1"), parse_network("10.0.0.1/32"));
  EXPECT_EQ(address_text(parse_network("::/0")->high), "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
  for (const char* text : {"10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "fd00::/129", "/8"})
    EXPECT_FALSE(parse_network(text).has_value()) << text;
}

}  // namespace
}  // namespace iptmode
