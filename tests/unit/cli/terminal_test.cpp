// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/terminal.h"

#include <gtest/gtest.h>

namespace iptmode::cli {
namespace {

TEST(StyleOf, ColoursATerminalUnlessSomebodyObjects) {
  struct Case {
    Colour colour;
    Terminal terminal;
    std::string file;
    bool want;
  };
  const Case cases[] = {
      {Colour::automatic, {.present = true}, "-", true},
      {Colour::automatic, {.present = false}, "-", false},
      {Colour::automatic, {.present = true, .wants_plain = true}, "-", false},
      {Colour::automatic, {.present = true}, "/tmp/report", false},
      {Colour::always, {.present = false, .wants_plain = true}, "-", true},
      {Colour::always, {.present = false}, "/tmp/report", true},
      {Colour::never, {.present = true}, "-", false},
  };
  for (const auto& [colour, terminal, file, want] : cases) {
    const Options options{.output_file = file, .colour = colour};
    EXPECT_EQ(style_of(options, terminal).colour, want);
  }
}

TEST(StyleOf, PassesTheWidthOn) {
  EXPECT_EQ(style_of({}, {.columns = 72}).width, 72U);
}

}  // namespace
}  // namespace iptmode::cli
