// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "iptmode/installation.h"
#include "iptmode/result.h"

namespace iptmode {

/// What the bytes of a file say about it. Pure: the caller read the file.
struct FileIdentity {
  ProgramForm form = ProgramForm::standalone;
  Identity identity = {};
  std::string nft_version =
      {};  ///< of nft and libnftables, "1.0.6" or "1.0.6.1"; empty for everything else
  bool operator==(const FileIdentity&) const = default;
};

/// Tells a multi-call ELF file of iptables from wrappers, scripts and other programs, and reads its
/// backend and release from its strings. From 1.8.8 on the file holds "1.8.9 (nf_tables)" as one
/// string; up to 1.8.7 the number and the format "%s v%s (nf_tables)" stand apart (measured on
/// Debian's builds of 1.8.7, 1.8.9, 1.8.11, 1.8.13). A number that is ambiguous is left out.
/// nft keeps its release beside its own name, libnftables as the one text of that form (Debian's
/// builds of 0.9.8, 1.0.6, 1.1.3, 1.1.7).
[[nodiscard]] FileIdentity identify_file(std::string_view bytes);

/// The first line of `iptables -V`: "iptables v1.8.9 (nf_tables)". Before 1.8 there was no suffix:
/// that is legacy. Anything else, and any line longer than 200 bytes, is a parse_error.
[[nodiscard]] Result<Identity> parse_version_line(std::string_view output);

}  // namespace iptmode
