// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/packet_values.h"

#include <algorithm>
#include <cstddef>

namespace iptmode::packet {
namespace {

std::string masked(std::string value, const std::string& mask) {
  if (mask.size() == value.size())
    for (std::size_t i = 0; i < value.size(); ++i) value[i] = static_cast<char>(value[i] & mask[i]);
  return value;
}

bool holds(const Condition& condition, const std::string& value) {
  return std::any_of(condition.any_of.begin(), condition.any_of.end(), [&](const Interval& any) {
    return any.low.size() == value.size() && any.low <= value && value <= any.high;
  });
}

bool overlap(const Interval& a, const Interval& b) {
  return a.low.size() == b.low.size() && a.low <= b.high && b.low <= a.high;
}

}  // namespace

Truth of_all(bool some, bool all) {
  return all ? Truth::yes : some ? Truth::maybe : Truth::no;
}

Truth one_value(const Condition& condition, const std::string& value) {
  return holds(condition, masked(value, condition.mask)) ? Truth::yes : Truth::no;
}

Truth inside_of(const std::vector<Interval>& any_of, const std::vector<Interval>& values) {
  if (any_of.empty()) return Truth::no;
  if (values.empty()) return Truth::maybe;
  bool some = false;
  bool all = true;
  for (const Interval& value : values) {
    bool inside = false;
    for (const Interval& any : any_of) {
      some = some || overlap(value, any);
      inside = inside || (overlap(value, any) && any.low <= value.low && value.high <= any.high);
    }
    all = all && inside;
  }
  return of_all(some, all);
}

Truth any_value(const Condition& condition, const std::vector<Interval>& values) {
  const bool single = values.size() == 1 && values.front().low == values.front().high;
  if (single) return one_value(condition, values.front().low);
  if (!condition.mask.empty() && !condition.any_of.empty()) return Truth::maybe;
  return inside_of(condition.any_of, values);
}

}  // namespace iptmode::packet
