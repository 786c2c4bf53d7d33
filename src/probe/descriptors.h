// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <span>

namespace iptmode::probe {

/// Closes every descriptor of this process but the given ones, which it sorts. Returns 0, or -1
/// with errno.
[[nodiscard]] int close_all_but(std::span<int> kept) noexcept;

}  // namespace iptmode::probe
