// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "iptmode/backend.h"

namespace iptmode {

/// The bytes of an address as a packet carries them: 4 for "10.0.0.1", 16 for "fd00::1". Nothing
/// for anything else.
[[nodiscard]] std::optional<std::string> parse_address(std::string_view text);

/// "10.0.0.1", "fd00::1" (RFC 5952); an empty text unless there are 4 or 16 bytes.
[[nodiscard]] std::string address_text(std::string_view bytes);

/// The addresses of one network, both ends included.
struct AddressRange {
  std::string low = {};
  std::string high = {};
  bool operator==(const AddressRange&) const = default;
  /// Of equal length and between the ends.
  [[nodiscard]] bool contains(std::string_view bytes) const;
};

/// "10.244.0.0/16", "fd00::/64", or one address. Bits behind the prefix count as 0.
[[nodiscard]] std::optional<AddressRange> parse_network(std::string_view text);

/// The network of the first `prefix` bits of `bytes` (at most all of them).
[[nodiscard]] AddressRange network_of(std::string_view bytes, unsigned prefix);

}  // namespace iptmode
