// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string_view>

#include "iptmode/kernel_state.h"
#include "kernel/netlink_attributes.h"

namespace iptmode::kernel {

/// The comment in a rule's user data: records of one byte type, one byte length and the bytes;
/// type 0 is a comment (NFTNL_UDATA_RULE_COMMENT of libnftnl/udata.h). iptables up to 1.8.2 and nft
/// write them.
[[nodiscard]] std::string_view user_comment(std::string_view records);

/// What one rule of an nft table says about its writer. The views point into the message.
struct RuleFacts {
  std::string_view expressions = {};    ///< payload of NFTA_RULE_EXPRESSIONS
  std::string_view user_data = {};      ///< payload of NFTA_RULE_USERDATA
  std::string_view chain_field = {};    ///< NFTA_VERDICT_CHAIN of a jump or goto verdict
  std::string_view comment_field = {};  ///< the data of the xt match `comment`
  bool translates = false;              ///< DNAT, SNAT, MASQUERADE, REDIRECT; nat, masq, redir
  Encodings encodings = {};             ///< all 0 unless the family is NFPROTO_IPV4, NFPROTO_IPV6

  [[nodiscard]] std::string_view jumps_to() const { return text_of(chain_field); }
  /// Of the xt match, else of the rule's user data.
  [[nodiscard]] std::string_view comment() const {
    const std::string_view text = text_of(comment_field);
    return text.empty() ? user_comment(user_data) : text;
  }
};

/// Finds the two parts in the attributes of one NFT_MSG_NEWRULE message (what follows its
/// nfgenmsg) and nothing else.
[[nodiscard]] RuleFacts find_expressions(std::string_view attributes);

/// The whole. `family` is the table's, NFPROTO_UNSPEC for a table whose encodings do not matter.
/// Allocates nothing; what is malformed is passed over. Pure.
[[nodiscard]] RuleFacts decode_rule(std::string_view attributes, std::uint8_t family);

}  // namespace iptmode::kernel
