// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace iptmode::report {

/// SHA-256 (FIPS 180-4) as 64 hex digits. A container chooses some of the text that is hashed, so
/// a checksum that can be forged would let it hide a change.
[[nodiscard]] std::string sha256_hex(std::string_view text);

}  // namespace iptmode::report
