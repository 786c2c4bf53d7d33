// SPDX-License-Identifier: GPL-2.0-or-later
#include "snapshot_io/document.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "iptmode/escape.h"
#include "iptmode/snapshot_json.h"

namespace iptmode::snapshot_io {
namespace {

constexpr std::size_t kMaxDepth = 32;  // a snapshot needs nine levels

tl::unexpected<Error> refuse(std::errc code, std::string context) {
  return tl::unexpected{
      Error{.code = std::make_error_code(code), .context = "snapshot: " + std::move(context)}};
}

/// Behind the string that begins at `begin`, which is a quote.
std::size_t end_of_string(std::string_view text, std::size_t begin) {
  for (std::size_t i = begin + 1; i < text.size(); ++i) {
    if (text[i] == '"') return i + 1;
    if (text[i] == '\\') ++i;  // the next character is part of the string
  }
  return text.size();
}

/// How deep arrays and objects are nested. Wrong JSON gives some number; the parser refuses it.
std::size_t nesting_depth(std::string_view text) {
  std::size_t depth = 0;
  std::size_t deepest = 0;
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (c == '"') {
      i = end_of_string(text, i);
      continue;
    }
    if (c == '[' || c == '{') deepest = std::max(deepest, ++depth);
    if ((c == ']' || c == '}') && depth > 0) --depth;
    ++i;
  }
  return deepest;
}

Result<json> parse_json(std::string_view text) {
  try {
    return json::parse(text);
  } catch (const json::parse_error& error) {
    if (error.byte > text.size()) return refuse(std::errc::invalid_argument, "the file is cut off");
    return refuse(std::errc::invalid_argument, "no JSON at byte " + std::to_string(error.byte));
  } catch (const json::out_of_range&) {  // a number that no double can hold
    return refuse(std::errc::invalid_argument, "a number is out of range");
  }
}

/// The major version of "iptmode.snapshot/1" or "iptmode.snapshot/1.2".
std::optional<unsigned> major_version(std::string_view schema) {
  constexpr std::string_view kName = "iptmode.snapshot/";
  if (!schema.starts_with(kName)) return std::nullopt;
  schema.remove_prefix(kName.size());
  unsigned version = 0;
  const char* const end = schema.data() + schema.size();
  const auto [next, error] = std::from_chars(schema.data(), end, version);
  if (error != std::errc{}) return std::nullopt;
  if (next == end) return version;

  const std::string_view rest{next, static_cast<std::size_t>(end - next)};
  const bool is_minor = rest.size() > 1 && rest.front() == '.' &&
                        rest.find_first_not_of("0123456789", 1) == std::string_view::npos;
  return is_minor ? std::optional{version} : std::nullopt;
}

Result<> check_schema(const json& document) {
  constexpr std::size_t kMaxShown = 40;
  const auto found = document.is_object() ? document.find("schema") : document.end();
  if (found == document.end() || !found->is_string())
    return refuse(std::errc::invalid_argument, "no schema: this is no snapshot of iptmode");
  const auto& schema = found->get_ref<const std::string&>();
  const std::string shown = escape(shorten(schema, kMaxShown));
  const auto version = major_version(schema);
  if (!version)
    return refuse(std::errc::invalid_argument,
                  "the schema is " + shown + ", not " + std::string{kSnapshotSchema});
  if (*version != 1)
    return refuse(std::errc::not_supported, "the schema is " + shown + ", this program reads " +
                                                std::string{kSnapshotSchema});
  return {};
}

}  // namespace

Result<json> parse_document(std::string_view text) {
  if (text.size() > kMaxSnapshotBytes)
    return refuse(std::errc::file_too_large, std::to_string(text.size()) + " bytes");
  if (nesting_depth(text) > kMaxDepth)
    return refuse(std::errc::invalid_argument, "nested too deeply");
  Result<json> document = parse_json(text);
  if (!document) return document;
  if (const Result<> known = check_schema(*document); !known) return tl::unexpected{known.error()};
  return document;
}

}  // namespace iptmode::snapshot_io
