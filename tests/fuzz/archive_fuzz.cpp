// SPDX-License-Identifier: GPL-2.0-or-later
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "archive/unpack.h"

// Whatever the archive is: a member within its limit, or an error of one line.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace iptmode;
  constexpr archive::UnpackLimits kLimits{
      .member_bytes = 1U << 16U, .total_bytes = 1U << 20U, .members = 64};
  const auto member =
      archive::unpack_member({reinterpret_cast<const char*>(data), size}, "snapshot.json", kLimits);
  if (member && member->size() > kLimits.member_bytes) std::abort();
  if (!member && to_string(member.error()).find('\n') != std::string::npos) std::abort();
  return 0;
}
