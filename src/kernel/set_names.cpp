// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/set_names.h"

#include <charconv>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "kernel/xt_objects.h"

namespace iptmode::kernel {
namespace {

constexpr std::string_view kNumbered = "--match-set #";

/// The set's number in "--match-set #3 src".
std::optional<std::uint16_t> number_in(std::string_view arguments) {
  if (!arguments.starts_with(kNumbered)) return std::nullopt;
  arguments.remove_prefix(kNumbered.size());
  std::uint16_t number = 0;
  const auto [end, error] =
      std::from_chars(arguments.data(), arguments.data() + arguments.size(), number);
  if (error != std::errc{}) return std::nullopt;
  return number;
}

class Names {
 public:
  /// Empty where it is not told.
  const std::string& of(std::uint16_t number) {
    const auto [entry, is_new] = names_.try_emplace(number);
    if (!is_new) return entry->second;
    if (const auto set = read_ip_set(number)) entry->second = set->name;
    return entry->second;
  }

 private:
  std::map<std::uint16_t, std::string> names_ = {};
};

void name_sets_of(Rule& rule, Names& names) {
  for (Condition& condition : rule.conditions) {
    if (condition.field != Field::extension || condition.name != "set") continue;
    const auto number = number_in(condition.arguments);
    if (!number) continue;
    const std::string& name = names.of(*number);
    if (name.empty()) continue;
    const std::size_t behind = condition.arguments.find(' ', kNumbered.size());
    condition.arguments = "--match-set " + name +
                          (behind == std::string::npos ? "" : condition.arguments.substr(behind));
  }
}

}  // namespace

void name_ip_sets(std::vector<PathTable>& tables) {
  Names names;
  for (PathTable& table : tables)
    for (PathChain& chain : table.chains)
      for (PlacedRule& placed : chain.rules) name_sets_of(placed.rule, names);
}

}  // namespace iptmode::kernel
