// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnose/image_defects.h"

#include <fmt/format.h>

#include "diagnose/domains.h"
#include "diagnose/node_commands.h"
#include "diagnose/wrapper_choice.h"

namespace iptmode::checks {
namespace {

/// A wrapper that could still make the links, or has made them.
bool wrapper_works(const Installation& image) {
  return wrapper_is_pending(image) ||
         (image.wrapper_present && !wrapper_was_never_installed(image));
}

bool has(const Installation& image, Backend backend) {
  return image.available(backend).present;
}

std::vector<std::string> move_image(const Component& component, Backend backend) {
  std::vector<std::string> steps;
  if (const std::string defect = known_defect(component); !defect.empty()) steps.push_back(defect);
  const std::string_view lacks = has(*component.installation, backend)
                                     ? "its links are fixed and no iptables-wrapper made them"
                                     : "it has no binary of that backend";
  steps.push_back(
      fmt::format("this image cannot choose {} ({}): a restart does not help; use an image that "
                  "has both variants and a working iptables-wrapper",
                  to_string(backend), lacks));
  return steps;
}

std::vector<std::string> move_host_program(const Component& component, Backend backend,
                                           const Snapshot& snapshot) {
  if (component.kind == ComponentKind::kubelet && snapshot.k0s)
    return {fmt::format("k0s stop; start it with {}: it links its bin directory anew",
                        mode_flag(backend))};
  return {switch_host(backend), fmt::format("restart {}", to_string(component.kind))};
}

/// felix calls a variant by name; what it takes is a setting, not a link.
std::vector<std::string> move_felix(Backend backend) {
  const std::string_view value = backend == Backend::legacy ? "Legacy" : "NFT";
  return {
      fmt::format("k0s: set spec.network.calico.envVars.FELIX_IPTABLESBACKEND to {} in k0s.yaml "
                  "(elsewhere: in the DaemonSet calico-node)",
                  value)};
}

}  // namespace

std::string known_defect(const Component& component) {
  if (component.kind != ComponentKind::kube_router || !component.installation) return {};
  const Installation& image = *component.installation;
  const Program* const primary = image.primary();
  if (primary == nullptr) return {};
  const Identity identity = primary->identity();
  if (identity.backend == Backend::legacy && identity.version == Version{1, 8, 9} &&
      !wrapper_works(image))
    return "it looks like k0s' image kube-router:v2.2.1-iptables1.8.9-0 (k0s 1.31.1 and 1.31.2), "
           "which is always legacy: use v2.2.1-iptables1.8.9-1 or later, that is k0s 1.31.3";
  if (identity.backend == Backend::nf_tables && identity.version == Version{1, 8, 11} &&
      !has(image, Backend::legacy))
    return "it looks like one of k0s' images kube-router:v2.5.0-iptables1.8.11-0 to "
           "v2.6.3-iptables1.8.11-0 (k0s 1.33 and 1.34), which have no legacy variant: use "
           "v2.7.1-iptables1.8.11-0 or later, or keep the node in nf_tables";
  if (identity.backend == Backend::nf_tables && wrapper_was_never_installed(image))
    return "it looks like one of upstream's images kube-router v2.9.0 to v2.11.1, which install "
           "their wrapper in / and are always nf_tables: use k0s' own image, or keep the node in "
           "nf_tables";
  return {};
}

std::vector<std::string> move_to(const Component& component, Backend backend,
                                 const Snapshot& snapshot) {
  const ComponentTraits& row = traits(component.kind);
  if (row.use == IptablesUse::by_name) {
    std::vector<std::string> steps = move_felix(backend);
    steps.push_back(renew(component, snapshot));
    return steps;
  }
  if (!row.in_container) return move_host_program(component, backend, snapshot);
  if (!component.installation) return {renew(component, snapshot)};
  const Installation& image = *component.installation;
  if (!has(image, backend) || !wrapper_works(image)) return move_image(component, backend);

  const WrapperChoice choice = wrapper_choice(image, network_of(component, snapshot));
  std::vector<std::string> steps;
  if (choice.backend != backend)
    steps.push_back(fmt::format("its wrapper would not choose {} now ({}): put that right first",
                                to_string(backend), choice.reason));
  steps.push_back(renew(component, snapshot));
  return steps;
}

}  // namespace iptmode::checks
