// SPDX-License-Identifier: GPL-2.0-or-later
#include "iptmode/result.h"

#include <cerrno>
#include <stdexcept>

#include <gtest/gtest.h>

#include "iptmode/finding.h"

namespace iptmode {
namespace {

TEST(SysError, NamesTheCallItsObjectAndTheReason) {
  const Result<int> result = sys_error(EACCES, "openat", "/proc/7/ns/mnt");
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, std::errc::permission_denied);
  EXPECT_EQ(to_string(result.error()), "openat /proc/7/ns/mnt: Permission denied");
}

TEST(SysError, ComparesEqualToTheSameErrorBuiltFromErrc) {
  const Error built{.code = std::make_error_code(std::errc::no_such_process), .context = "kill"};
  EXPECT_EQ(Result<int>{sys_error(ESRCH, "kill")}.error(), built);
}

TEST(ParseError, IsAnInvalidArgumentAndQuotesTheTextEscaped) {
  const Result<int> result = parse_error("iptables version", "v1\x1b[2J");
  EXPECT_EQ(result.error().code, std::errc::invalid_argument);
  EXPECT_NE(result.error().code, std::errc::permission_denied);
  EXPECT_EQ(to_string(result.error()), "iptables version \"v1\\x1b[2J\": not understood");
}

TEST(ParseError, CutsALongText) {
  const Result<int> result = parse_error("line", std::string(1U << 20U, 'x'));
  EXPECT_LT(to_string(result.error()).size(), 200U);
}

TEST(ErrorText, IsTheContextAloneWithoutACode) {
  EXPECT_EQ(to_string(Error{.code = {}, .context = "the witness has gone"}),
            "the witness has gone");
  EXPECT_EQ(to_string(Error{.code = std::make_error_code(std::errc::timed_out), .context = ""}),
            std::make_error_code(std::errc::timed_out).message());
}

TEST(ValueOrThrow, UnwrapsOrThrowsWithTheContext) {
  EXPECT_EQ(value_or_throw(Result<int>{7}), 7);
  try {
    static_cast<void>(value_or_throw(Result<int>{sys_error(ENOENT, "openat", "/proc")}));
    FAIL() << "did not throw";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code(), std::errc::no_such_file_or_directory);
    EXPECT_STREQ(error.what(), "openat /proc: No such file or directory");
  }
}

TEST(Severity, ReadsBackWhatItPrints) {
  for (const Severity severity : kAllSeverities)
    EXPECT_EQ(severity_from_string(to_string(severity)), severity);
  EXPECT_EQ(severity_from_string("fatal"), std::nullopt);
  EXPECT_EQ(severity_from_string(""), std::nullopt);
  EXPECT_LT(Severity::warning, Severity::error);
}

}  // namespace
}  // namespace iptmode
