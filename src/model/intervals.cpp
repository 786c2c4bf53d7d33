// SPDX-License-Identifier: GPL-2.0-or-later
#include "iptmode/intervals.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace iptmode {

std::optional<std::string> next_value(std::string bytes) {
  for (std::size_t i = bytes.size(); i-- > 0;) {
    bytes[i] = static_cast<char>(static_cast<unsigned char>(bytes[i]) + 1U);
    if (bytes[i] != '\0') return bytes;
  }
  return std::nullopt;
}

std::optional<std::string> previous_value(std::string bytes) {
  for (std::size_t i = bytes.size(); i-- > 0;) {
    bytes[i] = static_cast<char>(static_cast<unsigned char>(bytes[i]) - 1U);
    if (bytes[i] != '\xff') return bytes;
  }
  return std::nullopt;
}

std::vector<Interval> in_normal_form(std::vector<Interval> intervals) {
  std::sort(intervals.begin(), intervals.end(), [](const Interval& a, const Interval& b) {
    return std::pair{std::string_view{a.low}, std::string_view{a.high}} <
           std::pair{std::string_view{b.low}, std::string_view{b.high}};
  });
  std::vector<Interval> joined;
  for (Interval& interval : intervals) {
    const bool alike = !joined.empty() && joined.back().high.size() == interval.low.size();
    const auto behind = alike ? next_value(joined.back().high) : std::nullopt;
    if (alike && (!behind || interval.low <= *behind))
      joined.back().high = std::max(joined.back().high, interval.high);
    else
      joined.push_back(std::move(interval));
  }
  return joined;
}

}  // namespace iptmode
