// SPDX-License-Identifier: GPL-2.0-or-later
#include "evidence/child_output.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <string_view>

namespace iptmode::evidence {
namespace {

using namespace std::chrono_literals;

int say(int fd, std::string_view text) {
  return ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) ? 0 : 1;
}

TEST(RunInChild, GivesWhatWasWritten) {
  const auto output = run_in_child([](int fd) { return say(fd, "abc"); }, 100, 5s);
  EXPECT_EQ(output->text, "abc");
  EXPECT_EQ(output->problem, "");
}

TEST(RunInChild, KeepsWhatADyingChildWrote) {
  const auto died = [](int fd) {
    (void)say(fd, "abc");
    return ::raise(SIGKILL);
  };
  const auto output = run_in_child(died, 100, 5s);
  EXPECT_EQ(output->text, "abc");
  EXPECT_EQ(output->problem, "signal 9");
  EXPECT_EQ(run_in_child([](int) { return 3; }, 100, 5s)->problem, "exit status 3");
}

TEST(RunInChild, CutsWhatIsTooLongOrTakesTooLong) {
  const auto flood = [](int fd) {
    while (say(fd, "0123456789") == 0) {
    }
    return 0;
  };
  const auto output = run_in_child(flood, 25, 5s);
  EXPECT_EQ(output->text, "0123456789012345678901234");
  EXPECT_EQ(output->problem, "longer than 25 bytes");
  const auto hang = [](int fd) {
    (void)say(fd, "x");
    ::pause();
    return 0;
  };
  EXPECT_EQ(run_in_child(hang, 25, 50ms)->problem, "no end in 50 ms");
}

}  // namespace
}  // namespace iptmode::evidence
