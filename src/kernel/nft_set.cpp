// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/nft_set.h"

#include <linux/netfilter/nf_tables.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "kernel/netlink_attributes.h"

namespace iptmode::kernel {
namespace {

// NFTNL_UDATA_SET_* and NFTNL_UDATA_SET_TYPEOF_* of libnftnl/udata.h.
constexpr std::uint8_t kKeyTypeof = 3;
constexpr std::uint8_t kDataTypeof = 4;
constexpr std::uint8_t kTypeofExpression = 0;
constexpr std::uint32_t kValueExpression = 4;  // EXPR_VALUE of nftables' expression.h

/// Calls `visit(type, value)` for each record: one byte type, one byte length and the bytes.
template <class Visit>
void for_each_record(std::string_view records, Visit visit) {
  while (records.size() >= 2) {
    const auto length = std::size_t{static_cast<unsigned char>(records[1])};
    if (records.size() < 2 + length) return;
    visit(static_cast<std::uint8_t>(records[0]), records.substr(2, length));
    records.remove_prefix(2 + length);
  }
}

/// A concatenation of plain types is no such value: older releases read it (tried).
bool is_plain_value(std::string_view description) {
  bool plain = false;
  for_each_record(description, [&](std::uint8_t type, std::string_view value) {
    std::uint32_t expression = 0;  // in the byte order of the machine
    if (type != kTypeofExpression || value.size() != sizeof expression) return;
    std::memcpy(&expression, value.data(), sizeof expression);
    plain = expression == kValueExpression;
  });
  return plain;
}

}  // namespace

SetFacts decode_set(std::string_view attributes) {
  SetFacts facts;
  for (const auto& [type, payload] : Attributes{attributes}) {
    if (type == NFTA_SET_TABLE) facts.table = text_of(payload);
    if (type == NFTA_SET_NAME) facts.name = text_of(payload);
    if (type != NFTA_SET_USERDATA) continue;
    for_each_record(payload, [&](std::uint8_t record, std::string_view value) {
      if (record == kKeyTypeof || record == kDataTypeof)
        facts.described = facts.described || is_plain_value(value);
    });
  }
  return facts;
}

}  // namespace iptmode::kernel
