// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "iptmode/installation.h"

namespace iptmode::report {

/// The five kinds of the report contract; the exact form is reported beside them.
[[nodiscard]] std::string_view kind_of(ProgramForm form) noexcept;

/// "legacy", "nf_tables", "unresolved" for a wrapper that has not chosen yet, "unknown". A null
/// `program` is one that does not exist.
[[nodiscard]] std::string_view backend_word(const Program* program) noexcept;

/// Which observations told the backend: "file", "run", "both", "none".
[[nodiscard]] std::string_view identified_by(const Program* program) noexcept;

/// "1.8.9", or `otherwise` where it could not be told.
[[nodiscard]] std::string version_word(const Program* program, std::string_view otherwise);

[[nodiscard]] ProgramForm form_of(const Program* program) noexcept;

/// For a terminal: as backend_word(), but says why where there is none: "missing", "unreadable".
[[nodiscard]] std::string_view state_word(const Program* program) noexcept;

}  // namespace iptmode::report
