// SPDX-License-Identifier: GPL-2.0-or-later
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "iptmode/snapshot_json.h"

// What is read is written and read again, and is the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace iptmode;
  const auto snapshot = snapshot_from_json({reinterpret_cast<const char*>(data), size});
  if (!snapshot) {
    if (to_string(snapshot.error()).find('\n') != std::string::npos) std::abort();
    return 0;
  }
  const auto again = snapshot_from_json(snapshot_to_json(*snapshot));
  if (!again || *again != *snapshot) std::abort();
  return 0;
}
