// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/fingerprint.h"

#include <gtest/gtest.h>

#include "snapshot_builder.h"

namespace iptmode {
namespace {

using testing::a_node;

std::string of(const Snapshot& snapshot) {
  return report::fingerprint(snapshot, diagnose(snapshot));
}

TEST(Fingerprint, IsDeafToWhatChangesByItself) {
  const std::string before = of(a_node());
  const Snapshot restarted = a_node().edit([](Snapshot& all) {
    all.taken_at += 3600;
    for (Component& component : all.components) {
      component.pid += 20000;
      if (component.mount_namespace != 0) component.mount_namespace += 7;
      component.container_id = std::string(64, 'e');
      component.pod_uid = "other";
    }
    for (NetworkState& network : all.networks) {
      network.generation = 99;
      for (NftTable& table : *network.nft) {
        table.rules += 40;
        for (OwnerUse& use : table.owners) use.rules += 40;
      }
    }
  });
  EXPECT_EQ(of(restarted), before);
}

TEST(Fingerprint, HearsWhatAnOperatorWouldCallAChange) {
  const std::string before = of(a_node());
  const Snapshot changes[] = {
      a_node().with(testing::kube_router().legacy("1.8.9")),
      a_node().with(testing::kube_proxy().nft("1.8.9")),
      a_node().with(testing::kube_proxy().declares("ipvs")),
      a_node().without(ComponentKind::kube_router),
      a_node().k0s_mode("legacy"),
      a_node().host_iptables(Backend::legacy, "1.8.9"),
      a_node().legacy_rules(Owner::docker, 4),
      a_node().no_hint(),
      a_node().support(Support::no, Support::yes),
      a_node().unread(Backend::legacy),
  };
  for (const Snapshot& changed : changes) EXPECT_NE(of(changed), before);
}

// The numbers in a finding's subject change with each start of a process.
TEST(Fingerprint, ForgetsThePidInAFinding) {
  const Finding first{.subject = "kube-proxy (pid 1311)"};
  const Finding second{.subject = "kube-proxy (pid 98)"};
  const Snapshot snapshot = a_node();
  EXPECT_EQ(report::fingerprint(snapshot, {{.id = "x", .findings = {first}}}),
            report::fingerprint(snapshot, {{.id = "x", .findings = {second}}}));
  EXPECT_NE(report::fingerprint(snapshot, {{.id = "x", .findings = {first}}}),
            report::fingerprint(snapshot, {}));
}

TEST(StableState, IsSortedAndWithoutDoubles) {
  const Snapshot twice = a_node().also(testing::kube_proxy().pid(77));
  EXPECT_EQ(report::stable_state(twice, {}), report::stable_state(a_node(), {}));
}

}  // namespace
}  // namespace iptmode
