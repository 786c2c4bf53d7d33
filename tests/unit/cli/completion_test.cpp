// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/completion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/commands.h"
#include "cli/option_table.h"

namespace iptmode::cli {
namespace {

using ::testing::HasSubstr;

struct Shell {
  std::string_view name;
  std::string script;
  std::string before_option;  ///< how this shell's script spells a long option
};

std::vector<Shell> shells() {
  return {{"bash", bash_completion(), "--"},
          {"zsh", zsh_completion(), "--"},
          {"fish", fish_completion(), "-l "}};
}

TEST(Completion, KnowsEveryOptionCommandAndCheckInEveryShell) {
  for (const auto& [name, script, before_option] : shells()) {
    SCOPED_TRACE(name);
    for (const OptionRow& row : all_options())
      EXPECT_THAT(script, HasSubstr(before_option + std::string{row.name}));
    for (const Command& command : all_commands())
      EXPECT_THAT(script, HasSubstr(std::string{command.name}));
    for (const Check& check : all_checks()) EXPECT_THAT(script, HasSubstr(std::string{check.id}));
  }
}

TEST(Completion, OffersTheWordsOfEveryOptionThatHasThem) {
  for (const auto& [name, script, before_option] : shells()) {
    SCOPED_TRACE(name);
    for (const OptionRow& row : all_options()) {
      if (row.kind != ValueKind::words) continue;
      EXPECT_THAT(script, HasSubstr(std::string{row.words}));
    }
  }
}

}  // namespace
}  // namespace iptmode::cli
