// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/nft_loads.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#include <array>
#include <optional>
#include <span>
#include <utility>

#include "kernel/nft_expressions.h"

namespace iptmode::kernel {
namespace {

constexpr std::size_t kNumberBytes = 4;
constexpr std::size_t kInterfaceBytes = 16;  // IFNAMSIZ
constexpr std::uint8_t kIcmp = 1;
constexpr std::uint8_t kTcp = 6;
constexpr std::uint8_t kIcmp6 = 58;

/// Where a field is in a header.
struct Place {
  std::size_t offset = 0;
  std::size_t length = 0;
  Field field = Field::extension;
};
// RFC 791, RFC 8200, RFC 9293, RFC 792 and RFC 4443.
constexpr std::array kIpv4{Place{9, 1, Field::protocol}, Place{12, 4, Field::source},
                           Place{16, 4, Field::destination}};
constexpr std::array kIpv6{Place{6, 1, Field::protocol}, Place{8, 16, Field::source},
                           Place{24, 16, Field::destination}};
constexpr std::array kPorts{Place{0, 2, Field::source_port}, Place{2, 2, Field::destination_port},
                            Place{13, 1, Field::tcp_flags}};
constexpr std::array kIcmpHead{Place{0, 1, Field::icmp_type}, Place{1, 1, Field::icmp_code}};

Operand unknown(std::string name) {
  return {.name = std::move(name)};
}

Operand one_field(Field field, std::size_t length, bool host_order) {
  return {.kind = Operand::Kind::field,
          .pieces = {{.field = field, .length = length}},
          .length = length,
          .host_order = host_order};
}

/// The fields that lie side by side in [offset, offset + length); the last may be cut.
std::optional<Operand> fields_at(std::span<const Place> places, std::size_t offset,
                                 std::size_t length) {
  Operand operand{.kind = Operand::Kind::field, .length = length};
  std::size_t at = offset;
  for (const Place& place : places) {
    if (place.offset != at || at >= offset + length) continue;
    const std::size_t taken = std::min(place.length, offset + length - at);
    operand.pieces.push_back({.field = place.field, .length = taken});
    at += taken;
  }
  if (operand.pieces.empty() || at != offset + length) return std::nullopt;
  return operand;
}

std::span<const Place> places_of(std::uint32_t base, std::uint8_t family, std::uint8_t protocol) {
  if (base == NFT_PAYLOAD_NETWORK_HEADER && family == NFPROTO_IPV4) return kIpv4;
  if (base == NFT_PAYLOAD_NETWORK_HEADER && family == NFPROTO_IPV6) return kIpv6;
  if (base != NFT_PAYLOAD_TRANSPORT_HEADER) return {};
  if (protocol == kIcmp || protocol == kIcmp6) return kIcmpHead;
  if (protocol == kTcp) return kPorts;
  return std::span{kPorts}.first(2);
}

}  // namespace

Operand payload_load(std::string_view data, std::uint8_t family, std::uint8_t protocol) {
  const std::uint32_t base = number_of(data, NFTA_PAYLOAD_BASE);
  const std::size_t offset = number_of(data, NFTA_PAYLOAD_OFFSET);
  const std::size_t length = number_of(data, NFTA_PAYLOAD_LEN);
  constexpr std::size_t kFragment = 6;  // flags and offset of an IPv4 header
  if (base == NFT_PAYLOAD_NETWORK_HEADER && family == NFPROTO_IPV4 && offset == kFragment &&
      length == 2)
    return one_field(Field::fragment, length, false);
  if (auto fields = fields_at(places_of(base, family, protocol), offset, length))
    return std::move(*fields);
  return unknown("payload");
}

Operand meta_load(std::string_view data) {
  switch (number_of(data, NFTA_META_KEY)) {
    case NFT_META_L4PROTO: return one_field(Field::protocol, 1, false);
    case NFT_META_NFPROTO: return one_field(Field::family, 1, false);
    case NFT_META_MARK: return one_field(Field::mark, kNumberBytes, true);
    case NFT_META_IIFNAME: return one_field(Field::in_interface, kInterfaceBytes, false);
    case NFT_META_OIFNAME: return one_field(Field::out_interface, kInterfaceBytes, false);
    case NFT_META_PROTOCOL: {
      Operand operand = one_field(Field::family, 2, false);
      operand.kind = Operand::Kind::family;
      return operand;
    }
    case NFT_META_IIF:
    case NFT_META_OIF: {
      const bool in = number_of(data, NFTA_META_KEY) == NFT_META_IIF;
      Operand operand =
          one_field(in ? Field::in_interface : Field::out_interface, kNumberBytes, true);
      operand.kind = Operand::Kind::interface;
      return operand;
    }
    case NFT_META_SKUID:
    case NFT_META_SKGID: return unknown("owner");
    case NFT_META_PKTTYPE: return unknown("pkttype");
    default: return unknown("meta");
  }
}

Operand conntrack_load(std::string_view data) {
  if (!attribute_of(data, NFTA_CT_DIRECTION).empty()) return unknown("ct");
  switch (number_of(data, NFTA_CT_KEY)) {
    case NFT_CT_STATE: return one_field(Field::conntrack_state, kNumberBytes, true);
    case NFT_CT_STATUS: return one_field(Field::conntrack_status, kNumberBytes, true);
    case NFT_CT_MARK: return one_field(Field::conntrack_mark, kNumberBytes, true);
    default: return unknown("ct");
  }
}

/// The interface of the route back to the source, if it is the one that the packet came in by; with
/// NFTA_FIB_F_PRESENT only whether there is one.
Operand return_route(std::uint32_t flags) {
  constexpr std::uint32_t kAsked = NFTA_FIB_F_SADDR | NFTA_FIB_F_IIF;
  const std::uint32_t options = NFTA_FIB_F_MARK | NFTA_FIB_F_PRESENT;
  if ((flags & kAsked) != kAsked || (flags & ~(kAsked | options)) != 0) return unknown("fib");
  return {.kind = Operand::Kind::return_route,
          .name = "fib",
          .value = (flags & NFTA_FIB_F_MARK) != 0 ? "--validmark" : "",
          .length = (flags & NFTA_FIB_F_PRESENT) != 0 ? std::size_t{1} : kNumberBytes};
}

Operand fib_load(std::string_view data) {
  const std::uint32_t flags = number_of(data, NFTA_FIB_FLAGS);
  if (number_of(data, NFTA_FIB_RESULT) == NFT_FIB_RESULT_OIF) return return_route(flags);
  if (number_of(data, NFTA_FIB_RESULT) != NFT_FIB_RESULT_ADDRTYPE) return unknown("fib");
  if (flags == NFTA_FIB_F_SADDR) return one_field(Field::source_type, kNumberBytes, true);
  if (flags == NFTA_FIB_F_DADDR) return one_field(Field::destination_type, kNumberBytes, true);
  return unknown("fib");
}

}  // namespace iptmode::kernel
