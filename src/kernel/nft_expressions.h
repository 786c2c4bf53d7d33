// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <linux/netfilter/nf_tables.h>

#include <string_view>

#include "kernel/netlink_attributes.h"

namespace iptmode::kernel {

/// Calls `visit(name, data)` for each expression of a rule; `list` is the payload of
/// NFTA_RULE_EXPRESSIONS, `data` that of NFTA_EXPR_DATA.
template <class Visit>
void for_each_expression(std::string_view list, Visit visit) {
  for (const auto& [element, expression] : Attributes{list}) {
    if (element != NFTA_LIST_ELEM) continue;
    std::string_view name;
    std::string_view data;
    for (const auto& [type, payload] : Attributes{expression}) {
      if (type == NFTA_EXPR_NAME) name = text_of(payload);
      if (type == NFTA_EXPR_DATA) data = payload;
    }
    visit(name, data);
  }
}

/// The payload of the first attribute of that type; empty if there is none.
inline std::string_view attribute_of(std::string_view attributes, std::uint16_t wanted) noexcept {
  for (const auto& [type, payload] : Attributes{attributes})
    if (type == wanted) return payload;
  return {};
}

/// The number in the first attribute of that type; 0 if there is none.
inline std::uint32_t number_of(std::string_view attributes, std::uint16_t wanted) noexcept {
  return be32(attribute_of(attributes, wanted));
}

/// The value inside a nested NFTA_DATA_*.
inline std::string_view data_value(std::string_view nested) noexcept {
  return attribute_of(nested, NFTA_DATA_VALUE);
}

}  // namespace iptmode::kernel
