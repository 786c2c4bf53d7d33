// SPDX-License-Identifier: GPL-2.0-or-later
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "iptmode/identify.h"

// Any bytes have a form, and a version that is read is one that can be written.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace iptmode;
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  const FileIdentity file = identify_file(bytes);
  if (to_string(file.form) == "invalid") std::abort();

  const auto line = parse_version_line(bytes);
  if (!line) return 0;
  if (!line->backend || !line->version) std::abort();
  if (bytes.find(to_string(*line->version)) == std::string_view::npos &&
      bytes.find('0') == std::string_view::npos)  // "1.08.9" reads as 1.8.9
    std::abort();
  return 0;
}
