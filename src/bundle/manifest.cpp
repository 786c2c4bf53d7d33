// SPDX-License-Identifier: GPL-2.0-or-later
#include "bundle/manifest.h"

#include <sha2.h>

#include <array>

#include <nlohmann/json.hpp>

#include "iptmode/escape.h"

namespace iptmode::bundle {

namespace {

using Json = nlohmann::ordered_json;

std::string sha256(const std::string& content) {
  std::array<char, SHA256_DIGEST_STRING_LENGTH> hex{};
  SHA256Data(reinterpret_cast<const std::uint8_t*>(content.data()), content.size(), hex.data());
  return hex.data();
}

Json items_json(const std::vector<Item>& items) {
  Json array = Json::array();
  for (const Item& item : items) {
    Json cut = nullptr;
    if (!item.cut.empty()) cut = escape(item.cut);
    array.push_back({{"path", escape(item.path)},
                     {"about", item.about},
                     {"bytes", item.content.size()},
                     {"sha256", sha256(item.content)},
                     {"cut", std::move(cut)}});
  }
  return array;
}

Json missing_json(const std::vector<Missing>& missing) {
  Json array = Json::array();
  for (const Missing& one : missing)
    array.push_back({{"path", escape(one.path)}, {"reason", escape(one.reason)}});
  return array;
}

Json redacted_json(const Redaction& redaction) {
  Json array = Json::array();
  if (redaction.names) array.push_back("host");
  if (redaction.addresses) array.push_back("ip");
  return array;
}

}  // namespace

std::string manifest_json(const Report& report, const Evidence& evidence,
                          const Redaction& redaction, const Limits& limits) {
  const Snapshot& snapshot = report.snapshot;
  const Json manifest{
      {"schema", kManifestSchema},
      {"generatedAt", compact_time(snapshot.taken_at)},
      {"tool", {{"version", escape(snapshot.tool_version)}}},
      {"hostname", escape(snapshot.node.hostname)},
      {"verdict", to_string(report.verdict)},
      {"redacted", redacted_json(redaction)},
      {"limits", {{"itemBytes", limits.item_bytes}, {"totalBytes", limits.total_bytes}}},
      {"items", items_json(evidence.items)},
      {"missing", missing_json(evidence.missing)}};
  return manifest.dump(1) + "\n";
}

}  // namespace iptmode::bundle
