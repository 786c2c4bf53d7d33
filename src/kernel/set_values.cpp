// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/set_values.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <tuple>

#include "iptmode/intervals.h"

namespace iptmode::kernel {
namespace {

std::vector<const SetElement*> sorted(const SetContent& set) {
  std::vector<const SetElement*> elements;
  for (const SetElement& element : set.elements)
    if (!element.catch_all) elements.push_back(&element);
  std::sort(elements.begin(), elements.end(), [](const SetElement* a, const SetElement* b) {
    return std::tuple<std::string_view, bool>(a->key, !a->interval_end) <
           std::tuple<std::string_view, bool>(b->key, !b->interval_end);
  });
  return elements;
}

}  // namespace

std::vector<SetValues> values_of(const SetContent& set) {
  std::vector<SetValues> all;
  bool open = false;
  for (const SetElement* element : sorted(set)) {
    if (open) all.back().values.high = previous_value(element->key).value_or(element->key);
    open = set.interval && element->key_end.empty() && !element->interval_end;
    if (element->interval_end) continue;
    const bool one = !open && element->key_end.empty();
    all.push_back({.values = {.low = element->key,
                              .high = one    ? element->key
                                      : open ? std::string(element->key.size(), '\xff')
                                             : element->key_end},
                   .verdict = element->verdict});
  }
  return all;
}

}  // namespace iptmode::kernel
