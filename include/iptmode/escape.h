// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace iptmode {

/// Foreign bytes (a comm, a chain name, a link target) made safe for a terminal, a log line and a
/// JSON string: control bytes, DEL, C1 controls, bidirectional overrides and bytes that are not
/// UTF-8 become \xNN; a backslash becomes \\. Printable UTF-8 stays.
[[nodiscard]] std::string escape(std::string_view bytes);

/// As escape(), for a text of many lines that is there to be read: line ends, tabs and backslashes
/// stay as they are. Nothing makes the bytes of it again.
[[nodiscard]] std::string escape_text(std::string_view bytes);

/// The bytes that escape() made `text` of. Nothing if a backslash starts neither \xNN nor \\.
[[nodiscard]] std::optional<std::string> unescape(std::string_view text);

/// As escape(), but the result is printable ASCII without quotes and backslashes: an apostrophe or
/// a backtick is left out, since "kubelets hint" and a bare command read better, and the rest
/// becomes '?'. For one-line messages that other programs match with regular expressions.
[[nodiscard]] std::string to_plain_ascii(std::string_view bytes);

/// The first `max_bytes` of `text`, ending in "..." when it was cut, never inside a UTF-8 sequence.
[[nodiscard]] std::string shorten(std::string_view text, std::size_t max_bytes);

}  // namespace iptmode
