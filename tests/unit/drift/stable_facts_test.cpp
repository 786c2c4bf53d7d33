// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "facts_of.h"

namespace iptmode {
namespace {

using testing::a_node;
using ::testing::Contains;
using testing::facts_of;
using ::testing::IsEmpty;

void restart_everything(Snapshot& all) {
  all.taken_at += 3600;
  for (Component& component : all.components) {
    component.pid += 20000;
    if (component.mount_namespace != 0) component.mount_namespace += 7;
    component.container_id = std::string(64, 'e');
    component.pod_uid = "other";
    if (!component.installation) continue;
    for (Program& program : component.installation->programs) program.inode += 99;
  }
}

void move_every_counter(Snapshot& all) {
  for (NetworkState& network : all.networks) {
    network.generation = 99;
    for (NftTable& table : *network.nft) {
      table.rules += 40;
      table.chains += 12;
      for (OwnerUse& use : table.owners) {
        use.rules += 40;
        use.chains += 12;
        use.translations += 5;
      }
      for (BaseChain& base : table.base_chains) base.rules += 2;
    }
  }
}

struct Case {
  std::string_view what;
  Snapshot now;
};

TEST(StableFacts, AreDeafToWhatChangesByItself) {
  const Case cases[] = {
      {"a restart of every component", a_node().edit(restart_everything)},
      {"counters and rules of new pods and services", a_node().edit(move_every_counter)},
      {"both", a_node().edit(restart_everything).edit(move_every_counter)},
      {"a second pod of the same image", a_node().also(testing::kube_proxy().pid(77))},
      {"the first pod with a host port", a_node().nft_rules(Owner::cni, 6, "nat")},
      {"a reboot into another kernel release",
       a_node().edit([](Snapshot& all) { all.node.kernel = "6.99"; })},
      {"a node that joins", a_node().edit([](Snapshot& all) {
         all.networks.front().links.emplace().push_back(
             {.name = "vxlan.calico", .peers = {{"192.0.2.7"}}});
       })},
  };
  for (const auto& [what, now] : cases) {
    SCOPED_TRACE(what);
    EXPECT_EQ(facts_of(now), facts_of(a_node()));
    EXPECT_THAT(testing::drift_of(a_node(), now), IsEmpty());
  }
}

TEST(StableFacts, HearEachKindOfRealChange) {
  const Case cases[] = {
      {"backend and version", a_node().with(testing::kube_router().legacy("1.8.9"))},
      {"version", a_node().with(testing::kube_proxy().nft("1.8.9"))},
      {"a wrapper that has to choose again", a_node().with(testing::kube_proxy().unresolved())},
      {"what it was told", a_node().with(testing::kube_proxy().declares("ipvs"))},
      {"a setting", a_node().with(testing::kube_proxy().setting("k", "v"))},
      {"what the image could use",
       a_node().with(testing::kube_router().image_lacks(Backend::legacy))},
      {"a component that is gone", a_node().without(ComponentKind::kube_router)},
      {"a component that is new", a_node().also(testing::calico_node())},
      {"k0s' mode", a_node().k0s_mode("legacy")},
      {"k0s' version", a_node().edit([](Snapshot& all) { all.k0s->version = "v9"; })},
      {"k0s' iptables", a_node().k0s_bin(Backend::nf_tables, "1.8.11")},
      {"the host's iptables", a_node().host_iptables(Backend::legacy, "1.8.9")},
      {"an owner in a backend", a_node().legacy_rules(Owner::docker, 4)},
      {"where rules are in effect", a_node().legacy_rules(Owner::kube_router, 4)},
      {"no hint", a_node().no_hint()},
      {"a hint elsewhere", a_node().hint_only_in(Backend::legacy)},
      {"kernel support", a_node().support(Support::no, Support::yes)},
      {"the role", a_node().role(NodeRole::controller)},
      {"one of the six names",
       a_node().host(testing::an_installation()
                         .links(Backend::nf_tables, "1.8.9")
                         .link("ip6tables-save", Backend::legacy, "1.8.9"))},
  };
  for (const auto& [what, now] : cases) {
    SCOPED_TRACE(what);
    EXPECT_NE(fingerprint(facts_of(now)), fingerprint(facts_of(a_node())));
    EXPECT_FALSE(testing::drift_of(a_node(), now).empty());
    EXPECT_FALSE(testing::drift_of(now, a_node()).empty());
  }
}

TEST(StableFacts, AreWrittenAsAnOperatorSpeaks) {
  const auto facts = facts_of(a_node());
  EXPECT_TRUE(std::ranges::is_sorted(facts));
  EXPECT_THAT(facts, Contains(StableFact{"kube-router", "iptables", "nf_tables 1.8.9"}));
  EXPECT_THAT(facts, Contains(StableFact{"k0s", "mode", "auto"}));
  EXPECT_THAT(facts, Contains(StableFact{"kube-proxy", "in the kernel", "nf_tables"}));
}

// The numbers in a finding's subject change with each start of a process.
TEST(StableFacts, ForgetThePidInAFinding) {
  const auto with = [](std::string subject) {
    const Finding finding{.severity = Severity::error, .subject = std::move(subject)};
    return stable_facts(a_node(), {{.id = "backend_mismatch", .findings = {finding}}});
  };
  EXPECT_EQ(with("kube-proxy (pid 1311)"), with("kube-proxy (pid 98)"));
  EXPECT_THAT(with("kube-proxy (pid 98)"),
              Contains(StableFact{"finding", "backend_mismatch kube-proxy", "error"}));
  EXPECT_EQ(with("hint in net:[4026531840]"), with("hint in net:[4026532900]"));
}

TEST(StableFacts, KeepNumbersThatTellSubjectsApart) {
  for (const std::string subject :
       {"k0s (/var/lib/k0s/bin)", "kube-router BGP (tcp 179)", "pod default/web-1", "net:[",
        "x (pid ", "y (pid 1", "net:[7 8]"}) {
    const Finding finding{.severity = Severity::error, .subject = subject};
    EXPECT_THAT(stable_facts(a_node(), {{.id = "c", .findings = {finding}}}),
                Contains(StableFact{"finding", "c " + subject, "error"}));
  }
}

TEST(StableFacts, HoldNoForeignControlBytes) {
  const Snapshot hostile =
      a_node().edit([](Snapshot& all) { all.k0s->version = "v1\n\tfinding\x1b[2J"; });
  for (const StableFact& fact : facts_of(hostile))
    EXPECT_EQ(fact.value.find_first_of("\n\t\x1b"), std::string::npos) << fact.value;
}

// FIPS 180-4: SHA-256 of no byte at all.
TEST(Fingerprint, IsSha256OfTheFacts) {
  EXPECT_EQ(fingerprint({}), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_NE(fingerprint({{"a", "b", "c"}}), fingerprint({{"a", "bc", ""}}));
}

}  // namespace
}  // namespace iptmode
