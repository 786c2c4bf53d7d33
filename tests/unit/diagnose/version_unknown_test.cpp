// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "finding_matchers.h"
#include "snapshot_builder.h"

namespace iptmode {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using namespace iptmode::testing;

/// A place whose files tell their backend and no version.
InstallationBuilder without_version(Backend backend) {
  return an_installation("/sbin").links(backend, "?");
}

TEST(VersionUnknown, NotesANewReleaseOfTheSeriesItKnows) {
  const CheckResult result =
      result_of("version_unknown", a_node().with(kube_proxy().nft("1.8.14")));
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.status, CheckStatus::pass);
  EXPECT_THAT(result.findings[0].message, HasSubstr("1.8.14 is newer than 1.8.13"));
}

TEST(VersionUnknown, WarnsAboutANewSeries) {
  EXPECT_EQ(result_of("version_unknown", a_node().with(kube_proxy().nft("1.9.0"))).status,
            CheckStatus::warn);
}

TEST(VersionUnknown, IsSilentForTheNewestItKnows) {
  EXPECT_THAT(result_of("version_unknown", a_node().with(kube_proxy().nft("1.8.13"))).findings,
              IsEmpty());
}

TEST(VersionUnknown, IsUndecidedWhenTheVersionCannotBeRead) {
  const CheckResult result =
      result_of("version_unknown",
                a_node().with(kube_router().installation(without_version(Backend::nf_tables))));
  EXPECT_EQ(result.status, CheckStatus::unknown);
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_THAT(result.message, HasSubstr("kube-router (pid 1402)"));
}

TEST(VersionUnknown, NotesItOnlyWhereNothingDependsOnIt) {
  EXPECT_EQ(result_of("version_unknown",
                      a_node().with(kube_router().installation(without_version(Backend::legacy))))
                .status,
            CheckStatus::pass);
  EXPECT_EQ(result_of("version_unknown", a_node().host(without_version(Backend::nf_tables))).status,
            CheckStatus::pass);
}

TEST(VersionUnknown, DoesNotAskAWrapperForTheVersionOfWhatItLacks) {
  EXPECT_THAT(result_of("version_unknown",
                        a_node().with(kube_router().installation(
                            an_installation("/sbin").multi(Backend::legacy, "1.8.9").wrapper())))
                  .findings,
              IsEmpty());
}

}  // namespace
}  // namespace iptmode
