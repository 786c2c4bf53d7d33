// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string_view>

#include <nlohmann/json.hpp>

#include "iptmode/result.h"

namespace iptmode::snapshot_io {

/// Not ordered_json: that looks a key up by going through all of them, and a hostile file can have
/// a million.
using json = nlohmann::json;

/// A JSON object with a schema that this program reads. The text may be anything; it is bounded in
/// size and depth before it is parsed. Errors are one line.
[[nodiscard]] Result<json> parse_document(std::string_view text);

}  // namespace iptmode::snapshot_io
