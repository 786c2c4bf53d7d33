// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/nft_set.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace iptmode::kernel {
namespace {

std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t at = 0; at + 1 < hex.size(); at += 2)
    bytes += static_cast<char>(std::stoi(std::string{hex.substr(at, 2)}, nullptr, 16));
  return bytes;
}

std::string attribute(std::uint16_t type, const std::string& payload) {
  const auto length = static_cast<std::uint16_t>(payload.size() + 4);
  std::string bytes(reinterpret_cast<const char*>(&length), 2);
  bytes.append(reinterpret_cast<const char*>(&type), 2).append(payload);
  return bytes.append((4 - bytes.size() % 4) % 4, '\0');
}

/// NFTA_SET_TABLE, _NAME and _USERDATA.
std::string a_set(std::string_view user_data) {
  using namespace std::string_literals;
  return attribute(1, "t\0"s) + attribute(2, "s\0"s) + attribute(13, from_hex(user_data));
}

// User data as nft left it in the kernel; bookworm's nft 1.0.6 was asked to list each.
TEST(DecodeSet, KnowsWhatAnOlderNftDiesOn) {
  struct Case {
    const char* what;
    const char* user_data;
    bool described;
  };
  const Case cases[] = {
      {"1.1.3: type ipv4_addr", "00040200000003080004040000000100", true},
      {"1.1.3: type mark, a comment", "000401000000030800040400000001000703686900", true},
      {"1.1.3: map ipv4_addr : ipv4_addr",
       "0004020000000104020000000308000404000000010004080004040000000100060400000000", true},
      {"1.1.3: map of a concatenation : verdict",
       "000400000000010400000000031200040d000000010a00000004040000000100040800040400000001000604000"
       "00000",
       true},
      {"1.1.3: type ipv4_addr . inet_service",
       "000400000000031200040d000000010a00000004040000000100", false},
      {"1.1.3: typeof ip saddr", "0004020000000314000407000000010c00040c00000001040b000000", false},
      {"1.0.6: type ipv4_addr", "000402000000", false},
      {"1.0.6: anonymous map to verdicts",
       "00040200000001040000000004080004010000000100060400000000", false},
      {"cut short", "0308000404", false},
      {"a length beyond the end", "03ff00040400", false},
      {"nothing", "", false},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.what);
    const std::string message = a_set(one.user_data);
    const SetFacts facts = decode_set(message);
    EXPECT_EQ(facts.described, one.described);
    EXPECT_EQ(facts.table, "t");
    EXPECT_EQ(facts.name, "s");
  }
}

}  // namespace
}  // namespace iptmode::kernel
