// SPDX-License-Identifier: GPL-2.0-or-later
#include <string>

#include <gtest/gtest.h>

#include "iptmode/identify.h"

namespace iptmode {
namespace {

using namespace std::string_view_literals;

TEST(ParseVersionLine, AcceptsEveryShippedForm) {
  struct Case {
    std::string_view text;
    Backend backend;
    Version version;
  };
  constexpr Case kCases[] = {
      {"iptables v1.8.9 (nf_tables)\n", Backend::nf_tables, {1, 8, 9}},
      {"iptables v1.8.7 (legacy)\n", Backend::legacy, {1, 8, 7}},
      {"iptables v1.8.13 (nf_tables)", Backend::nf_tables, {1, 8, 13}},
      {"iptables v1.8.0 (legacy)\nmore\n", Backend::legacy, {1, 8, 0}},
      {"iptables v1.6.1\n", Backend::legacy, {1, 6, 1}},  // before 1.8 there was no suffix
      {"iptables v1.4.21", Backend::legacy, {1, 4, 21}},
  };
  for (const auto& [text, backend, version] : kCases) {
    SCOPED_TRACE(text);
    const auto got = parse_version_line(text);
    ASSERT_TRUE(got.has_value()) << to_string(got.error());
    EXPECT_EQ(got->backend, backend);
    EXPECT_EQ(got->version, version);
  }
}

TEST(ParseVersionLine, RefusesEverythingElse) {
  const std::string flood(1U << 16U, 'v');
  const std::string long_line = "iptables v1.8.9 (nf_tables)" + std::string(200, ')');
  for (const std::string_view text : {
           ""sv,
           "\n"sv,
           "iptables"sv,
           "iptables v"sv,
           "iptables v1.8"sv,
           "iptables v1.8.9"sv,  // 1.8 always has a suffix
           "iptables v1.8.9 "sv,
           "iptables v1.8.9 ()"sv,
           "iptables v1.8.9 ("sv,
           "iptables v1.8.9 )"sv,
           "iptables v1.8.9 nf_tables"sv,
           "iptables v1.8.9 (nftables)"sv,
           "iptables v1.8.9 (nf_tables) "sv,
           "iptables v1.8.9 (nf_tables)\r\n"sv,
           "iptables v1.8.9  (nf_tables)"sv,
           " iptables v1.8.9 (nf_tables)"sv,
           "\niptables v1.8.9 (nf_tables)"sv,
           "iptables v1.8.9\0 (nf_tables)"sv,
           "ip6tables v1.8.9 (nf_tables)"sv,
           "nft v1.8.9 (nf_tables)"sv,
           "iptables v1.8.99999 (nf_tables)"sv,
           "iptables v1.8.9 (\x1b[31m)"sv,
           "iptables: Failed to initialize nft: Protocol not supported"sv,
           std::string_view{flood},
           std::string_view{long_line},
       }) {
    const auto got = parse_version_line(text);
    ASSERT_FALSE(got.has_value()) << text.substr(0, 60);
    EXPECT_EQ(got.error().code, std::errc::invalid_argument);
    EXPECT_EQ(to_string(got.error()).find('\x1b'), std::string::npos);
    EXPECT_LT(to_string(got.error()).size(), 300U);
  }
}

}  // namespace
}  // namespace iptmode
