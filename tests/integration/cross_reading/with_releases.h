// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <gtest/gtest.h>

#include <vector>

#include "releases.h"

namespace iptmode::cross_reading::test {

/// A test that needs real releases of iptables. Without them it is skipped, and fails where
/// IPTMODE_REQUIRE_ROOTS=1 says that they have to be there.
class WithReleases : public ::testing::Test {
 protected:
  void SetUp() override {
    constexpr const char* kNoRoots = "no roots: run tests/node/fetch_roots";
    if (!releases_.empty()) return;
    if (roots_are_required()) FAIL() << kNoRoots;
    GTEST_SKIP() << kNoRoots;
  }
  const std::vector<Release> releases_ = releases();
};

}  // namespace iptmode::cross_reading::test
