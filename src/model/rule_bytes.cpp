// SPDX-License-Identifier: GPL-2.0-or-later
#include "iptmode/rule_bytes.h"

namespace iptmode {
namespace {

// Numbers of linux/netfilter/nf_tables.h, which this folder does not include.
constexpr std::uint16_t kMark = 0;         // NFTA_EXPR_UNSPEC, which no expression has
constexpr std::uint16_t kListElement = 1;  // NFTA_LIST_ELEM
constexpr std::uint16_t kName = 1;         // NFTA_EXPR_NAME
constexpr std::uint16_t kData = 2;         // NFTA_EXPR_DATA
constexpr std::uint16_t kLogGroup = 1;     // NFTA_LOG_GROUP
constexpr std::uint16_t kNested = 0x8000;  // NLA_F_NESTED

void append(std::string& bytes, std::uint16_t type, std::string_view payload) {
  constexpr std::size_t kHeader = 4;
  const auto length = static_cast<std::uint16_t>(kHeader + payload.size());
  char header[kHeader];
  std::memcpy(header, &length, sizeof length);
  std::memcpy(header + sizeof length, &type, sizeof type);
  bytes.append(header, sizeof header).append(payload);
  bytes.resize((bytes.size() + 3) & ~std::size_t{3});
}

/// What is left of an expression's data: of meta and limit all, which is numbers, of log its group.
std::string kept_data(std::string_view name, std::string_view data) {
  if (name == "meta" || name == "limit") return std::string{data};
  std::string kept;
  if (name == "log")
    for_each_attribute(data, [&](std::uint16_t type, std::string_view payload) {
      if (type == kLogGroup) append(kept, type, payload);
    });
  return kept;
}

std::string outline_of_one(std::string_view expression) {
  std::string_view name;
  std::string_view data;
  for_each_attribute(expression, [&](std::uint16_t type, std::string_view payload) {
    if (type == kName) name = payload;
    if (type == kData) data = payload;
  });
  std::string outline;
  append(outline, kName, name);
  if (const std::string kept = kept_data(name.substr(0, name.find('\0')), data); !kept.empty())
    append(outline, kData | kNested, kept);
  append(outline, kMark, {});
  return outline;
}

}  // namespace

std::string outline_of(std::string_view expressions) {
  std::string outline;
  for_each_attribute(expressions, [&](std::uint16_t type, std::string_view expression) {
    if (type == kListElement) append(outline, kListElement | kNested, outline_of_one(expression));
  });
  return outline;
}

bool is_outline(std::string_view expressions) {
  bool marked = false;
  for_each_attribute(expressions, [&](std::uint16_t element, std::string_view expression) {
    if (element != kListElement) return;
    for_each_attribute(expression, [&](std::uint16_t type, std::string_view /*payload*/) {
      marked = marked || type == kMark;
    });
  });
  return marked;
}

}  // namespace iptmode
