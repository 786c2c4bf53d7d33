// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/table_names.h"

#include <gmock/gmock.h>

namespace iptmode::kernel {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(ParseTableNames, SortsWhatTheKernelLists) {
  const auto names = parse_table_names("nat\nmangle\nfilter\n");
  ASSERT_TRUE(names) << to_string(names.error());
  EXPECT_THAT(*names, ElementsAre("filter", "mangle", "nat"));
}

TEST(ParseTableNames, TakesAnEmptyListForNoTables) {
  const auto names = parse_table_names("");
  ASSERT_TRUE(names);
  EXPECT_THAT(*names, IsEmpty());
}

TEST(ParseTableNames, RefusesWhatIsNotCertainlyAName) {
  using namespace std::string_literals;
  for (const std::string& text :
       {"nat"s, "nat\nfil"s, "\n"s, "nat\n\n"s, "na t\n"s, "nat\n\x1b[31m\n"s, "nat\0\n"s,
        std::string(32, 'a').append("\n"), "nat\nnat\n"s, "\xc3\xa4\n"s}) {
    SCOPED_TRACE(text);
    const auto names = parse_table_names(text);
    ASSERT_FALSE(names);
    EXPECT_EQ(names.error().code, std::errc::invalid_argument);
  }
}

TEST(ParseTableNames, TakesTheLongestName) {
  EXPECT_TRUE(parse_table_names(std::string(31, 'a').append("\n")));
}

}  // namespace
}  // namespace iptmode::kernel
