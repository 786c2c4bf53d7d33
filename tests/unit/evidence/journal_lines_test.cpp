// SPDX-License-Identifier: GPL-2.0-or-later
#include "evidence/journal_lines.h"

#include <gtest/gtest.h>

namespace iptmode::evidence {
namespace {

TEST(JournalLines, KeepsWholeLinesAboutIptablesOldestFirst) {
  EXPECT_EQ(journal_lines("3 k0s: IPTables mode nft\n2 k0s: other\n1 kubelet: nft failed\niptab"),
            "1 kubelet: nft failed\n3 k0s: IPTables mode nft\n");
  EXPECT_EQ(journal_lines(""), "");
}

TEST(JournalLines, ReplacesSecrets) {
  struct Case {
    std::string_view line, kept;
  };
  constexpr Case kCases[] = {
      {"iptables --token abc --x", "iptables --token ***"},
      {"iptables token=abc,more", "iptables token=***,more"},
      {"iptables \"password\": \"a\\b\" end", "iptables \"password\": \"***\" end"},
      {"iptables Bearer eyJhbGciOi", "iptables Bearer ***"},
      {"iptables tokens", "iptables tokens"},
  };
  for (const auto& [line, kept] : kCases) {
    const std::string text = journal_lines(std::string{line} + "\n");
    EXPECT_TRUE(text.starts_with(kept)) << text;
  }
}

}  // namespace
}  // namespace iptmode::evidence
