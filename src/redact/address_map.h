// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace iptmode::redact {

/// A bijection of addresses that keeps common prefixes (J. Xu et al., "Prefix-Preserving IP Address
/// Anonymization", 2002): each bit is turned over or not as a keyed hash of the bits before it
/// says. Addresses that mean the same on every machine stay, and others keep out of their blocks.
class AddressMap {
 public:
  explicit AddressMap(std::string key) : key_{std::move(key)} {}

  /// `address` has 4 or 16 bytes, and so has the result.
  [[nodiscard]] std::string operator()(const std::string& address);
  /// The same for a network: what stands behind the prefix stays zero where it was.
  [[nodiscard]] std::string network(const std::string& address, std::size_t prefix_bits);

 private:
  [[nodiscard]] const std::string& turned_bits(std::string_view prefix, bool ipv6);

  std::string key_;
  std::map<std::string, std::string, std::less<>> hashes_ = {};  ///< by family and bytes before
};

/// `address` with all bits behind the prefix zero.
[[nodiscard]] std::string network_part(std::string address, std::size_t prefix_bits);

}  // namespace iptmode::redact
