// SPDX-License-Identifier: GPL-2.0-or-later
#include <charconv>
#include <utility>

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "iptmode/escape.h"
#include "iptmode/snapshot_json.h"
#include "snapshot_io/document.h"
#include "snapshot_io/fields.h"

namespace iptmode {
namespace {

using snapshot_io::JsonValue;
using snapshot_io::text_of;

/// Where a value stands: a key or an index, and what it stands in. It becomes text only when
/// something is wrong there.
struct Place {
  const Place* outer = nullptr;
  std::string_view key = {};
  std::size_t index = 0;  ///< where `key` is empty

  [[nodiscard]] std::string text() const {  // "components[3].pid"
    if (outer == nullptr) return std::string{key};
    std::string text = outer->text();
    if (key.empty()) return text.append("[").append(std::to_string(index)).append("]");
    return text.append(text.empty() ? "" : ".").append(key);
  }
};

/// A value in few words.
std::string words_for(const JsonValue& value) {
  if (value.IsString()) return std::string{text_of(value)};
  if (value.IsObject()) return "{...}";
  if (value.IsArray()) return "[...]";
  rapidjson::StringBuffer text;
  rapidjson::Writer writer{text};
  value.Accept(writer);
  return std::string{text.GetString(), text.GetSize()};
}

/// The first thing that did not fit. After it nothing more is read.
class Failure {
 public:
  [[nodiscard]] bool any() const { return error_.has_value(); }
  [[nodiscard]] Error take() { return std::move(*error_); }

  void set(const Place& place, std::string_view expected, const JsonValue& found) {
    constexpr std::size_t kMaxShown = 40;
    if (error_) return;
    const std::string what =
        "snapshot: " + place.text() + ": expected " + std::string{expected} + ", found";
    error_ = parse_error(what, shorten(words_for(found), kMaxShown)).value();
  }
  void set(const Place& place, std::string_view problem) {
    if (error_) return;
    error_ = Error{.code = std::make_error_code(std::errc::invalid_argument),
                   .context = "snapshot: " + place.text() + std::string{problem}};
  }

 private:
  std::optional<Error> error_;
};

/// False when `text` is not pairs of hexadecimal digits.
bool from_hex(std::string_view text, std::string& bytes) {
  if (text.size() % 2 != 0) return false;
  bytes.reserve(text.size() / 2);
  for (; !text.empty(); text.remove_prefix(2)) {
    unsigned byte = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + 2, byte, 16);
    if (error != std::errc{} || end != text.data() + 2) return false;
    bytes.push_back(static_cast<char>(byte));
  }
  return true;
}

/// Reads one JSON value into a member. `place` is where it stands.
class Reader {
 public:
  explicit Reader(Failure& failure) : failure_{failure} {}

  void read(const JsonValue& value, const Place& place, std::string& text) {
    std::optional<std::string> bytes;
    if (value.IsString()) bytes = unescape(text_of(value));
    if (!bytes) return failure_.set(place, "a text", value);
    text = std::move(*bytes);
  }

  void read(const JsonValue& value, const Place& place, bool& flag) {
    if (!value.IsBool()) return failure_.set(place, "true or false", value);
    flag = value.GetBool();
  }

  void read(const JsonValue& value, const Place& place, snapshot_io::Bytes<std::string> bytes) {
    const bool fits = value.IsString() && from_hex(text_of(value), bytes.member);
    if (!fits) failure_.set(place, "hexadecimal digits", value);
  }

  void read(const JsonValue& value, const Place& place,
            snapshot_io::Bytes<std::vector<std::string>> list) {
    if (!value.IsArray()) return failure_.set(place, "a list", value);
    for (rapidjson::SizeType i = 0; i < value.Size() && !failure_.any(); ++i)
      read(value[i], Place{.outer = &place, .index = i},
           snapshot_io::Bytes{list.member.emplace_back()});
  }

  template <std::integral Number>
  void read(const JsonValue& value, const Place& place, Number& number) {
    const bool fits = value.IsUint64() ? assign(value.GetUint64(), number)
                                       : value.IsInt64() && assign(value.GetInt64(), number);
    if (!fits) failure_.set(place, "a whole number in range", value);
  }

  template <class Enum>
  requires std::is_enum_v<Enum>
  void read(const JsonValue& value, const Place& place, Enum& word) {
    const auto known = word_of<Enum>(value);
    if (!known) return failure_.set(place, "a known word", value);
    word = *known;
  }

