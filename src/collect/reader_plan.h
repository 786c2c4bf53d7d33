// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <vector>

#include "collect/sources.h"
#include "iptmode/component.h"
#include "iptmode/installation.h"
#include "iptmode/kernel_state.h"

namespace iptmode::collect {

/// Collects the iptables files of a node, each once, whatever the places it is found in; of one
/// release in one place one file.
class ReaderPlan {
 public:
  /// The file that `iptables` leads to there; with `by_name`, and behind a wrapper, which has yet
  /// to choose or chooses again, also those that can be had by another name. Plain multi-call files
  /// only. `of_root`: run it only if root alone may write it.
  void add(const PlaceRef& place, const Installation& installation, bool by_name, bool of_root);

  [[nodiscard]] std::vector<ReaderRef> take() { return std::move(readers_); }

 private:
  void add(const PlaceRef& place, const Program& program, bool of_root);
  std::vector<ReaderRef> readers_ = {};
};

/// Leaves those that can tell something when they are asked: all that read nft tables, where two of
/// them, or one and what was written, are of different read classes, or a rule is of a kind that
/// iptables has no words for; elsewhere those whose release is one with a bug of its own, which a
/// distribution may have mended.
void keep_worth_asking(std::vector<ReaderRef>& readers, const std::vector<NftTable>& tables);

}  // namespace iptmode::collect
