// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <optional>
#include <utility>

#include "iptmode/address.h"
#include "iptmode/intervals.h"
#include "iptmode/rule.h"

namespace iptmode {
namespace {

constexpr unsigned kByteBits = 8;

bool is_address(Field field) {
  return field == Field::source || field == Field::destination;
}

bool has_values(Field field) {
  return field != Field::fragment && field != Field::extension;
}

bool is_interface(Field field) {
  return field == Field::in_interface || field == Field::out_interface;
}

bool all_of(const std::string& bytes, char wanted) {
  return std::all_of(bytes.begin(), bytes.end(), [&](char byte) { return byte == wanted; });
}

/// The number of leading ones, when only zeros follow.
std::optional<unsigned> prefix_of_mask(const std::string& mask) {
  unsigned prefix = 0;
  while (prefix < mask.size() * kByteBits && (static_cast<unsigned char>(mask[prefix / kByteBits]) &
                                              (0x80U >> prefix % kByteBits)) != 0)
    ++prefix;
  const AddressRange ones = network_of(std::string(mask.size(), '\xff'), prefix);
  return ones.low == mask ? std::optional{prefix} : std::nullopt;
}

/// A masked network becomes an interval, a mask of ones disappears.
void simplify_mask(Condition& condition) {
  if (condition.mask.empty()) return;
  if (all_of(condition.mask, '\xff')) {
    condition.mask.clear();
    return;
  }
  const bool plain = std::all_of(condition.any_of.begin(), condition.any_of.end(),
                                 [](const Interval& values) { return values.low == values.high; });
  const auto prefix = prefix_of_mask(condition.mask);
  if (!is_address(condition.field) || !plain || !prefix) return;
  for (Interval& values : condition.any_of) {
    AddressRange range = network_of(values.low, *prefix);
    if (range.low != values.low) {  // bits that the mask has taken away: never met
      condition.any_of.clear();
      break;
    }
    values = {.low = std::move(range.low), .high = std::move(range.high)};
  }
  condition.mask.clear();
}

/// Exactly one state bit is set in every packet: "one of these" is "one of these bits is set".
void simplify_states(Condition& condition) {
  if (condition.field != Field::conntrack_state || !condition.mask.empty()) return;
  if (condition.any_of.empty()) return;
  std::string bits(condition.any_of.front().low.size(), '\0');
  for (const Interval& values : condition.any_of) {
    if (values.low != values.high || values.low.size() != bits.size()) return;
    for (std::size_t i = 0; i < bits.size(); ++i)
      bits[i] = static_cast<char>(bits[i] | values.low[i]);
  }
  condition.any_of = {
      {.low = std::string(bits.size(), '\0'), .high = std::string(bits.size(), '\0')}};
  condition.mask = std::move(bits);
  condition.negated = !condition.negated;
}

/// Names that follow each other do not touch.
void merge_values(Condition& condition) {
  auto& values = condition.any_of;
  if (!is_interface(condition.field)) {
    values = in_normal_form(std::move(values));
    return;
  }
  std::sort(values.begin(), values.end(), [](const Interval& a, const Interval& b) {
    return std::pair{std::string_view{a.low}, std::string_view{a.high}} <
           std::pair{std::string_view{b.low}, std::string_view{b.high}};
  });
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

bool covers_all(const Condition& condition) {
  if (condition.any_of.size() != 1) return false;
  const Interval& values = condition.any_of.front();
  if (is_interface(condition.field)) return condition.prefix && values.low.empty();
  return condition.mask.empty() && all_of(values.low, '\0') && all_of(values.high, '\xff');
}

bool is_plain(const Condition& condition) {
  return has_values(condition.field) && !is_interface(condition.field) && !condition.negated &&
         condition.mask.empty();
}

std::vector<Interval> common(const std::vector<Interval>& a, const std::vector<Interval>& b) {
  std::vector<Interval> both;
  for (const Interval& x : a)
    for (const Interval& y : b) {
      Interval values{.low = std::max(x.low, y.low), .high = std::min(x.high, y.high)};
      if (values.low <= values.high) both.push_back(std::move(values));
    }
  return both;
}

}  // namespace

std::string big_endian(std::uint64_t number, std::size_t bytes) {
  std::string text(bytes, '\0');
  for (std::size_t i = bytes; i-- > 0; number >>= kByteBits)
    text[i] = static_cast<char>(number & 0xffU);
  return text;
}

void demand(Rule& rule, Condition condition) {
  if (has_values(condition.field)) {
    simplify_mask(condition);
    simplify_states(condition);
    merge_values(condition);
    if (covers_all(condition)) {
      if (!condition.negated) return;
      condition.any_of.clear();  // never met
      condition.negated = false;
      condition.prefix = false;
    }
  }
  const auto same =
      std::find_if(rule.conditions.begin(), rule.conditions.end(), [&](const Condition& known) {
        return known.field == condition.field && is_plain(known) && is_plain(condition);
      });
  if (same == rule.conditions.end()) {
    rule.conditions.push_back(std::move(condition));
  } else {
    same->any_of = common(same->any_of, condition.any_of);
  }
}

}  // namespace iptmode
