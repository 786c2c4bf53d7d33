// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "iptmode/result.h"

namespace iptmode::kernel {

/// Unpacks one gzip member. Fails with errc::file_too_large beyond `max_bytes` and with
/// errc::bad_message when it is damaged or ends early.
[[nodiscard]] Result<std::string> gunzip(std::string_view packed, std::size_t max_bytes);

}  // namespace iptmode::kernel
