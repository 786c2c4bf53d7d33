// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "iptmode/owner.h"
#include "iptmode/rule.h"

namespace iptmode {

/// A set of ipset(8) that a rule matches or changes. Its data names it by number alone.
struct IpSet {
  std::uint32_t index = 0;  ///< its number, in the network namespace of the rule
  std::string name = {};
  std::string type = {};  ///< "hash:ip,port"
  std::uint32_t revision = 0;
  std::uint32_t family = 0;  ///< NFPROTO_*: 2, 10, or 0 for types of no family
  bool operator==(const IpSet&) const = default;
};

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
      {};  ///< of each set that it looks up: the attributes of NFT_MSG_NEWSET, as dumped
  std::vector<IpSet> ip_sets = {};
  Rule rule = {};       ///< what the expressions say
  bool native = false;  ///< holds an expression that no iptables-nft writes
  bool operator==(const RuleShape&) const = default;
};

}  // namespace iptmode
