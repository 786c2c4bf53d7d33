// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "probe/place_reader.h"

namespace iptmode::probe {

/// More does not leave a reader; what it may find is limited so that less does.
inline constexpr std::size_t kMaxAnswer = std::size_t{512} << 10U;

/// What a reader sends to its parent.
[[nodiscard]] std::string encode_answer(const PlaceContents& contents);

/// The parent's side. Whatever the bytes are, the result is an Error or contents in which every
/// number is in its range, every path absolute and every name one that was asked for.
[[nodiscard]] Result<PlaceContents> decode_answer(std::string_view bytes,
                                                  const ReadRequest& request);

}  // namespace iptmode::probe
