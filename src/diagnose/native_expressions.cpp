// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnose/native_expressions.h"

#include <algorithm>
#include <array>
#include <optional>

#include "iptmode/rule_bytes.h"

namespace iptmode::checks {
namespace {

// Numbers of linux/netfilter/nf_tables.h, which this folder does not include: snapshots are judged
// on any machine.
constexpr std::uint16_t kListElement = 1;  // NFTA_LIST_ELEM
constexpr std::uint16_t kName = 1;         // NFTA_EXPR_NAME
constexpr std::uint16_t kData = 2;         // NFTA_EXPR_DATA
constexpr std::uint16_t kMetaKey = 2;      // NFTA_META_KEY
constexpr std::uint16_t kMetaSource = 3;   // NFTA_META_SREG
constexpr std::uint16_t kLogGroup = 1;     // NFTA_LOG_GROUP
constexpr std::uint16_t kLimitType = 4;    // NFTA_LIMIT_TYPE, 0: packets
constexpr std::uint16_t kLimitFlags = 5;   // NFTA_LIMIT_FLAGS, 1: inverted
constexpr std::uint32_t kMark = 3;         // NFT_META_MARK
constexpr std::uint32_t kPacketType = 18;  // NFT_META_PKTTYPE
// MARK, IIF, OIF, IIFNAME, OIFNAME, L4PROTO.
constexpr std::array<std::uint32_t, 6> kOwnMeta{3, 4, 5, 6, 7, 16};
constexpr std::array<std::string_view, 8> kOwn{"bitwise", "cmp",     "counter", "immediate",
                                               "match",   "payload", "range",   "target"};

/// A number in network byte order; nothing if the attribute is not there.
std::optional<std::uint32_t> number_of(std::string_view attributes, std::uint16_t wanted) {
  std::optional<std::uint32_t> number;
  for_each_attribute(attributes, [&](std::uint16_t type, std::string_view payload) {
    if (type != wanted || number || payload.size() < 2) return;
    number = 0;
    for (const char byte : payload.substr(0, 4))
      number = (*number << 8U) | static_cast<unsigned char>(byte);
  });
  return number;
}

std::optional<NativeKind> kind_of_meta(std::string_view data) {
  const std::uint32_t key = number_of(data, kMetaKey).value_or(0);
  if (number_of(data, kMetaSource))
    return key == kMark ? NativeKind::sets_mark : NativeKind::other_meta;
  if (key == kPacketType) return NativeKind::packet_type;
  const bool own = std::ranges::find(kOwnMeta, key) != kOwnMeta.end();
  return own ? std::nullopt : std::optional{NativeKind::other_meta};
}

std::optional<NativeKind> kind_of(std::string_view name, std::string_view data) {
  if (name == "lookup") return NativeKind::looks_up;
  if (name == "meta") return kind_of_meta(data);
  const bool own_log = name == "log" && number_of(data, kLogGroup).has_value();
  const bool own_limit = name == "limit" && number_of(data, kLimitType).value_or(0) == 0 &&
                         (number_of(data, kLimitFlags).value_or(0) & 1U) == 0;
  if (own_log || own_limit || std::ranges::find(kOwn, name) != kOwn.end()) return std::nullopt;
  return NativeKind::hides_table;
}

}  // namespace

std::vector<NativeExpression> native_expressions(std::string_view expressions) {
  std::vector<NativeExpression> found;
  for_each_attribute(expressions, [&](std::uint16_t element, std::string_view expression) {
    if (element != kListElement) return;
    std::string_view name;
    std::string_view data;
    for_each_attribute(expression, [&](std::uint16_t type, std::string_view payload) {
      if (type == kName) name = payload.substr(0, payload.find('\0'));
      if (type == kData) data = payload;
    });
    if (const auto kind = kind_of(name, data))
      found.push_back({.kind = *kind, .name = std::string{name}});
  });
  return found;
}

Reading reading_of(NativeKind kind, Version reader) noexcept {
  constexpr Version kRefuses{1, 8, 9};
  constexpr Version kReadsMark{1, 8, 10};
  switch (kind) {
    case NativeKind::hides_table: return Reading::hidden;
    case NativeKind::looks_up: return Reading::changed;
    case NativeKind::packet_type: return reader < kRefuses ? Reading::changed : Reading::right;
    case NativeKind::sets_mark:
      if (reader >= kReadsMark) return Reading::right;
      return reader < kRefuses ? Reading::changed : Reading::refused;
    case NativeKind::other_meta: return reader < kRefuses ? Reading::changed : Reading::refused;
  }
  return Reading::right;
}

std::string_view describe(Reading reading) noexcept {
  switch (reading) {
    case Reading::right: return "reads them right";
    case Reading::refused: return "refuses the table (\"Parsing nftables rule failed\")";
    case Reading::hidden: return "prints \"is incompatible\" and not one rule of the table";
    case Reading::changed: return "takes them for wider rules than they are";
  }
  return "";
}

}  // namespace iptmode::checks
