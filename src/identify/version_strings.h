// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "iptmode/installation.h"

namespace iptmode::identify {

/// Whether `text` occurs in `bytes`.
[[nodiscard]] bool holds(std::string_view bytes, std::string_view text);

/// Backend and release from the strings in an ELF file of iptables, without looking at its
/// structure: the bytes are another's, and offsets in them could point anywhere. Parts that the
/// file leaves open or contradicts are absent.
[[nodiscard]] Identity identity_from_strings(std::string_view bytes);

/// The same for a multi-call file without a suffix in its version: a release before 1.8.
[[nodiscard]] Identity identity_before_1_8(std::string_view bytes);

/// nft's own release, as it is written: "1.0.6.1". Empty for another program.
[[nodiscard]] std::string nft_version(std::string_view bytes);

/// That of a libnftables.so, which is nft's. Empty for another file, and for a library that was
/// built without JSON.
[[nodiscard]] std::string libnftables_version(std::string_view bytes);

}  // namespace iptmode::identify
