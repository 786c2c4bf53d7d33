// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "finding_matchers.h"
#include "snapshot_builder.h"

namespace iptmode {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using namespace iptmode::testing;

/// Everything is legacy but kube-router, whose image may or may not be able to follow.
NodeBuilder a_legacy_node() {
  NodeBuilder node = a_node();
  node.no_rules()
      .k0s_bin(Backend::legacy, "1.8.11")
      .with(kubelet().legacy("1.8.11"))
      .with(kube_proxy().legacy("1.8.11"))
      .hint(Backend::legacy)
      .nat_rules(Backend::legacy, Owner::kube_proxy, 2800);
  return node;
}

TEST(ImageLacksBackend, FiresWhenTheImageHasOnlyTheOtherVariant) {
  const Snapshot node = a_legacy_node().with(
      kube_router().installation(an_installation("/sbin").links(Backend::nf_tables, "1.8.11")));
  const CheckResult result = result_of("image_lacks_backend", node);
  EXPECT_EQ(result.status, CheckStatus::fail);
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_THAT(text_of(result.findings[0]),
              AllOf(HasSubstr("has no legacy variant"), HasSubstr("a restart does not help"),
                    HasSubstr("v2.7.1-iptables1.8.11-0 or later"),
                    HasSubstr("the image has the nf_tables variant, 1.8.11"),
                    HasSubstr("--iptables-mode=nft")));
}

TEST(ImageLacksBackend, IsSilentWhenTheImageCouldDoIt) {
  EXPECT_EQ(
      result_of("image_lacks_backend", a_legacy_node().with(kube_router().unresolved())).status,
      CheckStatus::pass);
}

TEST(ImageLacksBackend, IsSilentWhenTheOnlyVariantIsTheRightOne) {
  const Snapshot node = a_node().with(kube_router().image_lacks(Backend::legacy));
  EXPECT_EQ(result_of("image_lacks_backend", node).status, CheckStatus::pass);
}

TEST(ImageLacksBackend, CountsTheVariantsThatFelixCallsByName) {
  const Snapshot node =
      a_legacy_node().with(calico_node().installation(an_installation("/usr/sbin")
                                                          .by_name(Backend::legacy, "1.8.8")
                                                          .links(Backend::nf_tables, "1.8.8")));
  EXPECT_EQ(result_of("image_lacks_backend", node).status, CheckStatus::pass);
}

TEST(ImageLacksBackend, IsUnknownWhenAnImageCouldNotBeLookedAt) {
  const Snapshot node = a_node()
                            .with(kube_router().no_installation())
                            .gap(Fact::installations, "kube-router (pid 1402)");
  EXPECT_EQ(result_of("image_lacks_backend", node).status, CheckStatus::unknown);
}

}  // namespace
}  // namespace iptmode
