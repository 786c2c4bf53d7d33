// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "finding_matchers.h"
#include "snapshot_builder.h"

namespace iptmode {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using namespace iptmode::testing;

/// A place whose nft multi answers `run` when it is run, behind all six names.
InstallationBuilder answering(const Identity& run) {
  auto place = an_installation("/sbin").links(Backend::nf_tables, "1.8.9");
  const Installation honest = place.build();
  for (Program program : honest.programs) {
    program.by_run = run;
    place.program(program);
  }
  return place;
}

TEST(IdentityConflict, WarnsOnceAboutAFileBehindSixNames) {
  const CheckResult result = result_of(
      "identity_conflict", a_node().with(kube_router().installation(answering(
                               {.backend = Backend::legacy, .version = Version{1, 8, 9}}))));
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].severity, Severity::warning);
  EXPECT_EQ(result.findings[0].subject, "kube-router (pid 1402)");
  EXPECT_THAT(text_of(result.findings[0]),
              AllOf(HasSubstr("/sbin/xtables-nft-multi says 1.8.9 (nf_tables)"),
                    HasSubstr("it says 1.8.9 (legacy)")));
}

TEST(IdentityConflict, WarnsAboutAnotherVersion) {
  EXPECT_EQ(result_of("identity_conflict",
                      a_node().with(kube_router().installation(answering(
                          {.backend = Backend::nf_tables, .version = Version{1, 8, 11}}))))
                .status,
            CheckStatus::warn);
}

TEST(IdentityConflict, IsSilentWhenTheRunSaysLess) {
  EXPECT_THAT(result_of("identity_conflict",
                        a_node().with(kube_router().installation(
                            answering({.backend = Backend::nf_tables, .version = std::nullopt}))))
                  .findings,
              IsEmpty());
  EXPECT_EQ(result_of("identity_conflict", a_node()).status, CheckStatus::pass);
}

}  // namespace
}  // namespace iptmode
