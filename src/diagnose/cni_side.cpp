// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnose/cni_side.h"

#include <fmt/format.h>

#include "diagnose/subject_names.h"

namespace iptmode::checks {

std::optional<CniSide> cni_side(const Domain& domain, const Snapshot& snapshot) {
  const Component* const containerd = domain.find(ComponentKind::containerd);
  if (!domain.is_node || containerd == nullptr || !snapshot.k0s) return std::nullopt;
  const K0s& k0s = *snapshot.k0s;
  if (k0s.bin_dir.empty() || !containerd->executable.starts_with(k0s.bin_dir + "/"))
    return std::nullopt;
  const Program* const primary = k0s.installation.primary();
  if (primary == nullptr || !primary->identity().backend) return std::nullopt;
  return CniSide{
      .backend = *primary->identity().backend,
      .reason = fmt::format("{} is k0s' own, so CNI plugins call {}", subject_of(*containerd),
                            describe_iptables(k0s.installation))};
}

}  // namespace iptmode::checks
