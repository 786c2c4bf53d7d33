// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/packet_match.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "model/packet_extension.h"
#include "model/packet_values.h"

namespace iptmode::packet {
namespace {

constexpr std::uint8_t kTcp = 6;
constexpr std::uint8_t kUdp = 17;
constexpr unsigned kFirstEphemeral = 1024;

std::uint32_t number_of(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char byte : bytes.substr(0, sizeof value))
    value = value << 8U | static_cast<unsigned char>(byte);
  return value;
}

bool name_fits(const Condition& condition, std::string_view name) {
  return std::any_of(condition.any_of.begin(), condition.any_of.end(), [&](const Interval& any) {
    return condition.prefix ? name.starts_with(any.low) : name == any.low;
  });
}

Truth interface_of(const Sight& sight, const Condition& condition) {
  const bool in = condition.field == Field::in_interface;
  const auto& out =
      sight.out_interfaces != nullptr ? *sight.out_interfaces : sight.packet->out_interfaces;
  const auto& names = in ? sight.packet->in_interfaces : out;
  const bool has = in ? sight.has_in_interface : sight.has_out_interface;
  if (!has) return name_fits(condition, "") ? Truth::yes : Truth::no;
  if (names.empty()) return Truth::maybe;
  const auto fits = [&](const std::string& name) { return name_fits(condition, name); };
  const bool some = std::any_of(names.begin(), names.end(), fits);
  const bool all = std::all_of(names.begin(), names.end(), fits);
  if (!(in ? sight.may_lack_in : sight.may_lack_out)) return of_all(some, all);
  return of_all(some || name_fits(condition, ""), all && name_fits(condition, ""));
}

Truth number(const Condition& condition, PartlyKnown number) {
  const std::uint32_t mask = condition.mask.empty() ? UINT32_MAX : number_of(condition.mask);
  const bool plain = std::all_of(condition.any_of.begin(), condition.any_of.end(),
                                 [](const Interval& any) { return any.low == any.high; });
  if ((number.unknown & mask) == 0)
    return one_value(condition, big_endian(number.value, sizeof number.value));
  if (!plain) return Truth::maybe;
  const std::uint32_t known = mask & ~number.unknown;
  for (const Interval& any : condition.any_of)
    if ((number_of(any.low) & known) == (number.value & known)) return Truth::maybe;
  return Truth::no;
}

Truth state(const Sight& sight, const Condition& condition) {
  bool some = false;
  bool all = true;
  for (const std::uint32_t bit : sight.states) {
    const bool fits = one_value(condition, big_endian(bit, sizeof bit)) == Truth::yes;
    some = some || fits;
    all = all && fits;
  }
  return of_all(some, all);
}

/// IPS_* of linux/netfilter/nf_conntrack_common.h: of a new connection the first four are not set.
Truth status(const Sight& sight, const Condition& condition) {
  constexpr std::uint32_t kNotYet = 0xf;        // EXPECTED, SEEN_REPLY, ASSURED, CONFIRMED
  constexpr std::uint32_t kSource = 0x10;       // SRC_NAT
  constexpr std::uint32_t kDestination = 0x20;  // DST_NAT
  const bool tracked =
      std::find(sight.states.begin(), sight.states.end(), kNew) != sight.states.end() &&
      sight.states.size() == 1;
  if (!tracked) return Truth::maybe;
  const std::uint32_t value = (sight.source_hidden ? kSource : 0U) |
                              (sight.destination_new == Truth::yes ? kDestination : 0U);
  return number(condition, {.value = value, .unknown = ~(kNotYet | kSource | kDestination)});
}

bool is_multicast(const Interval& address) {
  const auto first = static_cast<unsigned char>(address.low.empty() ? '\0' : address.low.front());
  return address.low.size() == 4 ? first >= 224 && first < 240 : first == 0xff;
}

Truth address_type(const Sight& sight, const Condition& condition) {
  constexpr std::uint32_t kUnicast = 1;  // RTN_* of linux/rtnetlink.h
  constexpr std::uint32_t kLocal = 2;
  constexpr std::uint32_t kMulticast = 5;
  const Packet& packet = *sight.packet;
  const bool source = condition.field == Field::source_type;
  if (source && sight.source_hidden) return Truth::maybe;
  const auto& addresses = source ? packet.source : packet.destination;
  std::uint32_t type =
      packet.way == (source ? Packet::Way::output : Packet::Way::input) ? kLocal : kUnicast;
  if (!source && addresses.size() == 1 && is_multicast(addresses.front())) type = kMulticast;
  return one_value(condition, big_endian(type, sizeof type));
}

Truth port(const Sight& sight, const Condition& condition) {
  const Packet& packet = *sight.packet;
  if (packet.protocol != kTcp && packet.protocol != kUdp) return Truth::maybe;
  if (condition.field == Field::destination_port)
    return any_value(condition, packet.destination_port);
  return any_value(condition, {{.low = big_endian(kFirstEphemeral, 2), .high = "\xff\xff"}});
}

Truth plain_meets(const Sight& sight, const Condition& condition) {
  const Packet& packet = *sight.packet;
  switch (condition.field) {
    case Field::protocol: return one_value(condition, big_endian(packet.protocol, 1));
    case Field::source:
      return sight.source_hidden ? Truth::maybe : any_value(condition, packet.source);
    case Field::destination: return any_value(condition, packet.destination);
    case Field::source_port:
    case Field::destination_port: return port(sight, condition);
    case Field::in_interface:
    case Field::out_interface: return interface_of(sight, condition);
    case Field::mark: return number(condition, sight.mark);
    case Field::conntrack_mark: return number(condition, sight.conntrack_mark);
    case Field::conntrack_state: return state(sight, condition);
    case Field::conntrack_status: return status(sight, condition);
    case Field::tcp_flags:
      return packet.protocol == kTcp ? one_value(condition, "\x02") : Truth::maybe;
    case Field::icmp_type:
    case Field::icmp_code: return Truth::maybe;
    case Field::source_type:
    case Field::destination_type: return address_type(sight, condition);
    case Field::family:
      return one_value(condition, packet.family == IpFamily::ipv4 ? "\x02" : "\x0a");
    case Field::fragment: return Truth::no;
    case Field::extension: break;
  }
  return extension(sight, condition);
}

}  // namespace

Truth meets(const Sight& sight, const Condition& condition) {
  const Truth truth = plain_meets(sight, condition);
  return condition.negated ? inverse(truth) : truth;
}

Truth meets(const Sight& sight, const Rule& rule) {
  Truth all = Truth::yes;
  for (const Condition& condition : rule.conditions) {
    const Truth one = meets(sight, condition);
    if (one == Truth::no) return Truth::no;
    all = std::min(all, one);
  }
  return all;
}

}  // namespace iptmode::packet

namespace iptmode {

bool can_match(const Rule& rule, const Packet& packet) {
  // Somewhere on its way: marks may have been set, and before conntrack it has no state.
  const packet::Sight sight{.packet = &packet,
                            .mark = {.unknown = UINT32_MAX},
                            .conntrack_mark = {.unknown = UINT32_MAX},
                            .states = {packet::kInvalid, packet::kNew, packet::kUntracked},
                            .may_lack_in = true,
                            .may_lack_out = true,
                            .destination_new = packet::Truth::maybe};
  return packet::meets(sight, rule) != packet::Truth::no;
}

}  // namespace iptmode
