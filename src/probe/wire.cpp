// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/wire.h"

#include <array>
#include <cstring>

namespace iptmode::probe {

void WireWriter::number(std::uint64_t value) {
  std::array<char, sizeof value> raw{};
  std::memcpy(raw.data(), &value, sizeof value);
  bytes_.append(raw.data(), raw.size());
}

void WireWriter::text(std::string_view bytes) {
  number(bytes.size());
  bytes_ += bytes;
}

std::uint64_t WireReader::number(std::uint64_t limit) {
  std::uint64_t value = 0;
  ok_ = ok_ && rest_.size() >= sizeof value;
  if (!ok_) return 0;
  std::memcpy(&value, rest_.data(), sizeof value);
  rest_.remove_prefix(sizeof value);
  ok_ = value <= limit;
  return ok_ ? value : 0;
}

std::string WireReader::text(std::size_t max_bytes) {
  const std::size_t size = number(max_bytes);
  ok_ = ok_ && rest_.size() >= size;
  if (!ok_) return {};
  std::string bytes{rest_.substr(0, size)};
  rest_.remove_prefix(size);
  return bytes;
}

}  // namespace iptmode::probe
