// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/cni_results.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include <nlohmann/json.hpp>

namespace iptmode::collect {

namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxPorts = 256;  // of one pod
constexpr std::size_t kMaxText = 512;

const Json* member(const Json& object, const char* key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

std::string text_of(const Json& object, const char* key) {
  const Json* value = member(object, key);
  if (value == nullptr || !value->is_string()) return {};
  return value->get_ref<const std::string&>().substr(0, kMaxText);
}

std::uint16_t port_of(const Json& object, const char* key) {
  const Json* value = member(object, key);
  if (value == nullptr || !value->is_number_unsigned()) return 0;
  const auto number = value->get<std::uint64_t>();
  return number <= UINT16_MAX ? static_cast<std::uint16_t>(number) : std::uint16_t{0};
}

/// As encoding/json writes bytes: RFC 4648 with padding.
std::string from_base64(std::string_view text) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : text) {
    const auto digit = kDigits.find(c);
    if (digit == std::string_view::npos) break;
    bits = (bits << 6U) | static_cast<std::uint32_t>(digit);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>((bits >> count) & 0xffU);
  }
  return bytes;
}

/// Whether the network that the pod joined has the plugin that makes hostPorts.
bool has_portmap(const Json& cache) {
  const Json* encoded = member(cache, "config");
  if (encoded == nullptr || !encoded->is_string()) return false;
  const Json config = Json::parse(from_base64(encoded->get_ref<const std::string&>()), nullptr,
                                  /*allow_exceptions=*/false);
  const Json* plugins = member(config, "plugins");
  if (plugins == nullptr || !plugins->is_array()) return text_of(config, "type") == "portmap";
  return std::ranges::any_of(
      *plugins, [](const Json& plugin) { return text_of(plugin, "type") == "portmap"; });
}

/// "default/web-0", from the arguments that the runtime gave.
std::string pod_of(const Json& cache) {
  const Json* arguments = member(cache, "cniArgs");
  if (arguments == nullptr || !arguments->is_array()) return {};
  std::string space;
  std::string name;
  for (const Json& pair : *arguments) {
    if (!pair.is_array() || pair.size() != 2 || !pair[0].is_string() || !pair[1].is_string())
      continue;
    const std::string value = pair[1].get_ref<const std::string&>().substr(0, kMaxText);
    if (pair[0] == "K8S_POD_NAMESPACE") space = value;
    if (pair[0] == "K8S_POD_NAME") name = value;
  }
  return name.empty() ? std::string{} : space.append("/").append(name);
}

}  // namespace

std::vector<HostPort> parse_cni_result(std::string_view text) {
  const Json cache = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (text_of(cache, "kind") != "cniCacheV1") return {};
  const Json* capabilities = member(cache, "capabilityArgs");
  const Json* mappings = capabilities == nullptr ? nullptr : member(*capabilities, "portMappings");
  if (mappings == nullptr || !mappings->is_array() || mappings->empty() || !has_portmap(cache))
    return {};
  std::vector<HostPort> ports;
  for (const Json& mapping : *mappings) {
    const std::uint16_t port = port_of(mapping, "hostPort");
    if (port == 0 || ports.size() >= kMaxPorts) continue;
    std::string protocol = text_of(mapping, "protocol");
    std::ranges::transform(protocol, protocol.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    });
    ports.push_back({.pod = pod_of(cache),
                     .container_id = text_of(cache, "containerId"),
                     .network = text_of(cache, "networkName"),
                     .address = text_of(mapping, "hostIP"),
                     .port = port,
                     .container_port = port_of(mapping, "containerPort"),
                     .protocol = protocol});
  }
  return ports;
}

}  // namespace iptmode::collect
