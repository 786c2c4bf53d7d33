// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/owner_ids.h"

#include <linux/netfilter/nf_tables_compat.h>
#include <linux/netfilter/xt_owner.h>

#include <algorithm>

#include "kernel/nft_expressions.h"
#include "kernel/xt_structure.h"

namespace iptmode::kernel {
namespace {

void note_ids(std::string_view name, std::string_view data, OwnerIds& ids) {
  if (name != "match" || text_of(attribute_of(data, NFTA_MATCH_NAME)) != "owner") return;
  if (number_of(data, NFTA_MATCH_REV) != 1) return;
  const auto info = structure_in<xt_owner_match_info>(attribute_of(data, NFTA_MATCH_INFO));
  if (!info) return;
  if ((info->match & XT_OWNER_UID) != 0)
    ids.users.insert(ids.users.end(), {info->uid_min, info->uid_max});
  if ((info->match & XT_OWNER_GID) != 0)
    ids.groups.insert(ids.groups.end(), {info->gid_min, info->gid_max});
}

void sort_without_doubles(std::vector<std::uint32_t>& list) {
  std::ranges::sort(list);
  list.erase(std::unique(list.begin(), list.end()), list.end());
}

}  // namespace

OwnerIds owner_ids(const std::vector<ScratchTable>& tables) {
  OwnerIds ids;
  for (const ScratchTable& table : tables)
    for (const std::uint32_t shape : table.shapes)
      for_each_expression(
          table.table->shapes.at(shape).expressions,
          [&](std::string_view name, std::string_view data) { note_ids(name, data, ids); });
  sort_without_doubles(ids.users);
  sort_without_doubles(ids.groups);
  return ids;
}

}  // namespace iptmode::kernel
