// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/table.h"

#include <array>

#include <gtest/gtest.h>

namespace iptmode::report {
namespace {

constexpr std::array kColumns{Column{.title = "NAME"},
                              Column{.title = "PATH", .narrowest = 8, .keep = Keep::tail},
                              Column{.title = "NOTE", .narrowest = 6, .drop_order = 1}};
const std::vector<Row> kRows{{.cells = {"a", "/usr/sbin/iptables", "remarkable"}, .marked = true},
                             {.cells = {"longer", "-", ""}}};

std::vector<std::string> at_width(std::size_t width) {
  return lay_out(kColumns, kRows, width, Paint{false});
}

TEST(LayOut, MakesColumnsAsWideAsTheirContent) {
  EXPECT_EQ(at_width(80),
            (std::vector<std::string>{"NAME    PATH                NOTE",
                                      "a       /usr/sbin/iptables  remarkable  <-", "longer  -"}));
}

TEST(LayOut, ShortensTheWidestColumnFirst) {
  EXPECT_EQ(at_width(36),
            (std::vector<std::string>{"NAME    PATH          NOTE",
                                      "a       .../iptables  remarkable  <-", "longer  -"}));
}

TEST(LayOut, LeavesAColumnOutWhenShorteningIsNotEnough) {
  const auto lines = at_width(22);
  EXPECT_EQ(lines.front().find("NOTE"), std::string::npos);
  EXPECT_NE(lines.at(1).find("..."), std::string::npos);
  for (const std::string& line : lines) EXPECT_LE(line.size(), 22U) << line;
}

TEST(LayOut, ColoursTheMarkOnlyWhenAskedTo) {
  const auto plain = at_width(80);
  const auto coloured = lay_out(kColumns, kRows, 80, Paint{true});
  for (const std::string& line : plain) EXPECT_EQ(line.find('\x1b'), std::string::npos);
  EXPECT_NE(coloured.at(1).find("\x1b["), std::string::npos);
}

}  // namespace
}  // namespace iptmode::report
