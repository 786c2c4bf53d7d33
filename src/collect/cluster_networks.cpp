// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/cluster_networks.h"

#include <algorithm>
#include <array>

#include <yaml-cpp/yaml.h>
#include <nlohmann/json.hpp>

#include "collect/arguments.h"
#include "collect/declared_settings.h"
#include "collect/lines.h"
#include "iptmode/address.h"

namespace iptmode::collect {

namespace {

using json = nlohmann::json;

constexpr std::size_t kMaxRanges = 8;  // IPv4 and IPv6 are two
constexpr std::size_t kMaxPlugins = 32;
constexpr int kMaxDepth = 32;

/// "10.244.1.1/16" is "10.244.0.0/16". Empty for what is no range; one address alone is none.
std::string normal_range(std::string_view text) {
  text = trim(text);
  const auto slash = text.find('/');
  const auto range = parse_network(text);
  if (slash == text.npos || !range) return {};
  return address_text(range->low).append(text.substr(slash));
}

void add_range(std::vector<std::string>& ranges, std::string_view text) {
  std::string range = normal_range(text);
  if (!range.empty() && ranges.size() < kMaxRanges) ranges.push_back(std::move(range));
}

void add_ranges(std::vector<std::string>& ranges, const YAML::Node& node) {
  if (!node || !node.IsScalar()) return;
  for (const std::string& range : ranges_in(node.Scalar())) add_range(ranges, range);
}

std::string text_at(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string()
             ? found->get<std::string>().substr(0, kMaxSetting)
             : std::string{};
}

/// The ranges of host-local: "subnet", or "ranges" of lists of objects with one.
void read_ipam(const json& ipam, std::vector<std::string>& pods) {
  if (!ipam.is_object()) return;
  add_range(pods, text_at(ipam, "subnet"));
  const auto ranges = ipam.find("ranges");
  if (ranges == ipam.end() || !ranges->is_array()) return;
  for (const json& set : *ranges)
    if (set.is_array())
      for (const json& range : set)
        if (range.is_object()) add_range(pods, text_at(range, "subnet"));
}

void read_plugin(const json& plugin, CniFile& file) {
  if (!plugin.is_object() || file.network.plugins.size() == kMaxPlugins) return;
  if (std::string type = text_at(plugin, "type"); !type.empty())
    file.network.plugins.push_back(std::move(type));
  if (std::string bridge = text_at(plugin, "bridge"); !bridge.empty())
    file.network.bridges.push_back(std::move(bridge));
  if (const auto ipam = plugin.find("ipam"); ipam != plugin.end()) read_ipam(*ipam, file.pods);
}

/// Nesting deeper than any configuration stops the parser before it builds it.
Result<json> parse_json(std::string_view text) {
  const auto shallow = [](int depth, json::parse_event_t, json&) { return depth <= kMaxDepth; };
  json document = json::parse(text, shallow, false);
  if (document.is_object()) return document;
  return parse_error("CNI configuration", document.is_discarded() ? "no JSON" : "no object");
}

}  // namespace

std::vector<std::string> ranges_in(std::string_view list) {
  std::vector<std::string> ranges;
  while (!list.empty()) {
    const auto end = std::min(list.find(','), list.size());
    add_range(ranges, list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return ranges;
}

Result<std::vector<std::string>> parse_proxy_cluster_cidr(std::string_view text) {
  try {
    const YAML::Node document = YAML::Load(std::string{text});
    if (!document.IsMap()) return parse_error("kube-proxy configuration", "no mapping");
    std::vector<std::string> ranges;
    add_ranges(ranges, document["clusterCIDR"]);
    return ranges;
  } catch (const YAML::Exception& error) {
    return parse_error("kube-proxy configuration", error.what());
  }
}

Result<ClusterNetworks> parse_k0s_networks(std::string_view text) {
  try {
    const YAML::Node document = YAML::Load(std::string{text});
    if (!document.IsMap()) return parse_error("k0s configuration", "no mapping");
    ClusterNetworks networks;
    const YAML::Node spec = document["spec"];
    const YAML::Node network = spec && spec.IsMap() ? spec["network"] : YAML::Node{};
    if (!network || !network.IsMap()) return networks;
    add_ranges(networks.pods, network["podCIDR"]);
    add_ranges(networks.services, network["serviceCIDR"]);
    const YAML::Node dual = network["dualStack"];
    if (dual && dual.IsMap()) {
      add_ranges(networks.pods, dual["IPv6podCIDR"]);
      add_ranges(networks.services, dual["IPv6serviceCIDR"]);
    }
    return networks;
  } catch (const YAML::Exception& error) {
    return parse_error("k0s configuration", error.what());
  }
}

Result<CniFile> parse_cni_file(std::string_view file, std::string_view text) {
  const auto document = parse_json(text);
  if (!document) return tl::unexpected{document.error()};
  CniFile result{.network = {.file = std::string{file}, .name = text_at(*document, "name")}};
  const auto plugins = document->find("plugins");
  if (plugins == document->end()) {
    read_plugin(*document, result);
  } else if (plugins->is_array()) {
    for (const json& plugin : *plugins) read_plugin(plugin, result);
  }
  return result;
}

std::vector<std::string> parse_flannel_subnet(std::string_view text) {
  constexpr std::string_view kKey = "FLANNEL_NETWORK=";
  while (!text.empty()) {
    const std::string_view line = trim(take_line(text));
    if (line.starts_with(kKey)) return ranges_in(line.substr(kKey.size()));
  }
  return {};
}

std::vector<std::pair<std::string, std::string>> calico_settings(std::string_view environ_bytes) {
  constexpr std::array<std::string_view, 6> kVariables{
      "CALICO_IPV4POOL_CIDR",      "CALICO_IPV4POOL_IPIP", "CALICO_IPV4POOL_VXLAN",
      "CALICO_NETWORKING_BACKEND", "FELIX_IPINIPENABLED",  "FELIX_VXLANENABLED"};
  std::vector<std::pair<std::string, std::string>> settings;
  for (const std::string_view name : kVariables)
    if (const auto value = environment_value(environ_bytes, name))
      settings.emplace_back(name, value->substr(0, kMaxSetting));
  return settings;
}

}  // namespace iptmode::collect
