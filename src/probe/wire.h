// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace iptmode::probe {

/// Builds a flat message: numbers of eight bytes, texts with their length before them. Text may
/// hold any byte, which JSON could not carry; and a flat message cannot exhaust the stack of who
/// reads it, which a nested one can. Both ends are one program on one machine.
class WireWriter {
 public:
  void number(std::uint64_t value);
  void text(std::string_view bytes);
  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_ = {};
};

/// Takes such a message apart. After the first thing that is not as it should be, everything is 0
/// or empty and ok() is false: check once, at the end.
class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : rest_{bytes} {}
  /// At most `limit`.
  std::uint64_t number(std::uint64_t limit = UINT64_MAX);
  /// At most `max_bytes` long.
  std::string text(std::size_t max_bytes);
  /// Nothing was wrong, and nothing is left.
  [[nodiscard]] bool complete() const { return ok_ && rest_.empty(); }
  [[nodiscard]] bool ok() const { return ok_; }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace iptmode::probe
