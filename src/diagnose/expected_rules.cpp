// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnose/expected_rules.h"

#include "diagnose/proxy_mode.h"

namespace iptmode::checks {
namespace {

constexpr std::string_view kServices = "Services and node ports lead nowhere";
constexpr std::string_view kPolicies = "NetworkPolicies are not enforced";

/// kube-proxy in ipvs mode keeps a few chains for what IPVS cannot do (pkg/proxy/ipvs).
std::optional<ExpectedRules> expected_of_proxy(const Component& proxy) {
  const auto mode = proxy_mode_of(proxy);
  if (!mode) return std::nullopt;
  if (mode == ProxyMode::nftables)
    return ExpectedRules{.native = true,
                         .looked_for = "nft tables ip kube-proxy and ip6 kube-proxy",
                         .harm = kServices};
  return ExpectedRules{.looked_for =
                           "chains KUBE-SERVICES, KUBE-NODEPORTS, KUBE-PROXY-CANARY and the "
                           "like in the tables of iptables",
                       .harm = kServices};
}

bool is_set(const Component& component, std::string_view key, bool by_default) {
  for (const auto& [name, value] : component.declared.settings)
    if (name == key) return value == "true";
  return by_default;
}

/// Its router alone writes rules without a chain. A cleanup takes all away and ends.
std::optional<ExpectedRules> expected_of_router(const Component& router) {
  if (is_set(router, "--cleanup-config", false)) return std::nullopt;
  const bool firewall = is_set(router, "--run-firewall", true);
  if (!firewall && !is_set(router, "--run-service-proxy", true)) return std::nullopt;
  return ExpectedRules{.either = true,
                       .looked_for =
                           "chains KUBE-ROUTER-*, KUBE-NWPLCY-* and KUBE-POD-FW-*, and nft "
                           "tables kube-router-filter-*",
                       .harm = firewall ? kPolicies : kServices};
}

/// A helper of calico-node without felix writes nothing.
std::optional<ExpectedRules> expected_of_calico(const Component& calico) {
  if (calico.command.starts_with("calico-node -") && calico.command != "calico-node -felix")
    return std::nullopt;
  return ExpectedRules{.either = true,
                       .looked_for = "chains cali-*, and nft tables ip calico and ip6 calico",
                       .harm = kPolicies};
}

}  // namespace

std::optional<ExpectedRules> expected_rules_of(const Component& component) {
  switch (component.kind) {
    case ComponentKind::kube_proxy: return expected_of_proxy(component);
    case ComponentKind::kube_router: return expected_of_router(component);
    case ComponentKind::calico_node: return expected_of_calico(component);
    default: return std::nullopt;
  }
}

}  // namespace iptmode::checks
