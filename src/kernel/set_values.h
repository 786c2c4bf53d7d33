// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "iptmode/rule.h"
#include "kernel/rule_decoder.h"

namespace iptmode::kernel {

/// One element of a set whose key is not concatenated: its values, of the key's length.
struct SetValues {
  Interval values = {};
  std::string verdict = {};
};

/// The intervals of a set: for NFT_SET_INTERVAL the kernel lists their first keys and the first
/// keys behind them, in an order of its own. Catch-all elements are left out. Pure.
[[nodiscard]] std::vector<SetValues> values_of(const SetContent& set);

}  // namespace iptmode::kernel
