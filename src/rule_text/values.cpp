// SPDX-License-Identifier: GPL-2.0-or-later
#include "rule_text/values.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "iptmode/address.h"

namespace iptmode::rule_text {
namespace {

constexpr std::size_t kMaxPorts = 64;

// The names that iptables prints and takes: its own table, then /etc/protocols of the
// distributions.
constexpr std::array<std::pair<std::string_view, std::uint8_t>, 32> kProtocols{{
    {"all", 0},        {"tcp", 6},         {"udp", 17},       {"icmp", 1},
    {"ipv6-icmp", 58}, {"icmpv6", 58},     {"icmp6", 58},     {"sctp", 132},
    {"udplite", 136},  {"dccp", 33},       {"esp", 50},       {"ipv6-crypt", 50},
    {"ah", 51},        {"ipv6-auth", 51},  {"ipv6-mh", 135},  {"mobility-header", 135},
    {"mh", 135},       {"igmp", 2},        {"ipencap", 4},    {"ipip", 94},
    {"ipv6", 41},      {"ipv6-route", 43}, {"ipv6-frag", 44}, {"rsvp", 46},
    {"gre", 47},       {"ipv6-nonxt", 59}, {"ipv6-opts", 60}, {"ospf", 89},
    {"pim", 103},      {"ipcomp", 108},    {"vrrp", 112},     {"l2tp", 115},
}};

struct IcmpName {
  std::string_view name = {};
  std::uint8_t type = 0;
  int code = -1;
};

// libxt_icmp's names, of which -save prints numbers since 1.8; older ones and people write names.
constexpr std::array kIcmp4{IcmpName{"echo-reply", 0},
                            IcmpName{"pong", 0},
                            IcmpName{"destination-unreachable", 3},
                            IcmpName{"network-unreachable", 3, 0},
                            IcmpName{"host-unreachable", 3, 1},
                            IcmpName{"protocol-unreachable", 3, 2},
                            IcmpName{"port-unreachable", 3, 3},
                            IcmpName{"fragmentation-needed", 3, 4},
                            IcmpName{"source-quench", 4},
                            IcmpName{"redirect", 5},
                            IcmpName{"echo-request", 8},
                            IcmpName{"ping", 8},
                            IcmpName{"router-advertisement", 9},
                            IcmpName{"router-solicitation", 10},
                            IcmpName{"time-exceeded", 11},
                            IcmpName{"ttl-exceeded", 11},
                            IcmpName{"parameter-problem", 12},
                            IcmpName{"timestamp-request", 13},
                            IcmpName{"timestamp-reply", 14},
                            IcmpName{"address-mask-request", 17},
                            IcmpName{"address-mask-reply", 18}};

constexpr std::array kIcmp6{IcmpName{"destination-unreachable", 1},
                            IcmpName{"packet-too-big", 2},
                            IcmpName{"time-exceeded", 3},
                            IcmpName{"ttl-exceeded", 3},
                            IcmpName{"parameter-problem", 4},
                            IcmpName{"echo-request", 128},
                            IcmpName{"ping", 128},
                            IcmpName{"echo-reply", 129},
                            IcmpName{"pong", 129},
                            IcmpName{"router-solicitation", 133},
                            IcmpName{"router-advertisement", 134},
                            IcmpName{"neighbour-solicitation", 135},
                            IcmpName{"neighbor-solicitation", 135},
                            IcmpName{"neighbour-advertisement", 136},
                            IcmpName{"neighbor-advertisement", 136},
                            IcmpName{"redirect", 137}};

std::string prefix_mask(std::uint32_t length, std::size_t size) {
  std::string mask(size, '\0');
  for (std::uint32_t bit = 0; bit < length; ++bit)
    mask[bit / 8] =
        static_cast<char>(static_cast<unsigned char>(mask[bit / 8]) | (0x80U >> (bit % 8)));
  return mask;
}

std::optional<std::string> mask_of(std::string_view text, IpFamily family) {
  const std::size_t size = family == IpFamily::ipv4 ? 4 : 16;
  if (text.find_first_of(".:") != std::string_view::npos) return address_of(text, family);
  const auto length = number_of(text, static_cast<std::uint32_t>(size * 8));
  if (!length) return std::nullopt;
  return prefix_mask(*length, size);
}

std::optional<Interval> port_interval(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::string_view low = text.substr(0, colon);
  const std::string_view high = colon == std::string_view::npos ? low : text.substr(colon + 1);
  const auto first = low.empty() && colon == 0 ? std::optional{0U} : number_of(low, 65535);
  const auto last = high.empty() && colon != std::string_view::npos ? std::optional{65535U}
                                                                    : number_of(high, 65535);
  if (!first || !last) return std::nullopt;
  return Interval{bytes_of(*first, 2), bytes_of(*last, 2)};
}

std::optional<IcmpType> named_icmp_type(std::string_view text, IpFamily family) {
  const auto look_up = [&](const auto& names) -> std::optional<IcmpType> {
    const auto found = std::ranges::find(names, text, &IcmpName::name);
    if (found == names.end()) return std::nullopt;
    IcmpType type{.type = found->type};
    if (found->code >= 0) type.code = static_cast<std::uint8_t>(found->code);
    return type;
  };
  return family == IpFamily::ipv4 ? look_up(kIcmp4) : look_up(kIcmp6);
}

}  // namespace

std::optional<std::uint32_t> number_of(std::string_view text, std::uint32_t max) {
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    base = 16;
    text.remove_prefix(2);
  } else if (text.size() > 1 && text.front() == '0') {
    base = 8;
  }
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size() || value > max) return std::nullopt;
  return value;
}

