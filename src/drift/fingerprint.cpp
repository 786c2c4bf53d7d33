// SPDX-License-Identifier: GPL-2.0-or-later
#include <sha2.h>

#include <array>

#include <fmt/format.h>

#include "iptmode/drift.h"

namespace iptmode {

std::string fingerprint(const std::vector<StableFact>& facts) {
  // The parts are escaped: none of them holds a tab or a line feed.
  std::string text;
  for (const StableFact& fact : facts)
    text += fmt::format("{}\t{}\t{}\n", fact.subject, fact.aspect, fact.value);
  const std::basic_string<std::uint8_t> bytes(text.begin(), text.end());
  std::array<char, SHA256_DIGEST_STRING_LENGTH> hex{};
  SHA256Data(bytes.data(), bytes.size(), hex.data());
  return hex.data();
}

}  // namespace iptmode
