// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <array>
#include <tuple>

#include "collect/arguments.h"
#include "collect/cluster_networks.h"
#include "collect/observation.h"

namespace iptmode::collect {

namespace {

constexpr char kCniDirectory[] = "/etc/cni/net.d";
constexpr std::size_t kMaxFile = std::size_t{64} << 10U;
constexpr std::size_t kMaxCniFiles = 32;

bool is_absent(const Error& error) {
  return error.code == std::errc::no_such_file_or_directory ||
         error.code == std::errc::not_a_directory;
}

bool is_cni_file(const std::string& name) {
  return name.ends_with(".conf") || name.ends_with(".conflist") || name.ends_with(".json");
}

void add(std::vector<NamedNetwork>& networks, const std::vector<std::string>& ranges,
         const std::string& origin) {
  for (const std::string& range : ranges) networks.push_back({.cidr = range, .origin = origin});
}

void put_in_order(std::vector<NamedNetwork>& networks) {
  std::ranges::sort(networks, {}, [](const NamedNetwork& network) {
    return std::tie(network.cidr, network.origin);
  });
  networks.erase(std::unique(networks.begin(), networks.end()), networks.end());
}

}  // namespace

/// Files of the host, bounded. Nothing for one that is not there; a gap for one that cannot be
/// read.
std::optional<std::string> Observation::host_file(const std::string& path, Fact hides) {
  auto text = sources_.host.read(path, kMaxFile);
  if (text) return std::move(*text);
  if (!is_absent(text.error())) add_gap(path, to_string(text.error()), hides);
  return std::nullopt;
}

void Observation::read_networks() {
  NodeNetworks& networks = snapshot_.node_networks;
  for (std::size_t i = 0; i < found_.size(); ++i)
    if (found_[i].component.in_node(node_place_.network)) read_networks_of(i);
  read_cni();
  if (const auto text = host_file("/run/flannel/subnet.env", Fact::node_networks))
    add(networks.pods, parse_flannel_subnet(*text), "/run/flannel/subnet.env");
  put_in_order(networks.pods);
  put_in_order(networks.services);
}

void Observation::read_proxy_networks() {
  for (std::size_t i = 0; i < found_.size(); ++i)
    if (found_[i].component.kind == ComponentKind::kube_proxy &&
        found_[i].component.in_node(node_place_.network))
      read_proxy_networks_of(i);
  put_in_order(snapshot_.node_networks.pods);
}

void Observation::read_networks_of(std::size_t index) {
  const FoundComponent& found = found_[index];
  NodeNetworks& networks = snapshot_.node_networks;
  const auto flag = [&](const char* name, std::vector<NamedNetwork>& into) {
    if (const auto value = flag_value(found.arguments, name))
      add(into, ranges_in(*value), std::string{traits(found.component.kind).name} + " --" + name);
  };
  switch (found.component.kind) {
    case ComponentKind::kube_proxy: flag("cluster-cidr", networks.pods); break;
    case ComponentKind::kube_router: flag("service-cluster-ip-range", networks.services); break;
    case ComponentKind::kubelet: flag("pod-cidr", networks.pods); break;
    case ComponentKind::k0s: read_k0s_networks(found); break;
    case ComponentKind::calico_node: read_calico_networks(found); break;
    default: break;
  }
}

/// The file that was read for the proxy's mode.
void Observation::read_proxy_networks_of(std::size_t index) {
  const probe::ProbeReport* const report = report_of(index);
  const auto path = flag_value(found_[index].arguments, "config");
  if (report == nullptr || !path) return;  // a gap of its own says why
  const auto file = report->text_files.find(*path);
  if (file == report->text_files.end() || !file->second) return;
  if (const auto ranges = parse_proxy_cluster_cidr(*file->second))
    add(snapshot_.node_networks.pods, *ranges, "kube-proxy clusterCIDR");
}

void Observation::read_k0s_networks(const FoundComponent& k0s) {
  // A k0s in a container has its file there.
  if (k0s.component.mount_namespace != node_place_.mount) return;
  auto path = flag_value(k0s.arguments, "config");
  if (!path) path = flag_value(k0s.arguments, "c");
  if (!path || !path->starts_with('/')) path = "/etc/k0s/k0s.yaml";
  const auto text = host_file(*path, Fact::node_networks);
  if (!text) return;
  const auto networks = parse_k0s_networks(*text);
  if (!networks) return add_gap(*path, to_string(networks.error()), Fact::node_networks);
  add(snapshot_.node_networks.pods, networks->pods, *path);
  add(snapshot_.node_networks.services, networks->services, *path);
}

void Observation::read_calico_networks(const FoundComponent& calico) {
  const auto environment = sources_.processes.read(calico.component.pid, "environ");
  if (!environment) return;  // a gap of its own says why
  for (auto& [variable, value] : calico_settings(*environment)) {
    if (variable == "CALICO_IPV4POOL_CIDR")
      add(snapshot_.node_networks.pods, ranges_in(value), variable);
    else
      snapshot_.node_networks.encapsulation.emplace_back(variable, std::move(value));
  }
  std::ranges::sort(snapshot_.node_networks.encapsulation);
}

void Observation::read_cni() {
  const auto names = sources_.host.names(kCniDirectory);
  if (!names) {
    if (!is_absent(names.error()))
      add_gap(kCniDirectory, to_string(names.error()), Fact::node_networks);
    return;
  }
  for (const std::string& name : *names) {
    if (!is_cni_file(name) || snapshot_.node_networks.cni.size() == kMaxCniFiles) continue;
    const std::string path = std::string{kCniDirectory} + "/" + name;
    const auto text = host_file(path, Fact::node_networks);
    if (!text) continue;
    auto file = parse_cni_file(path, *text);
    if (!file) {
      add_gap(path, to_string(file.error()), std::nullopt);  // the runtime cannot use it either
      continue;
    }
    add(snapshot_.node_networks.pods, file->pods, path);
    snapshot_.node_networks.cni.push_back(std::move(file->network));
  }
}

}  // namespace iptmode::collect
