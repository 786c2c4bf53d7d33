// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/process_status.h"

#include <gtest/gtest.h>

namespace iptmode::collect {
namespace {

TEST(EffectiveCapabilities, AreReadFromTheirOwnLine) {
  const auto full = parse_effective_capabilities(
      "Name:\tkube-proxy\nUmask:\t0022\nCapPrm:\t0000000000000000\nCapEff:\t000001ffffffffff\n");
  ASSERT_TRUE(full.has_value());
  EXPECT_EQ(*full, 0x1ffffffffffU);
  EXPECT_TRUE(has_net_admin(*full));

  // What a container gets by default: no CAP_NET_ADMIN (bit 12).
  const auto plain = parse_effective_capabilities("Name:\tx\nCapEff:\t00000000a80425fb\n");
  ASSERT_TRUE(plain.has_value());
  EXPECT_FALSE(has_net_admin(*plain));
}

TEST(EffectiveCapabilities, TheNameOfAProcessCannotForgeThem) {
  const auto read =
      parse_effective_capabilities("Name:\tCapEff:\t000001ffffffffff\nCapEff:\t0000000000000000\n");
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(*read, 0U);
}

TEST(EffectiveCapabilities, BrokenTextIsAnError) {
  for (const char* text : {"", "Name:\tx\n", "CapEff:\t\n", "CapEff:\txyz\n", "CapEff:\t12 34\n",
                           "CapEff:\t11111111111111111\n", "CapEff: 0\n"}) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(parse_effective_capabilities(text).has_value());
  }
}

TEST(NamespaceLink, HasATypeAndANumber) {
  EXPECT_EQ(parse_namespace_link("net", "net:[4026531840]").value_or(0), 4026531840U);
  for (const char* text :
       {"", "net", "net:", "net:[", "net:[]", "net:[x]", "net:[1", "net:[0]", "mnt:[4026531840]",
        "net:[-1]", "net:[1]x", "net:[99999999999999999999]", "nettle:[1]"}) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(parse_namespace_link("net", text).has_value());
  }
}

}  // namespace
}  // namespace iptmode::collect
