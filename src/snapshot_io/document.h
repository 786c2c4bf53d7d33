// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string_view>
#include <vector>

#include "iptmode/result.h"
#include "snapshot_io/json_value.h"

namespace iptmode::snapshot_io {

/// A JSON object with a schema that this program reads. Its strings lie in a copy of the text.
class Document {
 public:
  /// The text may be anything; it is bounded in size, depth and memory. Errors are one line.
  [[nodiscard]] static Result<Document> parse(std::string_view text);

  /// Borrowed from the document.
  [[nodiscard]] const JsonValue& root() const { return json_; }

 private:
  Document() = default;

  std::vector<char> text_ = {};
  JsonDocument json_ = {};
};

}  // namespace iptmode::snapshot_io
