// SPDX-License-Identifier: GPL-2.0-or-later
#include <charconv>
#include <utility>

#include <nlohmann/json.hpp>

#include "iptmode/escape.h"
#include "iptmode/snapshot_json.h"
#include "snapshot_io/document.h"
#include "snapshot_io/fields.h"

namespace iptmode {
namespace {

using snapshot_io::json;

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

/// The first thing that did not fit. After it nothing more is read.
class Failure {
 public:
  [[nodiscard]] bool any() const { return error_.has_value(); }
  [[nodiscard]] Error take() { return std::move(*error_); }

  void set(const Place& place, std::string_view expected, const json& found) {
    constexpr std::size_t kMaxShown = 40;
    if (error_) return;
    const std::string shown = found.is_string() ? found.get<std::string>() : found.dump();
    const std::string what =
        "snapshot: " + place.text() + ": expected " + std::string{expected} + ", found";
    error_ = parse_error(what, shorten(shown, kMaxShown)).value();
  }
  void set_missing(const Place& place) {
    if (error_) return;
    error_ = Error{.code = std::make_error_code(std::errc::invalid_argument),
                   .context = "snapshot: " + place.text() + " is missing"};
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

  void read(const json& value, const Place& place, std::string& text) {
    std::optional<std::string> bytes;
    if (value.is_string()) bytes = unescape(value.get_ref<const std::string&>());
    if (!bytes) return failure_.set(place, "a text", value);
    text = std::move(*bytes);
  }

  void read(const json& value, const Place& place, bool& flag) {
    if (!value.is_boolean()) return failure_.set(place, "true or false", value);
    flag = value.get<bool>();
  }

  void read(const json& value, const Place& place, snapshot_io::Bytes<std::string> bytes) {
    const bool fits =
        value.is_string() && from_hex(value.get_ref<const std::string&>(), bytes.member);
    if (!fits) failure_.set(place, "hexadecimal digits", value);
  }

  void read(const json& value, const Place& place,
            snapshot_io::Bytes<std::vector<std::string>> list) {
    if (!value.is_array()) return failure_.set(place, "a list", value);
    for (std::size_t i = 0; i < value.size() && !failure_.any(); ++i)
      read(value[i], Place{.outer = &place, .index = i},
           snapshot_io::Bytes{list.member.emplace_back()});
  }

  template <std::integral Number>
  void read(const json& value, const Place& place, Number& number) {
    // is_number_integer() holds for both; the unsigned ones are those without a minus sign.
    const bool fits = value.is_number_unsigned()
                          ? assign(value.get<std::uint64_t>(), number)
                          : value.is_number_integer() && assign(value.get<std::int64_t>(), number);
    if (!fits) failure_.set(place, "a whole number in range", value);
  }

  template <class Enum>
  requires std::is_enum_v<Enum>
  void read(const json& value, const Place& place, Enum& word) {
    const auto known = word_of<Enum>(value);
    if (!known) return failure_.set(place, "a known word", value);
    word = *known;
  }

  void read(const json& value, const Place& place, Version& version) {
    std::optional<Version> known;
    if (value.is_string()) known = version_from_string(value.get_ref<const std::string&>());
    if (!known) return failure_.set(place, "a version like 1.8.9", value);
    version = *known;
  }

  void read(const json& value, const Place& place, OwnerSet& owners) {
    std::vector<Owner> members;
    read(value, place, members);
    for (const Owner owner : members) owners = owners | owner;
  }

  template <class T>
  void read(const json& value, const Place& place, std::optional<T>& member) {
    if (value.is_null()) return;
    read(value, place, member.emplace());
  }

  template <class T>
  void read(const json& value, const Place& place, std::vector<T>& list) {
    if (!value.is_array()) return failure_.set(place, "a list", value);
    for (std::size_t i = 0; i < value.size() && !failure_.any(); ++i)
      read(value[i], Place{.outer = &place, .index = i}, list.emplace_back());
  }

  void read(const json& value, const Place& place, std::pair<std::string, std::string>& pair) {
    if (!value.is_array() || value.size() != 2) return failure_.set(place, "a list of two", value);
    read(value[0], Place{.outer = &place, .index = 0}, pair.first);
    read(value[1], Place{.outer = &place, .index = 1}, pair.second);
  }

  void read(const json& value, const Place& place, snapshot_io::Hints& hints) {
    for (const Backend backend : kAllBackends) {
      std::optional<std::array<HintChains, 2>> families;
      read_key(value, place, snapshot_io::key_of(backend), families);
      if (families) hints.emplace(backend, *families);
    }
  }

  template <class Part>
  void read(const json& value, const Place& place, Part& part) {
    auto archive = [&](std::string_view key, auto&& member) {
      read_key(value, place, key, member);
    };
    snapshot_io::describe(archive, part);
  }

 private:
  template <class From, class To>
  static bool assign(From from, To& to) {
    if (!std::in_range<To>(from)) return false;
    to = static_cast<To>(from);
    return true;
  }

  template <class T>
  void read_key(const json& object, const Place& place, std::string_view key,
                snapshot_io::Later<T> later) {
    if (object.is_object() && !object.contains(key)) return;
    read_key(object, place, key, later.member);
  }

  template <class T>
  void read_key(const json& object, const Place& place, std::string_view key, T& member) {
    if (failure_.any()) return;
    if (!object.is_object()) return failure_.set(place, "an object", object);
    const Place inner{.outer = &place, .key = key};
    const auto found = object.find(key);
    if (found == object.end()) return failure_.set_missing(inner);
    read(*found, inner, member);
  }

  /// Every to_string() of an enum says "invalid" for what is behind its last value.
  template <class Enum>
  static std::optional<Enum> word_of(const json& value) {
    if (!value.is_string()) return std::nullopt;
    const auto& text = value.get_ref<const std::string&>();
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
std::optional<ComponentKind> Reader::word_of<ComponentKind>(const json& value) {
  if (!value.is_string()) return std::nullopt;
  return component_from_string(value.get_ref<const std::string&>());
}

}  // namespace

Result<Snapshot> snapshot_from_json(std::string_view text) {
  const Result<json> document = snapshot_io::parse_document(text);
  if (!document) return tl::unexpected{document.error()};

  Failure failure;
  Snapshot snapshot;
  Reader{failure}.read(*document, Place{}, snapshot);
  if (failure.any()) return tl::unexpected{failure.take()};
  return snapshot;
}

}  // namespace iptmode
