// SPDX-License-Identifier: GPL-2.0-or-later
#include "rule_text/canonical.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "rule_text/option_groups.h"
#include "rule_text/values.h"

namespace iptmode::rule_text {
namespace {

unsigned byte_at(const std::string& bytes, std::size_t at) {
  return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0;
}

std::string both(const std::string& value, const std::string& mask) {
  std::string result = value;
  for (std::size_t at = 0; at < result.size(); ++at)
    result[at] = static_cast<char>(byte_at(value, at) & byte_at(mask, at));
  return result;
}

std::string either(const std::string& value, const std::string& mask) {
  std::string result = value;
  for (std::size_t at = 0; at < result.size(); ++at)
    result[at] =
        static_cast<char>(byte_at(value, at) | static_cast<unsigned char>(~byte_at(mask, at)));
  return result;
}

std::size_t bits_in(const std::string& mask) {
  std::size_t bits = 0;
  for (std::size_t at = 0; at < mask.size() * 8; ++at)
    bits += (byte_at(mask, at / 8) >> (7 - at % 8)) & 1U;
  return bits;
}

/// Ones, then zeroes.
bool is_prefix(const std::string& mask) {
  const std::size_t ones = bits_in(mask);
  for (std::size_t at = 0; at < ones; ++at)
    if (((byte_at(mask, at / 8) >> (7 - at % 8)) & 1U) == 0) return false;
  return true;
}

bool is_bytes(Field field) {
  return field != Field::in_interface && field != Field::out_interface &&
         field != Field::fragment && field != Field::extension;
}

bool lengths_fit(const Condition& condition) {
  const std::size_t size = condition.any_of.empty() ? 0 : condition.any_of.front().low.size();
  const bool same = std::ranges::all_of(condition.any_of, [&](const Interval& interval) {
    return interval.low.size() == size && interval.high.size() == size;
  });
  return same && size > 0 && size <= 16 &&
         (condition.mask.empty() || condition.mask.size() == size);
}

/// A prefix spans an interval; of other masks the bits that do not count are cleared.
void resolve_mask(Condition& condition) {
  if (condition.mask.empty()) return;
  if (is_prefix(condition.mask)) {
    for (Interval& interval : condition.any_of) {
      interval.low = both(interval.low, condition.mask);
      interval.high = either(interval.high, condition.mask);
    }
    condition.mask.clear();
    return;
  }
  for (Interval& interval : condition.any_of) {
    interval.low = both(interval.low, condition.mask);
    interval.high = both(interval.high, condition.mask);
  }
}

/// The value behind this one; nothing behind the last.
std::optional<std::string> next_of(std::string value) {
  for (std::size_t at = value.size(); at-- > 0;) {
    const auto byte = static_cast<unsigned char>(byte_at(value, at) + 1U);
    value[at] = static_cast<char>(byte);
    if (byte != 0) return value;
  }
  return std::nullopt;
}

bool touches(const Interval& before, const Interval& behind) {
  if (behind.low <= before.high) return true;
  const auto next = next_of(before.high);
  return next && *next == behind.low;
}

void merge_intervals(std::vector<Interval>& intervals) {
  std::ranges::sort(intervals, {},
                    [](const Interval& interval) { return std::tie(interval.low, interval.high); });
  std::vector<Interval> merged;
  for (Interval& interval : intervals) {
    if (!merged.empty() && touches(merged.back(), interval))
      merged.back().high = std::max(merged.back().high, interval.high);
    else
      merged.push_back(std::move(interval));
  }
  intervals = std::move(merged);
}

bool spans_all(const Condition& condition) {
  if (condition.negated || !condition.mask.empty() || condition.any_of.size() != 1) return false;
  const Interval& interval = condition.any_of.front();
  return std::ranges::all_of(interval.low, [](char byte) { return byte == '\0'; }) &&
         std::ranges::all_of(interval.high, [](char byte) { return byte == '\xff'; });
}

/// A connection has one state, so "one of these" and "a bit of these" are the same.
void states_to_bits(Condition& condition) {
  const bool listed = condition.field == Field::conntrack_state && condition.mask.empty();
  if (!listed) return;
  std::uint32_t bits = 0;
  for (const Interval& interval : condition.any_of) {
    if (interval.low != interval.high) return;
    bits |= value_of(interval.low);
  }
  const std::string zero = bytes_of(0, 4);
  condition.mask = bytes_of(bits, 4);
  condition.any_of = {{zero, zero}};
  condition.negated = !condition.negated;
}

/// "not bit 1" and "bit 0".
void turn_single_bit(Condition& condition) {
  if (!condition.negated || condition.any_of.size() != 1 || bits_in(condition.mask) != 1) return;
  Interval& only = condition.any_of.front();
  if (only.low != only.high) return;
  for (std::size_t at = 0; at < only.low.size(); ++at)
    only.low[at] = static_cast<char>(byte_at(only.low, at) ^ byte_at(condition.mask, at));
  only.high = only.low;
  condition.negated = false;
}

auto key_of(const Condition& condition) {
  return std::tie(condition.field, condition.negated, condition.prefix, condition.mask,
                  condition.name, condition.arguments);
}

bool before(const Condition& a, const Condition& b) {
  if (key_of(a) != key_of(b)) return key_of(a) < key_of(b);
  return std::ranges::lexicographical_compare(
      a.any_of, b.any_of, [](const Interval& left, const Interval& right) {
        return std::tie(left.low, left.high) < std::tie(right.low, right.high);
      });
}

}  // namespace

std::optional<Condition> canonical(Condition condition) {
  if (condition.field == Field::extension) {
    condition.arguments = canonical_options(condition.name, condition.arguments);
    return condition;
  }
  if (!is_bytes(condition.field)) {
    const bool any = condition.prefix && !condition.negated && condition.any_of.size() == 1 &&
                     condition.any_of.front().low.empty();
    return any ? std::nullopt : std::optional{std::move(condition)};
  }
  if (!lengths_fit(condition)) return condition;
  states_to_bits(condition);
  turn_single_bit(condition);
  resolve_mask(condition);
  merge_intervals(condition.any_of);
  if (spans_all(condition)) return std::nullopt;
  return condition;
}

std::vector<Condition> canonical_conditions(const Rule& rule) {
  std::vector<Condition> conditions;
  for (const Condition& condition : rule.conditions)
    if (auto one = canonical(condition)) conditions.push_back(std::move(*one));
  std::ranges::sort(conditions, before);
  return conditions;
}

}  // namespace iptmode::rule_text
