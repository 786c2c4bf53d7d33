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

TEST(WrapperBypassed, FiresOnLegacyThatNoHintExplains) {
  const Snapshot node = a_node()
                            .with(kube_router().legacy("1.8.9"))
                            .no_rules_of(Owner::kube_router)
                            .legacy_rules(Owner::kube_router, 56);
  const CheckResult result = result_of("wrapper_bypassed", node);
  EXPECT_EQ(result.status, CheckStatus::fail);
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_THAT(text_of(result.findings[0]),
              AllOf(HasSubstr("leads past it to legacy"), HasSubstr("This node is in nf_tables"),
                    HasSubstr("the wrapper would choose nf_tables"),
                    HasSubstr("its image never installs the wrapper")));
  EXPECT_EQ(result_of("wrapper_frozen", node).status, CheckStatus::pass);
}

TEST(WrapperBypassed, IsSilentWhenALegacyHintExplainsTheLink) {
  const Snapshot node = a_node().with(kube_router().legacy("1.8.9")).hint(Backend::legacy);
  EXPECT_EQ(result_of("wrapper_bypassed", node).status, CheckStatus::pass);
}

TEST(WrapperBypassed, IsSilentWhenTheWrapperHasChosen) {
  EXPECT_EQ(result_of("wrapper_bypassed", a_node()).status, CheckStatus::pass);
}

TEST(WrapperBypassed, IsSilentWithoutAWrapperInTheImage) {
  const Snapshot node = a_node().with(kube_router().legacy("1.8.9").no_wrapper());
  EXPECT_EQ(result_of("wrapper_bypassed", node).status, CheckStatus::pass);
}

TEST(WrapperBypassed, OnlyWarnsWhileTheFixedLinkIsTheRightOne) {
  const Snapshot node =
      a_node().with(kube_router().installation(an_installation("/sbin")
                                                   .multi(Backend::legacy, "1.8.9")
                                                   .wrapper()
                                                   .link("iptables", Backend::nf_tables, "1.8.9")));
  const CheckResult result = result_of("wrapper_bypassed", node);
  EXPECT_EQ(result.status, CheckStatus::warn);
  EXPECT_THAT(text_of(result.findings.at(0)),
              HasSubstr("/sbin/ip6tables-save still leads to the wrapper"));
}

TEST(WrapperBypassed, KnowsAWrapperThatWasNeverInstalled) {
  const auto image = [](Backend backend) {
    return kube_router().installation(an_installation("/sbin")
                                          .multi(Backend::legacy, "1.8.9")
                                          .links(backend, "1.8.9")
                                          .wrapper_in_root());
  };
  // The hint in legacy would explain the link of a wrapper that works.
  const CheckResult wrong =
      result_of("wrapper_bypassed", a_node().with(image(Backend::legacy)).hint(Backend::legacy));
  EXPECT_EQ(wrong.status, CheckStatus::fail);
  EXPECT_THAT(text_of(wrong.findings.at(0)),
              AllOf(HasSubstr("was never installed: its iptables is always legacy"),
                    HasSubstr("v2.2.1-iptables1.8.9-0"), HasSubstr("a new pod does not help"),
                    HasSubstr("/iptables-wrapper is there")));

  const CheckResult right = result_of("wrapper_bypassed", a_node().with(image(Backend::nf_tables)));
  ASSERT_EQ(right.findings.size(), 1U);
  EXPECT_EQ(right.findings[0].severity, Severity::info);
}

TEST(WrapperBypassed, IsUnknownWhenTheHintWasNotRead) {
  const Snapshot node = a_node().with(kube_router().legacy("1.8.9")).unread(Backend::legacy);
  EXPECT_EQ(result_of("wrapper_bypassed", node).status, CheckStatus::unknown);
}

}  // namespace
}  // namespace iptmode
