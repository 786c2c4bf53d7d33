// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

namespace iptmode::probe {

/// Why a path could not be followed or read, in words.
[[nodiscard]] std::string reason(int errnum);

/// Nothing of that name is there.
[[nodiscard]] bool is_absent(int errnum) noexcept;

/// Something is there that another user could see.
[[nodiscard]] bool is_denial(int errnum) noexcept;

/// "a directory", "a FIFO": what a file is that is no regular one, from its st_mode.
[[nodiscard]] std::string_view kind_of(mode_t mode) noexcept;

}  // namespace iptmode::probe