std::string bytes_of(std::uint32_t value, std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t at = size; at-- > 0; value >>= 8U) bytes[at] = static_cast<char>(value & 0xffU);
  return bytes;
}

std::uint32_t value_of(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char byte : bytes.substr(0, 4)) value = value << 8U | static_cast<unsigned char>(byte);
  return value;
}

std::optional<std::uint8_t> protocol_of(std::string_view text) {
  const auto* const found =
      std::ranges::find(kProtocols, text, [](const auto& row) { return row.first; });
  if (found != kProtocols.end()) return found->second;
  if (const auto number = number_of(text, 255)) return static_cast<std::uint8_t>(*number);
  return std::nullopt;
}

std::string protocol_name(std::uint8_t protocol) {
  const auto* const found =
      std::ranges::find(kProtocols, protocol, [](const auto& row) { return row.second; });
  return found == kProtocols.end() ? std::to_string(protocol) : std::string{found->first};
}

std::optional<std::string> address_of(std::string_view text, IpFamily family) {
  auto bytes = parse_address(text);
  const std::size_t size = family == IpFamily::ipv4 ? 4 : 16;
  return bytes && bytes->size() == size ? bytes : std::nullopt;
}

std::optional<Condition> network_of(Field field, std::string_view text, IpFamily family) {
  const std::size_t slash = text.find('/');
  const auto address = address_of(text.substr(0, slash), family);
  const std::string_view length = slash == std::string_view::npos
                                      ? (family == IpFamily::ipv4 ? "32" : "128")
                                      : text.substr(slash + 1);
  const auto mask = mask_of(length, family);
  if (!address || !mask) return std::nullopt;
  return Condition{.field = field, .mask = *mask, .any_of = {{*address, *address}}};
}

std::optional<Condition> address_range_of(Field field, std::string_view text, IpFamily family) {
  const std::size_t dash = text.find('-');
  const auto low = address_of(text.substr(0, dash), family);
  if (!low) return std::nullopt;
  const auto high =
      dash == std::string_view::npos ? low : address_of(text.substr(dash + 1), family);
  if (!high) return std::nullopt;
  return Condition{.field = field, .any_of = {{*low, *high}}};
}

std::optional<Condition> ports_of(Field field, std::string_view text) {
  Condition condition{.field = field};
  for (;;) {
    const std::size_t comma = text.find(',');
    const auto interval = port_interval(text.substr(0, comma));
    if (!interval || condition.any_of.size() == kMaxPorts) return std::nullopt;
    condition.any_of.push_back(*interval);
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  std::ranges::sort(condition.any_of, {}, &Interval::low);
  return condition;
}

std::optional<Condition> mark_of(Field field, std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto value = number_of(text.substr(0, slash));
  const auto mask = slash == std::string_view::npos ? std::optional{0xffffffffU}
                                                    : number_of(text.substr(slash + 1));
  if (!value || !mask) return std::nullopt;
  const std::string bytes = bytes_of(*value, 4);
  return Condition{.field = field,
                   .mask = *mask == 0xffffffff ? std::string{} : bytes_of(*mask, 4),
                   .any_of = {{bytes, bytes}}};
}

Condition interface_of(Field field, std::string_view text) {
  const bool prefix = text.ends_with('+');
  const std::string name{prefix ? text.substr(0, text.size() - 1) : text};
  return {.field = field, .prefix = prefix, .any_of = {{name, name}}};
}

std::optional<IcmpType> icmp_type_of(std::string_view text, IpFamily family) {
  if (const auto named = named_icmp_type(text, family)) return named;
  const std::size_t slash = text.find('/');
  const auto type = number_of(text.substr(0, slash), 255);
  if (!type) return std::nullopt;
  // Built where it is returned: g++ 12 takes an empty optional that is copied for uninitialised.
  std::optional<IcmpType> found{std::in_place};
  found->type = static_cast<std::uint8_t>(*type);
  if (slash == std::string_view::npos) return found;
  const auto code = number_of(text.substr(slash + 1), 255);
  if (!code) return std::nullopt;
  found->code = static_cast<std::uint8_t>(*code);
  return found;
}

}  // namespace iptmode::rule_text
