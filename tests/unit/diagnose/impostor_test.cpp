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

TEST(Impostor, NotesEachWithItsReason) {
  const CheckResult result = result_of(
      "impostor", a_node()
                      .also(kube_router().pid(9001).impostor(ImpostorReason::no_net_admin))
                      .also(kube_proxy()
                                .pid(9002)
                                .in_network(kOtherNetwork)
                                .impostor(ImpostorReason::other_network))
                      .also(kube_proxy().pid(9003).impostor(ImpostorReason::other_user_namespace)));
  ASSERT_EQ(result.findings.size(), 3U);
  EXPECT_EQ(result.status, CheckStatus::pass);
  EXPECT_EQ(result.findings[2].subject, "kube-router (pid 9001)");
  EXPECT_THAT(result.findings[2].message, HasSubstr("no CAP_NET_ADMIN"));
  EXPECT_THAT(result.findings[0].message, HasSubstr("network namespace of its own"));
  EXPECT_THAT(result.findings[1].message, HasSubstr("another user namespace"));
}

TEST(Impostor, IsSilentAboutTheRealOnes) {
  EXPECT_THAT(result_of("impostor", a_node()).findings, IsEmpty());
}

TEST(Impostor, DoesNotCountForOtherChecks) {
  const Snapshot node =
      a_node().also(kube_router().pid(9001).nft("1.8.4").impostor(ImpostorReason::no_net_admin));
  for (const std::string_view id :
       {"version_skew", "version_known_bad", "install_inconsistent", "identity_conflict"})
    EXPECT_THAT(result_of(id, node).findings, IsEmpty()) << id;
}

}  // namespace
}  // namespace iptmode
