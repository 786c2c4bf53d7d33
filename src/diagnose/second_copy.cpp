// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnose/second_copy.h"

#include <vector>

namespace iptmode::checks {
namespace {

std::vector<IpFamily> doubled_families(const NetworkState& network, OwnerSet owner,
                                       std::uint64_t OwnerUse::*part) {
  std::vector<IpFamily> families;
  for (const IpFamily family : kAllIpFamilies)
    if (network.use_of(owner, Backend::legacy, family).*part > 0 &&
        network.use_of(owner, Backend::nf_tables, family).*part > 0)
      families.push_back(family);
  return families;
}

}  // namespace

std::optional<SecondCopy> second_copy_of(const NetworkState& network, OwnerSet owner,
                                         std::uint64_t OwnerUse::*part) {
  const std::vector<IpFamily> families = doubled_families(network, owner, part);
  if (families.empty()) return std::nullopt;
  SecondCopy copy{.legacy = network.use_of(owner, Backend::legacy),
                  .nft = network.use_of(owner, Backend::nf_tables)};
  if (families.size() == kAllIpFamilies.size()) return copy;
  const SecondCopy one{.legacy = network.use_of(owner, Backend::legacy, families.front()),
                       .nft = network.use_of(owner, Backend::nf_tables, families.front()),
                       .family = to_string(families.front())};
  const bool is_all = one.legacy == copy.legacy && one.nft == copy.nft;
  return is_all ? copy : one;
}

}  // namespace iptmode::checks
