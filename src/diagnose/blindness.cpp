// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnose/blindness.h"

#include "diagnose/cross_readers.h"

namespace iptmode::checks {
namespace {

constexpr Version kReadsNative{1, 8, 8};  ///< the first that reads range and log expressions

}  // namespace

std::vector<const NftTable*> refused_tables(const IptablesUser& user, const NetworkState& network) {
  std::vector<const NftTable*> tables;
  const bool old =
      user.backend == Backend::nf_tables && user.version && *user.version < kReadsNative;
  if (!old || !network.nft) return tables;
  for (const NftTable& table : *network.nft)
    if (uses_table(user, table) && table.encodings.native_range + table.encodings.native_log > 0)
      tables.push_back(&table);
  return tables;
}

}  // namespace iptmode::checks
