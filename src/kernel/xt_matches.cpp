// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/xt_matches.h"

#include <array>
#include <utility>

namespace iptmode::kernel {
namespace {

bool decode_comment(const Extension& match, Rule& rule) {
  rule.comment = match.info.substr(0, match.info.find('\0'));
  return true;
}

using Decode = bool (*)(const Extension& match, Rule& rule);
constexpr std::array kDecoders{
    std::pair<std::string_view, Decode>{"comment", decode_comment},
    std::pair<std::string_view, Decode>{"tcp", decode_tcp},
    std::pair<std::string_view, Decode>{"udp", decode_udp},
    std::pair<std::string_view, Decode>{"icmp", decode_icmp},
    std::pair<std::string_view, Decode>{"icmp6", decode_icmp},
    std::pair<std::string_view, Decode>{"multiport", decode_multiport},
    std::pair<std::string_view, Decode>{"mark", decode_mark},
    std::pair<std::string_view, Decode>{"connmark", decode_connmark},
    std::pair<std::string_view, Decode>{"state", decode_state},
    std::pair<std::string_view, Decode>{"conntrack", decode_conntrack},
    std::pair<std::string_view, Decode>{"addrtype", decode_addrtype},
    std::pair<std::string_view, Decode>{"statistic", decode_statistic},
    std::pair<std::string_view, Decode>{"limit", decode_limit},
    std::pair<std::string_view, Decode>{"physdev", decode_physdev},
    std::pair<std::string_view, Decode>{"owner", decode_owner},
    std::pair<std::string_view, Decode>{"rpfilter", decode_rpfilter},
    std::pair<std::string_view, Decode>{"pkttype", decode_pkttype},
    std::pair<std::string_view, Decode>{"set", decode_set},
};

}  // namespace

void decode_xt_match(const Extension& match, IpFamily family, Rule& rule) {
  if (match.name == "iprange" && decode_iprange(match, family, rule)) return;
  for (const auto& [name, decode] : kDecoders)
    if (name == match.name && decode(match, rule)) return;
  demand(rule, {.name = std::string{match.name}, .decoded = false});
}

}  // namespace iptmode::kernel
