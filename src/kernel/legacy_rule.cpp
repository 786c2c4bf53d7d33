// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/legacy_rule.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "iptmode/backend.h"
#include "kernel/xt_decoder.h"
#include "kernel/xt_structure.h"

namespace iptmode::kernel {
namespace {

/// What the two families have in common, by the same names.
struct Head {
  IpFamily family = IpFamily::ipv4;
  std::string source = {};
  std::string source_mask = {};
  std::string destination = {};
  std::string destination_mask = {};
  unsigned protocol = 0;
  unsigned inverted = 0;  ///< IPT_INV_*, the same numbers as IP6T_INV_*
  bool goes_to = false;
  bool fragment = false;
};
static_assert(IPT_INV_VIA_IN == IP6T_INV_VIA_IN && IPT_INV_VIA_OUT == IP6T_INV_VIA_OUT &&
              IPT_INV_SRCIP == IP6T_INV_SRCIP && IPT_INV_DSTIP == IP6T_INV_DSTIP &&
              IPT_INV_FRAG == IP6T_INV_FRAG && IPT_INV_PROTO == IP6T_INV_PROTO);

Head head_of(const ipt_entry& entry) {
  const ipt_ip& ip = entry.ip;
  return {.family = IpFamily::ipv4,
          .source = bytes_of(ip.src),
          .source_mask = bytes_of(ip.smsk),
          .destination = bytes_of(ip.dst),
          .destination_mask = bytes_of(ip.dmsk),
          .protocol = ip.proto,
          .inverted = ip.invflags,
          .goes_to = (ip.flags & IPT_F_GOTO) != 0,
          .fragment = (ip.flags & IPT_F_FRAG) != 0};
}

Head head_of(const ip6t_entry& entry) {
  const ip6t_ip6& ip = entry.ipv6;
  return {.family = IpFamily::ipv6,
          .source = bytes_of(ip.src),
          .source_mask = bytes_of(ip.smsk),
          .destination = bytes_of(ip.dst),
          .destination_mask = bytes_of(ip.dmsk),
          .protocol = (ip.flags & IP6T_F_PROTO) != 0 ? ip.proto : 0U,
          .inverted = ip.invflags,
          .goes_to = (ip.flags & IP6T_F_GOTO) != 0};
}

void demand_address(Rule& rule, Field field, std::pair<const std::string&, const std::string&> net,
                    bool negated) {
  const auto& [address, mask] = net;
  if (mask.find_first_not_of('\0') == std::string::npos && !negated) return;
  demand(rule, {.field = field, .negated = negated, .mask = mask, .any_of = {{address, address}}});
}

/// The mask covers the name, and its NUL where it is whole.
template <std::size_t Size>
void demand_interface(Rule& rule, Field field, const char (&name)[Size],
                      const unsigned char (&mask)[Size], bool negated) {
  const auto covered = static_cast<std::size_t>(std::find(mask, mask + Size, 0) - mask);
  if (covered == 0) return;
  std::string text = name_in(name);
  const bool prefix = covered <= text.size() && covered < Size;
  if (prefix) text.resize(covered);
  demand(rule, {.field = field, .negated = negated, .prefix = prefix, .any_of = {{text, text}}});
}

void demand_head(Rule& rule, const Head& head) {
  demand_address(rule, Field::source, {head.source, head.source_mask},
                 (head.inverted & IPT_INV_SRCIP) != 0);
  demand_address(rule, Field::destination, {head.destination, head.destination_mask},
                 (head.inverted & IPT_INV_DSTIP) != 0);
  const std::string protocol = big_endian(head.protocol, 1);
  if (head.protocol != 0)
    demand(rule, {.field = Field::protocol,
                  .negated = (head.inverted & IPT_INV_PROTO) != 0,
                  .any_of = {{protocol, protocol}}});
  if (head.fragment)
    demand(rule, {.field = Field::fragment, .negated = (head.inverted & IPT_INV_FRAG) != 0});
}

/// The user's part of xt_entry_match and xt_entry_target, which end in an array without a length.
struct ExtensionHead {
  std::uint16_t size = 0;
  char name[XT_EXTENSION_MAXNAMELEN] = {};
  std::uint8_t revision = 0;
};
static_assert(sizeof(ExtensionHead) == sizeof(xt_entry_match) &&
              sizeof(ExtensionHead) == sizeof(xt_entry_target) &&
              offsetof(ExtensionHead, name) == offsetof(xt_entry_match, u.user.name) &&
              offsetof(ExtensionHead, revision) == offsetof(xt_entry_match, u.user.revision));

Extension extension_of(const ExtensionHead& header, std::string_view bytes) {
  const std::size_t size = std::min<std::size_t>(header.size, bytes.size());
  // The name lies in the bytes, not in the copy.
  const std::string_view name = bytes.substr(offsetof(ExtensionHead, name), sizeof header.name);
  return {.name = name.substr(0, name.find('\0')),
          .revision = header.revision,
          .info = bytes.substr(sizeof header, size - sizeof header)};
}

void demand_matches(Rule& rule, std::string_view matches, IpFamily family) {
  while (const auto header = structure_in<ExtensionHead>(matches)) {
    const std::size_t size = header->size;
    if (size < sizeof *header || size > matches.size()) return;
    decode_xt_match(extension_of(*header, matches), family, rule);
    matches.remove_prefix(size);
  }
}

Action action_of(std::string_view target, std::string_view bytes, const Head& head) {
  if (target.empty()) return {};
  if (target == "ACCEPT") return {.kind = Action::Kind::accept};
  if (target == "DROP") return {.kind = Action::Kind::drop};
  if (target == "RETURN") return {.kind = Action::Kind::back};
  if (target == "QUEUE") return {.kind = Action::Kind::queue, .name = "QUEUE"};
  const auto header = structure_in<ExtensionHead>(bytes);
  if (!header || header->size < sizeof *header)
    return {.kind = Action::Kind::target, .name = std::string{target}, .decoded = false};
  const Extension extension = extension_of(*header, bytes);
  if (!extension.name.empty()) return decode_xt_target(extension, head.family);
  return {.kind = head.goes_to ? Action::Kind::go_to : Action::Kind::jump,
          .chain = std::string{target}};
}

template <class Entry>
Rule decode(const Entry& entry, const Head& head, std::string_view target) {
  const std::string_view bytes{reinterpret_cast<const char*>(&entry), entry.next_offset};
  Rule rule;
  demand_head(rule, head);
  if (entry.target_offset < sizeof(Entry) || entry.target_offset > bytes.size()) {
    demand(rule, {.name = "entry", .decoded = false});
    return rule;
  }
  demand_matches(rule, bytes.substr(sizeof(Entry), entry.target_offset - sizeof(Entry)),
                 head.family);
  rule.action = action_of(target, bytes.substr(entry.target_offset), head);
  return rule;
}

}  // namespace

Rule decode_legacy_rule(const ipt_entry* entry, std::string_view target) {
  Rule rule = decode(*entry, head_of(*entry), target);
  const ipt_ip& ip = entry->ip;
  demand_interface(rule, Field::in_interface, ip.iniface, ip.iniface_mask,
                   (ip.invflags & IPT_INV_VIA_IN) != 0);
  demand_interface(rule, Field::out_interface, ip.outiface, ip.outiface_mask,
                   (ip.invflags & IPT_INV_VIA_OUT) != 0);
  return rule;
}

Rule decode_legacy_rule(const ip6t_entry* entry, std::string_view target) {
  Rule rule = decode(*entry, head_of(*entry), target);
  const ip6t_ip6& ip = entry->ipv6;
  demand_interface(rule, Field::in_interface, ip.iniface, ip.iniface_mask,
                   (ip.invflags & IP6T_INV_VIA_IN) != 0);
  demand_interface(rule, Field::out_interface, ip.outiface, ip.outiface_mask,
                   (ip.invflags & IP6T_INV_VIA_OUT) != 0);
  return rule;
}

}  // namespace iptmode::kernel
