// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/packet_translation.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <string_view>
#include <utility>

#include "iptmode/address.h"
#include "iptmode/node_networks.h"

namespace iptmode {
namespace {

using packet::NewDestination;

constexpr std::size_t kMaxTranslated = 256;

/// The next word, taken from the front of `text`.
std::string_view take_word(std::string_view& text) {
  const std::size_t end = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

std::optional<std::string> port_bytes(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return big_endian(port, sizeof port);
}

/// "80", "80-90", "10.0.0.1-10.0.0.9": both ends by `parse`.
template <class Parse>
std::optional<Interval> interval_in(std::string_view text, Parse parse) {
  const std::size_t dash = text.find('-');
  auto low = parse(text.substr(0, dash));
  auto high = dash == std::string_view::npos ? low : parse(text.substr(dash + 1));
  if (!low || !high || low->size() != high->size() || *high < *low) return std::nullopt;
  return Interval{.low = std::move(*low), .high = std::move(*high)};
}

/// The address and the port in "10.0.0.1:80", "[fd00::1]:80", "fd00::1", ":80".
std::pair<std::string_view, std::string_view> parts_of(std::string_view place) {
  if (place.starts_with('[')) {
    const std::size_t end = std::min(place.find(']'), place.size());
    const std::string_view behind = place.substr(end);
    return {place.substr(1, end - 1), behind.starts_with("]:") ? behind.substr(2) : ""};
  }
  const std::size_t colon = place.find(':');
  const bool no_port =
      colon == std::string_view::npos || place.find(':', colon + 1) != std::string_view::npos;
  if (no_port) return {place, ""};
  return {place.substr(0, colon), place.substr(colon + 1)};
}

bool only_flags(std::string_view words) {
  constexpr std::array<std::string_view, 3> kFlags{"--random", "--random-fully", "--persistent"};
  while (!words.empty())
    if (std::find(kFlags.begin(), kFlags.end(), take_word(words)) == kFlags.end()) return false;
  return true;
}

std::optional<NewDestination> destination_in(std::string_view place) {
  const auto [address, port] = parts_of(place);
  NewDestination destination;
  if (!address.empty() && !(destination.addresses = interval_in(address, parse_address)))
    return std::nullopt;
  if (!port.empty() && !(destination.ports = interval_in(port, port_bytes))) return std::nullopt;
  return destination;
}

/// The node's addresses of one family, each with its network and its link.
struct OwnAddress {
  std::string bytes = {};
  AddressRange network = {};
  std::string link = {};
};

std::vector<OwnAddress> own_addresses(const std::vector<NetworkLink>& links, IpFamily family) {
  std::vector<OwnAddress> own;
  for (const NetworkLink& link : links)
    for (const std::string& text : link.addresses) {
      const auto bytes = parse_address(std::string_view{text}.substr(0, text.find('/')));
      const auto network = parse_network(text);
      const bool fits = bytes && network && (bytes->size() == 4) == (family == IpFamily::ipv4);
      if (fits) own.push_back({.bytes = *bytes, .network = *network, .link = link.name});
    }
  return own;
}

bool is_within(const std::string& bytes, const Interval& interval) {
  return interval.low <= bytes && bytes <= interval.high;
}

/// All of the addresses are the node's, none is, or some are (nothing).
std::optional<bool> is_local(const Interval& addresses, const std::vector<OwnAddress>& own) {
  const bool any = std::any_of(own.begin(), own.end(), [&](const OwnAddress& address) {
    return is_within(address.bytes, addresses);
  });
  if (!any) return false;
  return addresses.low == addresses.high ? std::optional{true} : std::nullopt;
}

/// The link whose own network holds the addresses; empty where another route decides.
std::vector<std::string> link_to(const Interval& addresses, const std::vector<OwnAddress>& own) {
  std::vector<std::string> links;
  for (const OwnAddress& address : own)
    if (address.network.contains(addresses.low) && address.network.contains(addresses.high) &&
        std::find(links.begin(), links.end(), address.link) == links.end())
      links.push_back(address.link);
  return links.size() == 1 ? links : std::vector<std::string>{};
}

/// What no route leads to from outside: the loopback's, and groups.
bool is_special(const Interval& addresses) {
  const auto first = static_cast<unsigned char>(addresses.low.front());
  if (addresses.low.size() == 4) return first == 0 || first == 127 || first >= 224;
  return first == 0 || first == 0xff;
}

/// The kernel takes the first address of the link that the packet came in by
/// (nf_nat_redirect_ipv4() of net/netfilter/nf_nat_redirect.c). A packet of the node's own goes
/// to the loopback, which is another way.
std::optional<Packet> redirected(Packet packet, const std::vector<OwnAddress>& own) {
  if (packet.way == Packet::Way::output || packet.in_interfaces.empty()) return std::nullopt;
  packet.destination.clear();
  for (const OwnAddress& address : own)
    if (std::find(packet.in_interfaces.begin(), packet.in_interfaces.end(), address.link) !=
        packet.in_interfaces.end())
      packet.destination.push_back({.low = address.bytes, .high = address.bytes});
  if (packet.destination.empty()) return std::nullopt;
  packet.way = Packet::Way::input;
  packet.out_interfaces.clear();
  return packet;
}

/// Routed anew: to the node itself or on to another machine.
std::optional<Packet> sent_to(Packet packet, const Interval& addresses,
                              const std::vector<OwnAddress>& own) {
  const auto local = is_local(addresses, own);
  const bool own_to_own = packet.way == Packet::Way::output && local.value_or(true);
  if (!local || own_to_own || is_special(addresses)) return std::nullopt;
  packet.destination = {addresses};
  packet.out_interfaces = *local ? std::vector<std::string>{} : link_to(addresses, own);
  if (packet.way != Packet::Way::output)
    packet.way = *local ? Packet::Way::input : Packet::Way::forward;
  return packet;
}

std::optional<Packet> translated(const Packet& packet, const Action& action,
                                 const std::vector<NetworkLink>& links) {
  const auto destination = packet::new_destination(action);
  if (!destination || packet::is_for_another_family(*destination, packet.family))
    return std::nullopt;
  const auto own = own_addresses(links, packet.family);
  std::optional<Packet> result = packet;
  if (action.name == "REDIRECT") result = redirected(packet, own);
  if (destination->addresses) result = sent_to(packet, *destination->addresses, own);
  if (result && destination->ports) result->destination_port = {*destination->ports};
  return result;
}

/// Adds what the packets of the questions become by one rule.
void add_translations(PacketPath& path, const Rule& rule, const std::vector<NetworkLink>& links) {
  const std::string words = packet::translation_words(rule.action);
  for (std::size_t i = 0; i < path.questions.size(); ++i) {
    const Packet& asked = path.questions[i].packet;
    const bool known = std::any_of(
        path.translated.begin(), path.translated.end(),
        [&](const TranslatedPacket& one) { return one.question == i && one.action == words; });
    if (known || path.translated.size() == kMaxTranslated || !can_match(rule, asked)) continue;
    if (auto packet = translated(asked, rule.action, links))
      path.translated.push_back({.question = i, .action = words, .packet = std::move(*packet)});
  }
}

}  // namespace

bool packet::changes_destination(const Action& action) {
  return action.kind == Action::Kind::target &&
         (action.name == "DNAT" || action.name == "REDIRECT");
}

std::optional<NewDestination> packet::new_destination(const Action& action) {
  if (!action.decoded || !changes_destination(action)) return std::nullopt;
  std::string_view words = action.arguments;
  const std::string_view option = action.name == "DNAT" ? "--to-destination" : "--to-ports";
  NewDestination destination;
  if (words.starts_with(option)) {
    take_word(words);
    const std::string place = (action.name == "DNAT" ? "" : ":") + std::string{take_word(words)};
    const auto found = destination_in(place);
    if (!found) return std::nullopt;
    destination = *found;
  }
  return only_flags(words) ? std::optional{destination} : std::nullopt;
}

bool packet::is_for_another_family(const NewDestination& destination, IpFamily family) {
  return destination.addresses &&
         (destination.addresses->low.size() == 4) != (family == IpFamily::ipv4);
}

std::string packet::translation_words(const Action& action) {
  return to_string(Rule{.action = action});
}

void follow_translations(PacketPath& path, const std::vector<NetworkLink>& links) {
  const auto add_chain = [&](const PathChain& chain) {
    for (const PlacedRule& placed : chain.rules)
      if (packet::changes_destination(placed.rule.action))
        add_translations(path, placed.rule, links);
  };
  for (const PathTable& table : path.tables)
    for (const PathChain& chain : table.chains) add_chain(chain);
}

}  // namespace iptmode
