// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "iptmode/owner.h"
#include "iptmode/rule.h"

namespace iptmode {

/// Rules of one nft table that every reader decodes along the same path: the same sequence of
/// expressions, the same matches, targets and revisions, the same operators and lengths, masks
/// alike in whether they end at a byte, the same kind of verdict. One of them stands for all.
struct RuleShape {
  std::string chain = {};        ///< the exemplar's
  bool base_chain = false;       ///< that chain is a base chain
  OwnerSet owners = {};          ///< of the exemplar, by its chain, jump or comment
  std::uint64_t rules = 0;       ///< how many share the shape in this table
  std::string expressions = {};  ///< NFTA_RULE_EXPRESSIONS of the exemplar, as the kernel dumped it
  std::string user_data = {};    ///< NFTA_RULE_USERDATA, usually empty
  std::vector<std::string> sets =
      {};          ///< of each set that it looks up: the attributes of NFT_MSG_NEWSET, as dumped
  Rule rule = {};  ///< what the expressions say
  bool native = false;  ///< holds an expression that no iptables-nft writes
  bool operator==(const RuleShape&) const = default;
};

}  // namespace iptmode
