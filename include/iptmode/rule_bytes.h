// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

// RuleShape::expressions: netlink attributes as the kernel dumped them (struct nlattr of
// linux/netlink.h: length and type in the machine's own order, padded to four bytes). Any bytes
// will do.
namespace iptmode {

/// Calls `visit(type, payload)` for each attribute; stops at the first that does not fit.
template <class Visit>
void for_each_attribute(std::string_view bytes, Visit visit) {
  constexpr std::size_t kHeader = 4;
  while (bytes.size() >= kHeader) {
    std::uint16_t length = 0;
    std::uint16_t type = 0;
    std::memcpy(&length, bytes.data(), sizeof length);
    std::memcpy(&type, bytes.data() + sizeof length, sizeof type);
    if (length < kHeader || length > bytes.size()) return;
    visit(static_cast<std::uint16_t>(type & 0x3fffU), bytes.substr(kHeader, length - kHeader));
    bytes.remove_prefix(std::min<std::size_t>((length + 3U) & ~std::size_t{3}, bytes.size()));
  }
}

/// The expressions without what they compare with, set or print: their names, and of those that
/// have no address or text the numbers that say what they are. Enough to judge what a reader makes
/// of them, not to load them.
[[nodiscard]] std::string outline_of(std::string_view expressions);

/// Whether expressions are such an outline.
[[nodiscard]] bool is_outline(std::string_view expressions);

}  // namespace iptmode
