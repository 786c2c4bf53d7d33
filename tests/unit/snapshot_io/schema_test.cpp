// SPDX-License-Identifier: GPL-2.0-or-later
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "iptmode/snapshot_json.h"
#include "snapshot_io/fields.h"

// The shipped JSON Schema is written down from the same list of keys as the file itself, so that
// the two cannot drift apart. IPTMODE_UPDATE_GOLDEN=1 writes it anew.
namespace iptmode {
namespace {

using nlohmann::ordered_json;

constexpr std::uint64_t kLargest = std::numeric_limits<std::uint64_t>::max();

// "iptmode::FamilyReading::Alone" as the compiler spells it: "FamilyReadingAlone".
template <class T>
std::string name_of() {
  const std::string_view text = __PRETTY_FUNCTION__;
  const std::size_t begin = text.find("T = ") + 4;
  std::string name;
  for (const char letter : text.substr(begin, text.find_first_of(";]", begin) - begin))
    if (std::isalnum(static_cast<unsigned char>(letter)) != 0) name += letter;
  return name.starts_with("iptmode") ? name.substr(7) : name;
}

/// Makes the schema of a member from its type; parts with keys of their own go into `definitions`.
class SchemaWriter {
 public:
  ordered_json definitions = ordered_json::object();

  ordered_json of(const std::string& /*text*/) { return {{"type", "string"}}; }
  ordered_json of(bool /*flag*/) { return {{"type", "boolean"}}; }
  ordered_json of(Version /*version*/) {
    return {{"type", "string"}, {"pattern", "^[0-9]+\\.[0-9]+\\.[0-9]+$"}};
  }

  template <std::integral Number>
  ordered_json of(Number /*number*/) {
    ordered_json schema{{"type", "integer"}, {"minimum", std::numeric_limits<Number>::min()}};
    if (std::uint64_t{std::numeric_limits<Number>::max()} != kLargest)
      schema["maximum"] = std::numeric_limits<Number>::max();
    return schema;
  }

  template <class Enum>
  requires std::is_enum_v<Enum> ordered_json of(Enum /*word*/) {
    ordered_json words = ordered_json::array();
    for (std::uint8_t i = 0; to_string(static_cast<Enum>(i)) != "invalid"; ++i)
      words.push_back(to_string(static_cast<Enum>(i)));
    return {{"enum", words}};
  }

  ordered_json of(ComponentKind /*kind*/) {
    ordered_json words = ordered_json::array();
    for (const ComponentTraits& row : all_component_traits()) words.push_back(to_string(row.kind));
    return {{"enum", words}};
  }

  ordered_json of(OwnerSet /*owners*/) { return list_of(of(Owner{})); }

  template <class Member>
  ordered_json of(snapshot_io::Bytes<Member> /*bytes*/) {
    const ordered_json hex{{"type", "string"}, {"pattern", "^([0-9a-f]{2})*$"}};
    return std::is_same_v<std::remove_const_t<Member>, std::string> ? hex : list_of(hex);
  }

  template <class Member>
  ordered_json of(snapshot_io::Later<Member> later) {
    ordered_json schema = of(later.member);
    schema["default"] = ordered_json::array();
    return schema;
  }

  template <class T>
  ordered_json of(const std::optional<T>& /*member*/) {
    return {{"anyOf", {of(T{}), {{"type", "null"}}}}};
  }

  template <class T>
  ordered_json of(const std::vector<T>& /*members*/) {
    return list_of(of(T{}));
  }

  ordered_json of(const std::pair<std::string, std::string>& /*pair*/) {
    ordered_json schema = list_of({{"type", "string"}});
    schema["minItems"] = schema["maxItems"] = 2;
    return schema;
  }

  ordered_json of(const snapshot_io::Hints& /*hints*/) {
    ordered_json keys = ordered_json::object();
    for (const Backend backend : kAllBackends)
      keys[std::string{snapshot_io::key_of(backend)}] =
          of(std::optional<std::array<HintChains, 2>>{});
    return object_of(keys);
  }

  template <class Part>
  requires std::is_class_v<Part> ordered_json of(const Part& part) {
    // The one part that is no type of ours.
    constexpr bool kFamilies = std::is_same_v<Part, std::array<HintChains, 2>>;
    const std::string name = kFamilies ? "HintFamilies" : name_of<Part>();
    if (!definitions.contains(name)) {
      definitions[name] = nullptr;  // its place is before the parts it consists of
      definitions[name] = object_of(keys_of(part));
    }
    return {{"$ref", "#/$defs/" + name}};
  }

  template <class Part>
  ordered_json keys_of(const Part& part) {
    ordered_json keys = ordered_json::object();
    auto archive = [&](const char* key, const auto& member) { keys[key] = of(member); };
    snapshot_io::describe(archive, part);
    return keys;
  }

  static ordered_json object_of(const ordered_json& keys) {
    ordered_json required = ordered_json::array();
    for (const auto& [key, schema] : keys.items())
      if (!schema.contains("default")) required.push_back(key);
    return {{"type", "object"}, {"properties", keys}, {"required", required}};
  }

 private:
  static ordered_json list_of(const ordered_json& items) {
    return {{"type", "array"}, {"items", items}};
  }
};

std::string snapshot_schema() {
  SchemaWriter writer;
  ordered_json keys{
      {"schema", {{"type", "string"}, {"pattern", "^iptmode\\.snapshot/1(\\.[0-9]+)?$"}}}};
  keys.update(writer.keys_of(Snapshot{}));
  ordered_json schema{
      {"$schema", "https://json-schema.org/draft/2020-12/schema"},
      {"$id", "urn:iptmode:snapshot:1"},
      {"title", "iptmode.snapshot/1"},
      {"description",
       "One node as it was seen, without a verdict. Text is escaped: \\xNN is a byte, \\\\ a "
       "backslash. null is what was not seen. Readers ignore keys they do not know: a minor "
       "version "
       "(iptmode.snapshot/1.1) adds some."}};
  schema.update(SchemaWriter::object_of(keys));
  schema["$defs"] = writer.definitions;
  return schema.dump(1) + '\n';
}

TEST(SnapshotSchema, IsTheShippedOne) {
  const std::filesystem::path tests = std::filesystem::path{IPTMODE_TEST_DATA}.parent_path();
  const std::filesystem::path path = tests.parent_path() / "packaging/schema/snapshot.schema.json";
  const std::string schema = snapshot_schema();
  if (std::getenv("IPTMODE_UPDATE_GOLDEN") != nullptr)
    std::ofstream{path, std::ios::binary} << schema;
  std::ifstream file{path, std::ios::binary};
  const std::string shipped{std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{}};
  EXPECT_TRUE(schema == shipped)
      << "a key of the snapshot has changed: IPTMODE_UPDATE_GOLDEN=1 writes " << path;
}

}  // namespace
}  // namespace iptmode
