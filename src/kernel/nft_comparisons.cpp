// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/nft_comparisons.h"

#include <linux/netfilter/nf_tables.h>

#include <cstdint>

#include "kernel/nft_expressions.h"
#include "kernel/nft_operand.h"

namespace iptmode::kernel {
namespace {

/// Each field with its part of the value.
bool demand_all_equal(const Operand& operand, std::string_view value, RuleDrafts& drafts) {
  if (value.size() != operand.length) return false;
  for (const Piece& piece : operand.pieces) {
    const Operand part{.kind = Operand::Kind::field, .pieces = {piece}, .length = piece.length};
    const auto condition = drafts.conditions().equal(part, value.substr(0, piece.length));
    if (!condition) return false;
    drafts.demand_of_all(*condition);
    value.remove_prefix(piece.length);
  }
  return true;
}

/// False when it cannot be said.
bool demand_equal(const Operand& operand, std::string_view value, bool negated,
                  RuleDrafts& drafts) {
  if (operand.kind == Operand::Kind::interface || operand.kind == Operand::Kind::family ||
      operand.kind == Operand::Kind::return_route) {
    const auto condition = drafts.conditions().equal(operand, value);
    if (!condition) return false;
    drafts.demand_of_all(with(*condition, negated));
    return true;
  }
  if (operand.kind != Operand::Kind::field || !operand.flipped.empty()) return false;
  if (operand.is_single_field()) {
    const auto condition = drafts.conditions().equal(operand, value);
    if (condition) drafts.demand_of_all(with(*condition, condition->negated != negated));
    return condition.has_value();
  }
  return !negated && operand.mask.empty() && demand_all_equal(operand, value, drafts);
}

}  // namespace

std::string name_of(const Operand& operand) {
  if (!operand.name.empty()) return operand.name;
  if (operand.pieces.empty()) return "cmp";
  return std::string{to_string(operand.pieces.front().field)};
}

void decode_comparison(std::string_view data, const Registers& registers, RuleDrafts& drafts) {
  const Operand operand = registers.content(number_of(data, NFTA_CMP_SREG));
  const std::string_view value = data_value(attribute_of(data, NFTA_CMP_DATA));
  const std::uint32_t op = number_of(data, NFTA_CMP_OP);
  if (op == NFT_CMP_EQ || op == NFT_CMP_NEQ) {
    if (!demand_equal(operand, value, op == NFT_CMP_NEQ, drafts))
      drafts.opaque(name_of(operand), op == NFT_CMP_NEQ);
    return;
  }
  if (!operand.is_single_field() || !operand.mask.empty() || value.size() != operand.length)
    return drafts.opaque(name_of(operand));
  drafts.demand_of_all(beyond(operand, value, op));
}

void decode_range(std::string_view data, const Registers& registers, RuleDrafts& drafts) {
  const Operand operand = registers.content(number_of(data, NFTA_RANGE_SREG));
  const std::string_view from = data_value(attribute_of(data, NFTA_RANGE_FROM_DATA));
  const std::string_view to = data_value(attribute_of(data, NFTA_RANGE_TO_DATA));
  const bool negated = number_of(data, NFTA_RANGE_OP) == NFT_RANGE_NEQ;
  if (!operand.is_single_field() || !operand.mask.empty() || from.size() != operand.length ||
      to.size() != operand.length)
    return drafts.opaque(name_of(operand), negated);
  drafts.demand_of_all({.field = operand.pieces.front().field,
                        .negated = negated,
                        .any_of = {{.low = in_network_order(from, operand.host_order),
                                    .high = in_network_order(to, operand.host_order)}}});
}

}  // namespace iptmode::kernel
