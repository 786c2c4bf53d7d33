// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/quick_look.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>
#include <linux/netfilter/xt_tcpudp.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <utility>

#include "kernel/nft_expressions.h"

namespace iptmode::kernel {
namespace {

/// What a rule demands of a packet's destination; empty where it was not seen to demand anything.
struct Destination {
  std::string_view address = {};  ///< its first bytes
  std::string_view port = {};
};

/// The part of the destination that a payload expression loads, and how many bytes of it.
struct Load {
  std::string_view Destination::*part = nullptr;
  std::size_t bytes = 0;
  std::uint32_t into = 0;  ///< the register
};

Load load_of(std::string_view payload, std::uint8_t family) {
  const bool ipv4 = family == NFPROTO_IPV4;
  const std::uint32_t address_at = ipv4 ? 16 : 24;  // RFC 791, RFC 8200
  constexpr std::uint32_t kPortAt = 2;              // RFC 9293, RFC 768
  const std::uint32_t base = number_of(payload, NFTA_PAYLOAD_BASE);
  const std::uint32_t offset = number_of(payload, NFTA_PAYLOAD_OFFSET);
  const std::size_t length = number_of(payload, NFTA_PAYLOAD_LEN);
  const std::uint32_t into = number_of(payload, NFTA_PAYLOAD_DREG);
  if (base == NFT_PAYLOAD_NETWORK_HEADER && offset == address_at && length <= (ipv4 ? 4U : 16U))
    return {.part = &Destination::address, .bytes = length, .into = into};
  if (base == NFT_PAYLOAD_TRANSPORT_HEADER && offset == kPortAt && length == 2)
    return {.part = &Destination::port, .bytes = length, .into = into};
  return {};
}

std::array<char, 2> big_endian_port(std::uint16_t port) {
  return {static_cast<char>(port >> 8U), static_cast<char>(port & 0xffU)};
}

/// Goes through the expressions of one rule.
class DestinationFinder {
 public:
  explicit DestinationFinder(std::uint8_t family) : family_{family} {}

  void expression(std::string_view name, std::string_view data) {
    const Load load = std::exchange(load_, {});
    if (name == "payload") load_ = load_of(data, family_);
    if (name == "cmp" && load.part != nullptr) compare(load, data);
    if (name == "match") match(data);
  }
  [[nodiscard]] const Destination& found() const { return found_; }

 private:
  void compare(const Load& load, std::string_view data) {
    const std::string_view value = data_value(attribute_of(data, NFTA_CMP_DATA));
    if (number_of(data, NFTA_CMP_SREG) != load.into || number_of(data, NFTA_CMP_OP) != NFT_CMP_EQ ||
        value.size() != load.bytes)
      return;
    found_.*load.part = value;
  }

  /// One port of the matches tcp and udp, as iptables up to 1.8.7 writes it.
  void match(std::string_view data) {
    const std::string_view name = text_of(attribute_of(data, NFTA_MATCH_NAME));
    const std::string_view info = attribute_of(data, NFTA_MATCH_INFO);
    if (number_of(data, NFTA_MATCH_REV) != 0) return;
    if (name == "tcp") ports<xt_tcp>(info, XT_TCP_INV_DSTPT);
    if (name == "udp") ports<xt_udp>(info, XT_UDP_INV_DSTPT);
  }
  template <class Info>
  void ports(std::string_view bytes, unsigned inverted) {
    Info info = {};
    if (bytes.size() < sizeof info) return;
    std::memcpy(&info, bytes.data(), sizeof info);
    if ((info.invflags & inverted) != 0 || info.dpts[0] != info.dpts[1]) return;
    port_ = big_endian_port(info.dpts[0]);
    found_.port = {port_.data(), port_.size()};
  }

  std::uint8_t family_;
  Load load_ = {};  ///< by the expression before
  std::array<char, 2> port_ = {};
  Destination found_ = {};
};

/// No intervals: any value.
bool can_have(const std::vector<Interval>& intervals, std::string_view beginning) {
  if (intervals.empty() || beginning.empty()) return true;
  return std::any_of(intervals.begin(), intervals.end(), [&](const Interval& any) {
    return std::string_view{any.low}.substr(0, beginning.size()) <= beginning &&
           beginning <= std::string_view{any.high}.substr(0, beginning.size());
  });
}

}  // namespace

bool is_for_another_destination(std::string_view expressions, std::uint8_t family,
                                const std::vector<const Packet*>& packets) {
  DestinationFinder finder{family};
  for_each_expression(expressions, [&](std::string_view name, std::string_view data) {
    finder.expression(name, data);
  });
  const Destination& wanted = finder.found();
  if (wanted.address.empty() && wanted.port.empty()) return false;
  return std::none_of(packets.begin(), packets.end(), [&](const Packet* packet) {
    return can_have(packet->destination_port, wanted.port) &&
           can_have(packet->destination, wanted.address);
  });
}

}  // namespace iptmode::kernel
