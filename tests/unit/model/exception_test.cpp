// SPDX-License-Identifier: GPL-2.0-or-later
#include "iptmode/exception.h"

#include <gtest/gtest.h>

namespace iptmode {
namespace {

constexpr std::int64_t kJanuary31 = 1769854830;  // 2026-01-31T10:20:30Z

Exception until(std::string_view day) {
  return {.check = "mode_split", .expires = day_from_string(day)};
}

TEST(Exception, CoversByAPatternForTheWholeSubject) {
  struct Case {
    std::string_view pattern;
    std::string_view subject;
    bool want;
  };
  constexpr Case kCases[] = {
      {"*", "", true},
      {"*", "kube-router (pid 1402)", true},
      {"kube-router*", "kube-router (pid 1402)", true},
      {"kube-router", "kube-router (pid 1402)", false},
      {"*(pid ?402)", "kube-router (pid 1402)", true},
      {"*(pid ?02)", "kube-router (pid 1402)", false},
      {"kube-*(pid*", "kube-proxy (pid 9)", true},
      {"*proxy*proxy*", "kube-proxy (pid 9)", false},
      {"[k]ube*", "kube-proxy (pid 9)", false},
      {"", "kube-proxy", false},
  };
  for (const auto& [pattern, subject, want] : kCases) {
    const Exception exception{.check = "mode_split", .subject = std::string{pattern}};
    EXPECT_EQ(covers(exception, "mode_split", subject), want) << pattern << " on " << subject;
    EXPECT_FALSE(covers(exception, "nat_order", subject));
  }
}

TEST(Exception, DoesNotTakeForeverOverAHostilePattern) {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "*a";
  const Exception exception{.check = "mode_split", .subject = pattern + "b"};
  EXPECT_FALSE(covers(exception, "mode_split", std::string(4000, 'a')));
}

TEST(Exception, HoldsUntilTheEndOfItsLastDay) {
  EXPECT_FALSE(is_expired(until("2026-01-31"), kJanuary31));
  EXPECT_FALSE(is_expired(until("2026-01-31"), kJanuary31 - kJanuary31 % 86400 + 86399));
  EXPECT_TRUE(is_expired(until("2026-01-31"), kJanuary31 - kJanuary31 % 86400 + 86400));
  EXPECT_TRUE(is_expired(until("2026-01-30"), kJanuary31));
  EXPECT_FALSE(is_expired(Exception{.check = "mode_split"}, kJanuary31));
}

TEST(Exception, ReadsDaysOfTheCalendarOnly) {
  EXPECT_EQ(expiry_text(until("2028-02-29")), "2028-02-29");
  EXPECT_EQ(expiry_text({}), "never");
  for (const std::string_view text :
       {"", "2026-02-29", "2026-13-01", "2026-00-01", "2026-1-1", "26-01-01", "2026-01-01T00:00:00",
        "2026/01/01", "2026-+1-01", "2026- 1-01", "-026-01-01", "tomorrow"})
    EXPECT_FALSE(day_from_string(text).has_value()) << text;
}

TEST(Exception, MarksWhatItCoversWhileItHolds) {
  std::vector<Finding> findings{{.subject = "docker in legacy"}, {.subject = "libvirt in legacy"}};
  const Exception known{.check = "mode_split", .subject = "libvirt*"};
  Exception expired = until("2026-01-30");
  suppress(findings, "mode_split", std::vector{known, expired}, kJanuary31);
  EXPECT_FALSE(findings[0].suppressed);
  EXPECT_TRUE(findings[1].suppressed);
  suppress(findings, "mode_split", std::vector{expired}, kJanuary31 - 86400);
  EXPECT_TRUE(findings[0].suppressed);
}

TEST(ExceptionUse, SaysWhatBecameOfIt) {
  ExceptionUse use{.exception = {.check = "mode_split", .reason = "known\n", .line = 3}};
  EXPECT_EQ(to_string(use),
            "mode_split * (line 3) matches nothing: take it out. Its reason: known\\x0a");
  use.exception.expires = day_from_string("2026-01-30");
  use.state = ExceptionState::in_use;
  use.findings = 1;
  EXPECT_NE(to_string(use).find("covers 1 finding until 2026-01-30."), std::string::npos);
  EXPECT_FALSE(is_stale(use));
  use.state = ExceptionState::expired;
  EXPECT_NE(to_string(use).find("expired on 2026-01-30: 1 finding counts again."),
            std::string::npos);
  EXPECT_TRUE(is_stale(use));
}

}  // namespace
}  // namespace iptmode
