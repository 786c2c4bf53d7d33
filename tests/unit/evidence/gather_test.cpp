// SPDX-License-Identifier: GPL-2.0-or-later
#include "evidence/gather.h"

#include <gtest/gtest.h>

#include "snapshot_builder.h"

namespace iptmode::evidence {
namespace {

TEST(Gather, WhatTheTimeIsOverForIsMissingWithThatReason) {
  unsigned steps = 0;
  const auto evidence =
      gather(iptmode::testing::a_node(), {.deadline = std::chrono::steady_clock::now(),
                                          .progress = [&](std::string_view) { ++steps; }});
  ASSERT_TRUE(evidence.has_value()) << to_string(evidence.error());
  EXPECT_TRUE(evidence->items.empty());
  EXPECT_EQ(steps, 0U);
  EXPECT_GE(evidence->missing.size(), 7U);
  for (const bundle::Missing& missing : evidence->missing)
    EXPECT_EQ(missing.reason, "the time was over (--timeout)") << missing.path;
}

TEST(Gather, FailsOnlyWithoutProc) {
  EXPECT_FALSE(gather({}, {.proc_root = "/nowhere"}).has_value());
}

}  // namespace
}  // namespace iptmode::evidence
