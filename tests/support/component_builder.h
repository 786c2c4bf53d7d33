// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "installation_builder.h"
#include "iptmode/component.h"

namespace iptmode::testing {

inline constexpr NamespaceId kNodeNetwork = 4026531840;
inline constexpr NamespaceId kOtherNetwork = 4026532900;

/// One component. Its iptables is what it has in a stock node unless something is said.
class ComponentBuilder {
 public:
  ComponentBuilder(ComponentKind kind, std::int32_t pid);

  ComponentBuilder& pid(std::int32_t pid);
  /// Its six names lead to the nft (legacy) multi; a wrapper file and the other multi stay there.
  ComponentBuilder& nft(std::string_view version);
  ComponentBuilder& legacy(std::string_view version);
  /// Its six names lead to a wrapper that has not chosen yet.
  ComponentBuilder& unresolved(ProgramForm form = ProgramForm::go_wrapper);
  /// The image has no binary of that backend.
  ComponentBuilder& image_lacks(Backend backend);
  /// The image has no wrapper file at all.
  ComponentBuilder& no_wrapper();
  ComponentBuilder& installation(const InstallationBuilder& installation);
  ComponentBuilder& no_installation();  ///< it was not looked at, or could not be

  ComponentBuilder& declares(std::string mode);  ///< in its own words
  ComponentBuilder& pins(Backend backend);
  ComponentBuilder& native_nft(bool native = true);
  ComponentBuilder& setting(std::string key, std::string value);
  ComponentBuilder& in_network(NamespaceId id);
  ComponentBuilder& impostor(ImpostorReason reason);

  [[nodiscard]] const Component& build() const { return component_; }

 private:
  ComponentBuilder& edit(const std::function<void(InstallationBuilder&)>& change);

  Component component_;
  InstallationBuilder image_;
};

[[nodiscard]] ComponentBuilder kubelet();
[[nodiscard]] ComponentBuilder kube_proxy();
[[nodiscard]] ComponentBuilder kube_router();
/// calico-node of k0s: both variants by name, the plain links resolved to nf_tables.
[[nodiscard]] ComponentBuilder calico_node();
/// Any other: a host process without an installation of its own unless one is given.
[[nodiscard]] ComponentBuilder a_component(ComponentKind kind, std::int32_t pid);

}  // namespace iptmode::testing
