// SPDX-License-Identifier: GPL-2.0-or-later
#include <nlohmann/json.hpp>

#include "iptmode/escape.h"
#include "iptmode/snapshot_json.h"
#include "snapshot_io/fields.h"

namespace iptmode {
namespace {

using json = nlohmann::ordered_json;

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    (text += kDigits[byte >> 4U]) += kDigits[byte & 0xfU];
  }
  return text;
}

/// One JSON value of a member, by its type.
struct Writer {
  static json value(const std::string& text) { return escape(text); }
  static json value(bool flag) { return flag; }
  static json value(Version version) { return to_string(version); }

  template <std::integral Number>
  static json value(Number number) {
    return number;
  }

  template <class Enum>
  requires std::is_enum_v<Enum>
  static json value(Enum word) { return to_string(word); }

  static json value(OwnerSet owners) { return value(owners.members()); }

  static json value(snapshot_io::Bytes<const std::string> bytes) { return to_hex(bytes.member); }
  static json value(snapshot_io::Bytes<const std::vector<std::string>> list) {
    json texts = json::array();
    for (const std::string& bytes : list.member) texts.push_back(to_hex(bytes));
    return texts;
  }

  template <class T>
  static json value(snapshot_io::Later<T> later) {
    return value(later.member);
  }

  template <class T>
  static json value(const std::optional<T>& member) {
    return member ? value(*member) : json(nullptr);
  }

  template <class T>
  static json value(const std::vector<T>& members) {
    json list = json::array();
    for (const T& member : members) list.push_back(value(member));
    return list;
  }

  /// A list of two: log collectors black out objects of the form {"name": ..., "value": ...}.
  static json value(const std::pair<std::string, std::string>& pair) {
    return json::array({escape(pair.first), escape(pair.second)});
  }

  static json value(const snapshot_io::Hints& hints) {
    json object = json::object();
    for (const Backend backend : kAllBackends) {
      const auto found = hints.find(backend);
      object[std::string{snapshot_io::key_of(backend)}] =
          found != hints.end() ? value(found->second) : json(nullptr);
    }
    return object;
  }

  template <class Part>
  requires std::is_class_v<Part>
  static json value(const Part& part) {
    json object = json::object();
    auto archive = [&](const char* key, const auto& member) { object[key] = value(member); };
    snapshot_io::describe(archive, part);
    return object;
  }
};

}  // namespace

std::string snapshot_to_json(const Snapshot& snapshot) {
  json document = json::object({{"schema", kSnapshotSchema}});
  document.update(Writer::value(snapshot));
  return document.dump(1) + '\n';
}

}  // namespace iptmode
