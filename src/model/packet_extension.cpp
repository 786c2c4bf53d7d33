// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/packet_extension.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "model/packet_values.h"

namespace iptmode::packet {
namespace {

bool has_word(std::string_view list, std::string_view word) {
  for (;;) {
    const std::size_t comma = list.find(',');
    if (list.substr(0, comma) == word) return true;
    if (comma == std::string_view::npos) return false;
    list.remove_prefix(comma + 1);
  }
}

/// "--ctstate RELATED,ESTABLISHED,DNAT": a mixture of states and translations.
Truth mixed_states(const Sight& sight, std::string_view arguments) {
  constexpr std::string_view kNot = "! ";
  constexpr std::string_view kOption = "--ctstate ";
  const bool negated = arguments.starts_with(kNot);
  if (negated) arguments.remove_prefix(kNot.size());
  if (!arguments.starts_with(kOption)) return Truth::maybe;
  arguments.remove_prefix(kOption.size());
  constexpr std::array kWords{std::pair{kInvalid, "INVALID"}, std::pair{kNew, "NEW"},
                              std::pair{kUntracked, "UNTRACKED"}};
  bool some = false;
  bool all = true;
  for (const std::uint32_t bit : sight.states) {
    const bool fits = std::any_of(kWords.begin(), kWords.end(), [&](const auto& word) {
      return word.first == bit && has_word(arguments, word.second);
    });
    some = some || fits;
    all = all && fits;
  }
  Truth truth = of_all(some, all);
  if (has_word(arguments, "DNAT")) truth = std::max(truth, sight.destination_new);
  if (has_word(arguments, "SNAT") && sight.source_hidden) truth = Truth::yes;
  return negated ? inverse(truth) : truth;
}

/// The question says that the packet comes in where its answer would go out.
Truth reverse_path(const Condition& condition) {
  return condition.arguments.find("--invert") == std::string::npos ? Truth::yes : Truth::no;
}

/// "--match-set peers src": of sets with one dimension, whose members are known.
Truth set_membership(const Sight& sight, std::string_view arguments) {
  constexpr std::string_view kOption = "--match-set ";
  if (sight.address_sets == nullptr || !arguments.starts_with(kOption)) return Truth::maybe;
  arguments.remove_prefix(kOption.size());
  const Packet& packet = *sight.packet;
  const auto set = std::find_if(
      sight.address_sets->begin(), sight.address_sets->end(), [&](const AddressSet& known) {
        return known.family == packet.family && arguments.starts_with(known.name + ' ');
      });
  if (set == sight.address_sets->end()) return Truth::maybe;
  const std::string_view direction = arguments.substr(set->name.size() + 1);
  if (direction == "dst") return inside_of(set->members, packet.destination);
  return direction == "src" && !sight.source_hidden ? inside_of(set->members, packet.source)
                                                    : Truth::maybe;
}

}  // namespace

Truth extension(const Sight& sight, const Condition& condition) {
  if (condition.name == "set") return set_membership(sight, condition.arguments);
  if (!condition.decoded) return Truth::maybe;
  if (condition.name == "conntrack") return mixed_states(sight, condition.arguments);
  if (condition.name == "rpfilter") return reverse_path(condition);
  return Truth::maybe;
}

}  // namespace iptmode::packet
