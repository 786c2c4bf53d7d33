// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string_view>

#include "iptmode/kernel_state.h"

namespace iptmode::kernel {

/// What one rule of an nft table says about its writer. The views point into the message.
struct RuleFacts {
  std::string_view jumps_to = {};     ///< the chain of a jump or goto verdict
  std::string_view comment = {};      ///< of the xt match `comment`, else of the rule's user data
  std::string_view expressions = {};  ///< payload of NFTA_RULE_EXPRESSIONS
  std::string_view user_data = {};    ///< payload of NFTA_RULE_USERDATA
  bool translates = false;            ///< DNAT, SNAT, MASQUERADE, REDIRECT; nat, masq, redir
  Encodings encodings = {};           ///< all 0 unless `family` is NFPROTO_IPV4 or NFPROTO_IPV6
};

/// Decodes the attributes of one NFT_MSG_NEWRULE message (what follows its nfgenmsg). `family` is
/// the table's, NFPROTO_UNSPEC for a table whose encodings do not matter. Allocates nothing; what
/// is malformed is passed over. Pure.
[[nodiscard]] RuleFacts decode_rule(std::string_view attributes, std::uint8_t family);

/// The comment in a rule's user data: records of one byte type, one byte length and the bytes;
/// type 0 is a comment (NFTNL_UDATA_RULE_COMMENT of libnftnl/udata.h). iptables up to 1.8.2 and nft
/// write them.
[[nodiscard]] std::string_view user_comment(std::string_view records);

}  // namespace iptmode::kernel
