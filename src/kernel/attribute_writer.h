// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <linux/netlink.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace iptmode::kernel {

/// Builds a run of netlink attributes.
class AttributeWriter {
 public:
  AttributeWriter& bytes(std::uint16_t type, std::string_view payload) {
    const auto length = static_cast<std::uint16_t>(sizeof(nlattr) + payload.size());
    append(length);
    append(type);
    bytes_.append(payload);
    while (bytes_.size() % NLA_ALIGNTO != 0) bytes_.push_back('\0');
    return *this;
  }
  /// With the NUL that the kernel expects.
  AttributeWriter& text(std::uint16_t type, std::string_view text) {
    return bytes(type, std::string{text} + '\0');
  }
  AttributeWriter& nested(std::uint16_t type, std::string_view attributes) {
    return bytes(static_cast<std::uint16_t>(type | NLA_F_NESTED), attributes);
  }
  /// In network byte order.
  AttributeWriter& number(std::uint16_t type, std::uint32_t value) {
    if (std::endian::native == std::endian::little) value = __builtin_bswap32(value);
    return bytes(type, {reinterpret_cast<const char*>(&value), sizeof value});  // NOLINT: its bytes
  }
  [[nodiscard]] const std::string& result() const noexcept { return bytes_; }

 private:
  void append(std::uint16_t value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);  // NOLINT: its bytes
  }
  std::string bytes_ = {};
};

}  // namespace iptmode::kernel
