// SPDX-License-Identifier: GPL-2.0-or-later
#include "snapshot_io/document.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include <rapidjson/reader.h>

#include "iptmode/escape.h"
#include "iptmode/snapshot_json.h"

namespace iptmode::snapshot_io {
namespace {

constexpr std::size_t kMaxDepth = 32;  // a snapshot needs nine levels

tl::unexpected<Error> refuse(std::errc code, std::string context) {
  return tl::unexpected{
      Error{.code = std::make_error_code(code), .context = "snapshot: " + std::move(context)}};
}

/// Takes what the parser meets and stops it where arrays and objects are nested too deeply. The
/// functions take the place of the base's: the parser calls them by the handler's own type.
class BoundedDocument : public JsonDocument {
 public:
  bool StartObject() { return ++depth_ <= kMaxDepth && JsonDocument::StartObject(); }
  bool StartArray() { return ++depth_ <= kMaxDepth && JsonDocument::StartArray(); }
  bool EndObject(rapidjson::SizeType members) {
    --depth_;
    return JsonDocument::EndObject(members);
  }
  bool EndArray(rapidjson::SizeType elements) {
    --depth_;
    return JsonDocument::EndArray(elements);
  }

 private:
  std::size_t depth_ = 0;
};

/// Checks UTF-8 on the way where there is any; strings of ASCII are taken many bytes at a time.
rapidjson::ParseResult parse_in_place(char* text, bool ascii, BoundedDocument& document) {
  constexpr unsigned kInPlace = rapidjson::kParseInsituFlag;
  rapidjson::Reader reader;
  rapidjson::InsituStringStream stream{text};
  rapidjson::ParseResult result;
  const auto generate = [&](JsonDocument&) {
    result = ascii
                 ? reader.Parse<kInPlace>(stream, document)
                 : reader.Parse<kInPlace | rapidjson::kParseValidateEncodingFlag>(stream, document);
    return !result.IsError();
  };
  document.Populate(generate);
  return result;
}

/// The parser names the beginning of an escape or a character that it could not take: one that the
/// end of the file cuts is short, and no quote is behind it.
bool is_cut_off(const rapidjson::ParseResult& result, std::string_view text) {
  constexpr std::size_t kLongestEscape = sizeof("\\ud83d\\ude00") - 1;
  if (result.Offset() >= text.size()) return true;
  const std::string_view rest = text.substr(result.Offset());
  switch (result.Code()) {
    case rapidjson::kParseErrorStringUnicodeEscapeInvalidHex:
    case rapidjson::kParseErrorStringUnicodeSurrogateInvalid:
    case rapidjson::kParseErrorStringEscapeInvalid:
    case rapidjson::kParseErrorStringInvalidEncoding:
      return rest.size() < kLongestEscape && rest.find('"') == std::string_view::npos;
    default: return false;
  }
}

Result<> check_parsed(const rapidjson::ParseResult& result, std::string_view text) {
  if (!result.IsError()) return {};
  if (result.Code() == rapidjson::kParseErrorTermination)
    return refuse(std::errc::invalid_argument, "nested too deeply");
  if (result.Code() == rapidjson::kParseErrorNumberTooBig)
    return refuse(std::errc::invalid_argument, "a number is out of range");
  if (is_cut_off(result, text)) return refuse(std::errc::invalid_argument, "the file is cut off");
  return refuse(std::errc::invalid_argument,
                "no JSON at byte " + std::to_string(result.Offset() + 1));
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

Result<> check_schema(const JsonValue& document) {
  constexpr std::size_t kMaxShown = 40;
  constexpr std::string_view kKey = "schema";
  const JsonValue* found = nullptr;
  if (document.IsObject()) {
    Members members{document};
    found = members.find(kKey);
    if (members.has_twice(kKey)) return refuse(std::errc::invalid_argument, "schema: given twice");
  }
  if (found == nullptr || !found->IsString())
    return refuse(std::errc::invalid_argument, "no schema: this is no snapshot of iptmode");
  const std::string_view schema = text_of(*found);
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

/// A copy that can be parsed in place. Behind it is room for the blocks that the parser looks at.
std::vector<char> copy_of(std::string_view text) {
  constexpr std::size_t kBlock = 16;
  std::vector<char> copy;
  copy.reserve(text.size() + kBlock);
  copy.assign(text.begin(), text.end());
  copy.resize(text.size() + kBlock);
  return copy;
}

bool is_ascii(std::string_view text) {
  unsigned char seen = 0;
  for (const char c : text) seen = static_cast<unsigned char>(seen | static_cast<unsigned char>(c));
  return seen < 0x80U;
}

}  // namespace

Result<Document> Document::parse(std::string_view text) {
  if (text.size() > kMaxSnapshotBytes)
    return refuse(std::errc::file_too_large, std::to_string(text.size()) + " bytes");
  // To the parser a zero byte is the end; behind it could be anything.
  if (const std::size_t zero = text.find('\0'); zero != std::string_view::npos)
    return refuse(std::errc::invalid_argument, "no JSON at byte " + std::to_string(zero + 1));
  Document document;
  document.text_ = copy_of(text);
  BoundedDocument json;
  const auto parsed = parse_in_place(document.text_.data(), is_ascii(text), json);
  if (const Result<> good = check_parsed(parsed, text); !good) return tl::unexpected{good.error()};
  if (const Result<> known = check_schema(json); !known) return tl::unexpected{known.error()};
  document.json_ = static_cast<JsonDocument&&>(json);
  return document;
}

}  // namespace iptmode::snapshot_io
