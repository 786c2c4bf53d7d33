// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/owner_tally.h"

#include <gmock/gmock.h>

namespace iptmode::kernel {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(OwnerTally, SortsByOwnerWithNobodyLast) {
  OwnerTally tally;
  tally.add_rules({}, 2, 1);
  tally.add_chains({Owner::felix, "cali-*"}, 1);
  tally.add_chains({Owner::kubelet, "KUBE-KUBELET-CANARY"}, 1);
  tally.add_rules({Owner::felix, "cali-*"}, 3, 0);
  EXPECT_THAT(
      tally.take(),
      ElementsAre(
          OwnerUse{.owners = Owner::kubelet, .chains = 1, .patterns = {"KUBE-KUBELET-CANARY"}},
          OwnerUse{.owners = Owner::felix, .chains = 1, .rules = 3, .patterns = {"cali-*"}},
          OwnerUse{.rules = 2, .translations = 1}));
  EXPECT_THAT(tally.take(), IsEmpty());
}

TEST(OwnerTally, KeepsEachPatternOnceAndSorted) {
  OwnerTally tally;
  for (const char* pattern : {"KUBE-SVC-*", "KUBE-SEP-*", "KUBE-SVC-*"})
    tally.add_chains({Owner::kube_proxy, pattern}, 1);
  EXPECT_THAT(tally.take().at(0).patterns, ElementsAre("KUBE-SEP-*", "KUBE-SVC-*"));
}

TEST(OwnerTally, DoesNotListAnOwnerForNoRules) {
  OwnerTally tally;
  tally.add_rules({Owner::felix, "cali-*"}, 0, 0);
  EXPECT_THAT(tally.take(), IsEmpty());
}

TEST(AttributeRule, PrefersTheChainThenTheJumpThenTheComment) {
  const Attribution felix = attribute_chain("cali-INPUT");
  const Attribution proxy = attribute_chain("KUBE-SERVICES");
  ASSERT_EQ(felix.owners, OwnerSet{Owner::felix});
  ASSERT_EQ(proxy.owners, OwnerSet{Owner::kube_proxy});
  EXPECT_EQ(attribute_rule(felix, "KUBE-SERVICES", ""), felix);
  EXPECT_EQ(attribute_rule({}, "KUBE-SERVICES", "cali:x"), proxy);
  EXPECT_EQ(attribute_rule({}, "ACCEPT", "cali:x").owners, OwnerSet{Owner::felix});
  EXPECT_EQ(attribute_rule({}, "", ""), Attribution{});
}

}  // namespace
}  // namespace iptmode::kernel
