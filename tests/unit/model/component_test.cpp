// SPDX-License-Identifier: GPL-2.0-or-later
#include "iptmode/component.h"

#include <set>

#include <gtest/gtest.h>

namespace iptmode {
namespace {

TEST(ComponentTraits, HasOneRowForEachKindInTheirOrder) {
  const auto& all = all_component_traits();
  ASSERT_EQ(all.size(), static_cast<std::size_t>(ComponentKind::libvirtd) + 1);
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all.at(i).kind, static_cast<ComponentKind>(i));
    EXPECT_EQ(component_from_string(all.at(i).name), all.at(i).kind);
    EXPECT_EQ(to_string(all.at(i).kind), all.at(i).name);
  }
  EXPECT_EQ(component_from_string("kube-proxyd"), std::nullopt);
}

TEST(ComponentTraits, SaysHowEachWritesItsRules) {
  EXPECT_EQ(traits(ComponentKind::kube_proxy).use, IptablesUse::by_link);
  EXPECT_EQ(traits(ComponentKind::calico_node).use, IptablesUse::by_name);
  EXPECT_EQ(traits(ComponentKind::firewalld).use, IptablesUse::native);
  EXPECT_EQ(traits(ComponentKind::k0s).use, IptablesUse::none);
  EXPECT_TRUE(traits(ComponentKind::k0s).owner.empty());
  EXPECT_EQ(traits(ComponentKind::calico_node).owner, OwnerSet{Owner::felix});
}

TEST(ComponentTraits, GivesEveryWriterAnOwnerThatNoOtherHas) {
  std::set<OwnerSet> owners;
  for (const ComponentTraits& row : all_component_traits()) {
    if (row.use == IptablesUse::none) continue;
    EXPECT_FALSE(row.owner.empty()) << row.name;
    EXPECT_TRUE(owners.insert(row.owner).second) << row.name;
  }
}

TEST(Component, IsInTheNodeWithoutBeingAnImpostor) {
  Component component{.kind = ComponentKind::kube_proxy, .network_namespace = 4};
  EXPECT_TRUE(component.in_node(4));
  EXPECT_FALSE(component.in_node(5));
  component.impostor = ImpostorReason::no_net_admin;
  EXPECT_FALSE(component.in_node(4));
  EXPECT_EQ(to_string(component.impostor), "noNetAdmin");
}

}  // namespace
}  // namespace iptmode
