// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/path_sets.h"

#include <charconv>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <netinet/in.h>

#include "kernel/ip_set_members.h"
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

/// The sets that the path's rules name, each asked about once.
class Sets {
 public:
  explicit Sets(std::vector<AddressSet>& known) : known_{known} {}

  /// Empty where it is not told.
  const std::string& name_of(std::uint16_t number) {
    const auto [entry, is_new] = names_.try_emplace(number);
    if (!is_new) return entry->second;
    if (const auto set = read_ip_set(number)) {
      entry->second = set->name;
      take_members(*set);
    }
    return entry->second;
  }

 private:
  void take_members(const IpSet& set) {
    const bool has_family = set.family == AF_INET || set.family == AF_INET6;
    if (!has_family || !is_of_addresses(set)) return;
    if (auto members = read_members(set))
      known_.push_back({.name = set.name,
                        .family = set.family == AF_INET ? IpFamily::ipv4 : IpFamily::ipv6,
                        .members = std::move(*members)});
  }

  std::vector<AddressSet>& known_;
  std::map<std::uint16_t, std::string> names_ = {};
};

void name_sets_of(Rule& rule, Sets& sets) {
  for (Condition& condition : rule.conditions) {
    if (condition.field != Field::extension || condition.name != "set") continue;
    const auto number = number_in(condition.arguments);
    if (!number) continue;
    const std::string& name = sets.name_of(*number);
    if (name.empty()) continue;
    const std::size_t behind = condition.arguments.find(' ', kNumbered.size());
    condition.arguments = "--match-set " + name +
                          (behind == std::string::npos ? "" : condition.arguments.substr(behind));
  }
}

}  // namespace

void describe_ip_sets(PacketPath& path) {
  Sets sets{path.address_sets};
  for (PathTable& table : path.tables)
    for (PathChain& chain : table.chains)
      for (PlacedRule& placed : chain.rules) name_sets_of(placed.rule, sets);
}

}  // namespace iptmode::kernel