  void read(const JsonValue& value, const Place& place, Version& version) {
    std::optional<Version> known;
    if (value.IsString()) known = version_from_string(text_of(value));
    if (!known) return failure_.set(place, "a version like 1.8.9", value);
    version = *known;
  }

  void read(const JsonValue& value, const Place& place, OwnerSet& owners) {
    std::vector<Owner> members;
    read(value, place, members);
    for (const Owner owner : members) owners = owners | owner;
  }

  template <class T>
  void read(const JsonValue& value, const Place& place, std::optional<T>& member) {
    if (value.IsNull()) return;
    read(value, place, member.emplace());
  }

  template <class T>
  void read(const JsonValue& value, const Place& place, std::vector<T>& list) {
    if (!value.IsArray()) return failure_.set(place, "a list", value);
    list.reserve(value.Size());
    for (rapidjson::SizeType i = 0; i < value.Size() && !failure_.any(); ++i)
      read(value[i], Place{.outer = &place, .index = i}, list.emplace_back());
  }

  void read(const JsonValue& value, const Place& place, std::pair<std::string, std::string>& pair) {
    if (!value.IsArray() || value.Size() != 2) return failure_.set(place, "a list of two", value);
    read(value[0], Place{.outer = &place, .index = 0}, pair.first);
    read(value[1], Place{.outer = &place, .index = 1}, pair.second);
  }

  void read(const JsonValue& value, const Place& place, snapshot_io::Hints& hints) {
    if (!value.IsObject()) return failure_.set(place, "an object", value);
    snapshot_io::Members members{value};
    for (const Backend backend : kAllBackends) {
      std::optional<std::array<HintChains, 2>> families;
      read_key(members, place, snapshot_io::key_of(backend), families);
      if (families) hints.emplace(backend, *families);
    }
  }

  template <class Part>
  void read(const JsonValue& value, const Place& place, Part& part) {
    if (!value.IsObject()) return failure_.set(place, "an object", value);
    snapshot_io::Members members{value};
    auto archive = [&](std::string_view key, auto&& member) {
      read_key(members, place, key, member);
    };
    snapshot_io::describe(archive, part);
    if (members.has_others()) refuse_twins(members, place, part);
  }

 private:
  template <class From, class To>
  static bool assign(From from, To& to) {
    if (!std::in_range<To>(from)) return false;
    to = static_cast<To>(from);
    return true;
  }

  template <class T>
  void read_key(snapshot_io::Members& members, const Place& place, std::string_view key,
                snapshot_io::Later<T> later) {
    if (failure_.any()) return;
    if (const JsonValue* const found = members.find(key))
      read(*found, Place{.outer = &place, .key = key}, later.member);
  }

  template <class T>
  void read_key(snapshot_io::Members& members, const Place& place, std::string_view key,
                T& member) {
    if (failure_.any()) return;
    const Place inner{.outer = &place, .key = key};
    const JsonValue* const found = members.find(key);
    if (found == nullptr) return failure_.set(inner, " is missing");
    read(*found, inner, member);
  }

  /// Of two members of one name readers of JSON take the first or the last: nobody should see
  /// another snapshot than we do.
  template <class Part>
  void refuse_twins(const snapshot_io::Members& members, const Place& place, Part& part) {
    auto archive = [&](std::string_view key, auto&&) {
      if (failure_.any() || !members.has_twice(key)) return;
      failure_.set(Place{.outer = &place, .key = key}, " is given twice");
    };
    snapshot_io::describe(archive, part);
  }

  /// Every to_string() of an enum says "invalid" for what is behind its last value.
  template <class Enum>
  static std::optional<Enum> word_of(const JsonValue& value) {
    if (!value.IsString()) return std::nullopt;
    const std::string_view text = text_of(value);
    for (std::uint8_t i = 0; i < 64; ++i) {
      const std::string_view word = to_string(static_cast<Enum>(i));
      if (word == "invalid") return std::nullopt;
      if (word == text) return static_cast<Enum>(i);
    }
    return std::nullopt;
  }

  Failure& failure_;
};

template <>
std::optional<ComponentKind> Reader::word_of<ComponentKind>(const JsonValue& value) {
  if (!value.IsString()) return std::nullopt;
  return component_from_string(text_of(value));
}

}  // namespace

Result<Snapshot> snapshot_from_json(std::string_view text) {
  const auto document = snapshot_io::Document::parse(text);
  if (!document) return tl::unexpected{document.error()};

  Failure failure;
  Snapshot snapshot;
  Reader{failure}.read(document->root(), Place{}, snapshot);
  if (failure.any()) return tl::unexpected{failure.take()};
  return snapshot;
}

}  // namespace iptmode
