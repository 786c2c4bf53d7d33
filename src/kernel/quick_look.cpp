// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/quick_look.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "kernel/nft_expressions.h"

namespace iptmode::kernel {
namespace {

/// The bytes of the destination address that a payload expression loads from its beginning; 0 for
/// another load.
std::size_t destination_bytes(std::string_view payload, std::uint8_t family) {
  const bool ipv4 = family == NFPROTO_IPV4;
  const std::uint32_t at = ipv4 ? 16 : 24;  // RFC 791, RFC 8200
  const std::size_t length = number_of(payload, NFTA_PAYLOAD_LEN);
  if (number_of(payload, NFTA_PAYLOAD_BASE) != NFT_PAYLOAD_NETWORK_HEADER ||
      number_of(payload, NFTA_PAYLOAD_OFFSET) != at)
    return 0;
  return length <= (ipv4 ? 4U : 16U) ? length : 0;
}

bool can_have(const Packet& packet, std::string_view beginning) {
  if (packet.destination.empty()) return true;
  return std::any_of(packet.destination.begin(), packet.destination.end(),
                     [&](const Interval& any) {
                       return std::string_view{any.low}.substr(0, beginning.size()) <= beginning &&
                              beginning <= std::string_view{any.high}.substr(0, beginning.size());
                     });
}

}  // namespace

bool is_for_another_destination(std::string_view expressions, std::uint8_t family,
                                const std::vector<const Packet*>& packets) {
  std::size_t loaded = 0;  // by the expression before
  bool other = false;
  for_each_expression(expressions, [&](std::string_view name, std::string_view data) {
    const std::size_t compared = std::exchange(loaded, 0);
    if (name == "payload") loaded = destination_bytes(data, family);
    if (name != "cmp" || compared == 0 || number_of(data, NFTA_CMP_OP) != NFT_CMP_EQ) return;
    const std::string_view value = data_value(attribute_of(data, NFTA_CMP_DATA));
    if (value.size() != compared) return;
    other = other || std::none_of(packets.begin(), packets.end(),
                                  [&](const Packet* packet) { return can_have(*packet, value); });
  });
  return other;
}

}  // namespace iptmode::kernel
