// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <cctype>

#include "drift/parts.h"

namespace iptmode {

namespace {

// "k0s (/var/lib/k0s/bin)" was kept as "k#s (/var/lib/k#s/bin)".
std::string without_numbers(std::string_view text) {
  std::string result;
  for (const char byte : text) {
    const bool digit = std::isdigit(static_cast<unsigned char>(byte)) != 0;
    if (!digit)
      result += byte;
    else if (!result.ends_with('#'))
      result += '#';
  }
  return result;
}

// The id of the check, which is the first word, has its numbers in either form.
std::string masked_aspect(const std::string& aspect) {
  const std::size_t id = std::min(aspect.find(' '), aspect.size());
  return aspect.substr(0, id) + without_numbers(std::string_view{aspect}.substr(id));
}

}  // namespace

std::vector<StableFact> in_form_of(const Baseline& baseline, std::vector<StableFact> facts) {
  if (!baseline.masks_numbers) return facts;
  for (StableFact& fact : facts)
    if (fact.subject == drift::kFinding) fact.aspect = masked_aspect(fact.aspect);
  std::ranges::sort(facts);
  facts.erase(std::unique(facts.begin(), facts.end()), facts.end());
  return facts;
}

}  // namespace iptmode
