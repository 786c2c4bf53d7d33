// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <linux/netlink.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace iptmode::kernel {

/// One netlink attribute; the payload points into the message.
struct Attribute {
  std::uint16_t type = 0;  ///< without the nesting and byte order flags
  std::string_view payload = {};
};

/// The attributes in a run of bytes (a message's tail, or a nested attribute's payload), for
/// range-for. Stops at the first that does not fit: never reads outside the bytes.
class Attributes {
 public:
  explicit Attributes(std::string_view bytes) noexcept : bytes_{bytes} {}

  class Iterator {
   public:
    explicit Iterator(std::string_view rest) noexcept : rest_{rest} { load(); }
    const Attribute& operator*() const noexcept { return current_; }
    Iterator& operator++() noexcept {
      rest_.remove_prefix(step_);
      load();
      return *this;
    }
    /// Only against the end.
    bool operator==(const Iterator& /*end*/) const noexcept { return step_ == 0; }

   private:
    void load() noexcept {
      step_ = 0;
      nlattr header = {};
      if (rest_.size() < sizeof header) return;
      std::memcpy(&header, rest_.data(), sizeof header);
      if (header.nla_len < sizeof header || header.nla_len > rest_.size()) return;
      current_ = {.type = static_cast<std::uint16_t>(header.nla_type & NLA_TYPE_MASK),
                  .payload = rest_.substr(sizeof header, header.nla_len - sizeof header)};
      constexpr std::size_t kRest = NLA_ALIGNTO - 1;
      const std::size_t aligned = (header.nla_len + kRest) & ~kRest;
      step_ = aligned < rest_.size() ? aligned : rest_.size();
    }

    std::string_view rest_;
    Attribute current_ = {};
    std::size_t step_ = 0;  ///< 0 at the end
  };

  [[nodiscard]] Iterator begin() const noexcept { return Iterator{bytes_}; }
  [[nodiscard]] static Iterator end() noexcept { return Iterator{{}}; }

 private:
  std::string_view bytes_;
};

/// A 32-bit number in network byte order, as nf_tables sends them; 0 if there are fewer bytes.
inline std::uint32_t be32(std::string_view payload) noexcept {
  std::uint32_t value = 0;
  if (payload.size() < sizeof value) return 0;
  std::memcpy(&value, payload.data(), sizeof value);
  return std::endian::native == std::endian::little ? __builtin_bswap32(value) : value;
}

/// A string that may end in NUL before the payload does.
inline std::string_view text_of(std::string_view payload) noexcept {
  return payload.substr(0, payload.find('\0'));
}

}  // namespace iptmode::kernel
