// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "iptmode/node_networks.h"
#include "iptmode/result.h"

namespace iptmode::collect {

/// Address ranges as a file or a flag names them, in normal form.
struct ClusterNetworks {
  std::vector<std::string> pods = {};
  std::vector<std::string> services = {};
  bool operator==(const ClusterNetworks&) const = default;
};

/// The ranges in a list with commas: "10.244.0.0/16,fd00::/108". Bits behind the prefix become
/// zero; what is no range is left out. At most eight.
[[nodiscard]] std::vector<std::string> ranges_in(std::string_view list);

// The texts below may come from anybody and are bounded by the caller; whatever they hold becomes a
// parse_error, never an exception.

/// `clusterCIDR` of a KubeProxyConfiguration.
[[nodiscard]] Result<std::vector<std::string>> parse_proxy_cluster_cidr(std::string_view text);

/// podCIDR, serviceCIDR and their dual-stack companions of k0s' ClusterConfig.
[[nodiscard]] Result<ClusterNetworks> parse_k0s_networks(std::string_view text);

/// One file of /etc/cni/net.d: a network (.conflist) or a single plugin (.conf), and the pod ranges
/// that its IPAM names. `file` is its path.
struct CniFile {
  CniNetwork network = {};
  std::vector<std::string> pods = {};
};
[[nodiscard]] Result<CniFile> parse_cni_file(std::string_view file, std::string_view text);

/// FLANNEL_NETWORK of /run/flannel/subnet.env.
[[nodiscard]] std::vector<std::string> parse_flannel_subnet(std::string_view text);

/// The variables of calico-node that choose the pod network and its encapsulation
/// (projectcalico/calico, node/pkg/lifecycle/startup). Nothing else of the environment is kept.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> calico_settings(
    std::string_view environ_bytes);

}  // namespace iptmode::collect
