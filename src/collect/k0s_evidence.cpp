// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/k0s_evidence.h"

#include <algorithm>
#include <array>

#include "collect/arguments.h"

namespace iptmode::collect {

namespace {

constexpr std::string_view kDefaultDataDir = "/var/lib/k0s";
constexpr std::string_view kEmbeddedCluster = "/var/lib/embedded-cluster";
constexpr std::string_view kEmbeddedDataDir = "/var/lib/embedded-cluster/k0s";

std::string without_end_slash(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

K0sLocation below(std::string_view data_dir, std::string_view found_by) {
  std::string directory = without_end_slash(std::string{data_dir});
  std::string bin_dir = directory + "/bin";
  return {std::move(directory), std::move(bin_dir), std::string{found_by}};
}

bool is_below(std::string_view path, std::string_view directory) {
  return path.starts_with(directory) &&
         (path.size() == directory.size() || path[directory.size()] == '/');
}

/// k0s stages kubelet in its bin directory and starts it from there. Another kubelet, /usr/bin's or
/// a distribution's, says nothing about k0s unless k0s' paths are among its arguments.
std::optional<K0sLocation> location_by_kubelet(const K0sEvidence& evidence) {
  if (evidence.kubelet == nullptr) return std::nullopt;
  constexpr std::array<std::string_view, 4> kSystem{"/usr/bin", "/usr/local/bin", "/bin",
                                                    "/usr/sbin"};
  const std::string& executable = evidence.kubelet->component.executable;
  const std::string_view directory = directory_of(executable);
  if (directory.empty() || std::ranges::find(kSystem, directory) != kSystem.end())
    return std::nullopt;
  const auto names_k0s = [](std::string_view text) {
    return text.find("/k0s/") != text.npos || text.ends_with("/k0s");
  };
  if (!names_k0s(executable) && evidence.k0s == nullptr &&
      std::ranges::none_of(evidence.kubelet->arguments, names_k0s))
    return std::nullopt;
  const bool staged = base_name(directory) == "bin";
  return K0sLocation{.data_dir = std::string{staged ? directory_of(directory) : ""},
                     .bin_dir = std::string{directory},
                     .found_by = "kubelet"};
}

std::optional<K0sLocation> location_by_status(const K0sEvidence& evidence) {
  if (!evidence.status) return std::nullopt;
  const std::string data_dir = without_end_slash(evidence.status->data_dir);
  std::string bin_dir = without_end_slash(evidence.status->bin_dir);
  if (bin_dir.empty() && !data_dir.empty()) bin_dir = data_dir + "/bin";
  if (bin_dir.empty()) return std::nullopt;
  return K0sLocation{data_dir, std::move(bin_dir), "status socket"};
}

std::optional<K0sLocation> location_by_process(const K0sEvidence& evidence) {
  if (evidence.k0s == nullptr) return std::nullopt;
  const auto data_dir = flag_value(evidence.k0s->arguments, "data-dir");
  if (!data_dir || !data_dir->starts_with('/')) return std::nullopt;
  return below(*data_dir, "k0s process");
}

/// The command line of the running k0s: its own, or as its status socket tells it.
std::vector<std::string> k0s_arguments(const K0sEvidence& evidence) {
  if (evidence.k0s != nullptr) return evidence.k0s->arguments;
  return evidence.status ? evidence.status->arguments : std::vector<std::string>{};
}

std::string version_of(const K0sEvidence& evidence) {
  if (evidence.status && !evidence.status->version.empty()) return evidence.status->version;
  for (const FoundComponent* found : {evidence.k0s, evidence.kubelet}) {
    if (found == nullptr) continue;
    if (auto version = k0s_version_in(found->component.executable)) return *version;
    for (const std::string& argument : found->arguments)
      if (auto version = k0s_version_in(argument)) return *version;
  }
  return {};
}

}  // namespace

K0sEvidence evidence_in(const std::vector<FoundComponent>& components, NamespaceId node_network) {
  K0sEvidence evidence;
  for (const FoundComponent& found : components) {
    if (!found.component.in_node(node_network)) continue;
    if (found.component.kind == ComponentKind::k0s && evidence.k0s == nullptr)
      evidence.k0s = &found;
    if (found.component.kind == ComponentKind::kubelet && evidence.kubelet == nullptr)
      evidence.kubelet = &found;
  }
  return evidence;
}

std::vector<K0sLocation> k0s_locations(const K0sEvidence& evidence) {
  if (!evidence.data_dir_option.empty()) return {below(evidence.data_dir_option, "--data-dir")};
  std::vector<K0sLocation> locations;
  for (auto location :
       {location_by_status(evidence), location_by_process(evidence), location_by_kubelet(evidence)})
    if (location) locations.push_back(std::move(*location));
  locations.push_back(below(kDefaultDataDir, "default"));
  locations.push_back(below(kEmbeddedDataDir, "default"));
  return locations;
}

std::optional<K0sLocation> choose_location(const K0sEvidence& evidence,
                                           const std::function<bool(const std::string&)>& exists) {
  std::vector<K0sLocation> locations = k0s_locations(evidence);
  for (K0sLocation& location : locations)
    if (exists(location.bin_dir)) return std::move(location);
  const bool k0s_is_here =
      !evidence.data_dir_option.empty() || evidence.status || evidence.k0s != nullptr;
  if (!k0s_is_here) return std::nullopt;
  return std::move(locations.front());
}

K0s describe_k0s(const K0sEvidence& evidence, const K0sLocation& location) {
  K0s k0s{.data_dir = location.data_dir,
          .bin_dir = location.bin_dir,
          .found_by = location.found_by,
          .version = version_of(evidence),
          .running = evidence.status || evidence.k0s != nullptr};
  const auto mode = flag_value(k0s_arguments(evidence), "iptables-mode");
  if (mode && !mode->empty()) k0s.mode = mode->substr(0, 128);
  return k0s;
}

NodeRole node_role(const K0sEvidence& evidence) {
  if (evidence.status && evidence.status->role != NodeRole::none) return evidence.status->role;
  if (evidence.k0s == nullptr)
    return evidence.kubelet == nullptr ? NodeRole::none : NodeRole::worker;
  if (evidence.k0s->component.command == "k0s worker") return NodeRole::worker;
  const std::vector<std::string>& arguments = evidence.k0s->arguments;
  const bool works = evidence.kubelet != nullptr ||
                     switch_value(arguments, "enable-worker").value_or(false) ||
                     switch_value(arguments, "single").value_or(false);
  return works ? NodeRole::controller_worker : NodeRole::controller;
}

Distribution distribution_of(const K0sEvidence& evidence,
                             const std::optional<K0sLocation>& location) {
  if (!location) return Distribution::none;
  const auto embedded = [](std::string_view text) {
    return text.find("embedded-cluster") != text.npos;
  };
  const bool below_it = is_below(location->bin_dir, kEmbeddedCluster);
  return below_it || std::ranges::any_of(k0s_arguments(evidence), embedded)
             ? Distribution::embedded_cluster
             : Distribution::k0s;
}

}  // namespace iptmode::collect
