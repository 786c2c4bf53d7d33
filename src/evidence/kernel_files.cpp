// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <array>

#include "evidence/sight.h"
#include "kernel/kernel_files.h"
#include "sys/file.h"
#include "sys/network_namespace.h"

namespace iptmode::evidence {

namespace {

constexpr std::size_t kMaxFile = std::size_t{1} << 20U;
constexpr pid_t kWitness = 1;

// Beginnings of the modules and options that have to do with packet filters.
constexpr std::array<std::string_view, 15> kModules{
    "ip_tables", "ip6_tables", "iptable_", "ip6table_", "arp_tables",
    "arptable_", "ebtable",    "x_tables", "xt_",       "ipt_",
    "ip6t_",     "nf_",        "nft_",     "ip_set",    "br_netfilter"};
constexpr std::array<std::string_view, 12> kOptions{"CONFIG_NETFILTER", "CONFIG_NF_",
                                                    "CONFIG_NFT_",      "CONFIG_IP_NF_",
                                                    "CONFIG_IP6_NF_",   "CONFIG_IP_SET",
                                                    "CONFIG_IP_VS",     "CONFIG_BRIDGE_NF",
                                                    "CONFIG_MODULES=",  "CONFIG_BRIDGE_NETFILTER",
                                                    "CONFIG_NET_NS",    "CONFIG_USER_NS"};

constexpr std::array kSettings{"net/ipv4/ip_forward",
                               "net/ipv4/conf/all/forwarding",
                               "net/ipv4/conf/all/rp_filter",
                               "net/ipv4/conf/default/rp_filter",
                               "net/ipv4/conf/all/route_localnet",
                               "net/ipv4/conf/all/src_valid_mark",
                               "net/ipv6/conf/all/forwarding",
                               "net/ipv6/conf/all/disable_ipv6",
                               "net/bridge/bridge-nf-call-iptables",
                               "net/bridge/bridge-nf-call-ip6tables",
                               "net/bridge/bridge-nf-call-arptables",
                               "net/netfilter/nf_conntrack_max",
                               "net/netfilter/nf_conntrack_count",
                               "net/netfilter/nf_conntrack_tcp_be_liberal",
                               "net/netfilter/nf_log_all_netns",
                               "kernel/modules_disabled",
                               "user/max_user_namespaces"};

/// The lines of a text that begin with one of `beginnings`, "# CONFIG_X is not set" among them.
template <std::size_t Size>
std::string lines_with(std::string_view text,
                       const std::array<std::string_view, Size>& beginnings) {
  std::string result;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end);
    const std::string_view name = line.starts_with("# ") ? line.substr(2) : line;
    if (std::ranges::any_of(beginnings,
                            [&](std::string_view begin) { return name.starts_with(begin); }))
      result += line;
  }
  return result;
}

void read_modules(Sight& sight) {
  const std::string path = "kernel/modules.txt";
  const auto text = sys::read_file(sight.proc.fd(), "modules", kMaxFile);
  if (!text && text.error().code == std::errc::no_such_file_or_directory)
    return sight.miss(path, "this kernel has no modules: all that it can is built in");
  if (!text) return sight.miss(path, text.error());
  sight.add(path, "modules of packet filters, from /proc/modules", lines_with(*text, kModules));
}

// As `sysctl` prints them. Most are those of the network namespace of who reads.
void read_sysctls(Sight& sight) {
  const std::string path = "kernel/sysctls.txt";
  const auto inside = sys::NetworkNamespaceGuard::enter(sight.proc.fd(), kWitness,
                                                        sight.snapshot.node.network_namespace);
  if (!inside) return sight.miss(path, inside.error());
  std::string text;
  for (const char* setting : kSettings) {
    std::string name{setting};
    const auto value = sys::read_file(sight.proc.fd(), "sys/" + name, 4096);
    std::ranges::replace(name, '/', '.');
    text +=
        value ? name + " = " + *value : "# " + name + ": " + value.error().code.message() + "\n";
  }
  sight.add(path, "settings that forwarding and filters depend on", std::move(text));
}

void read_config(Sight& sight) {
  const std::string path = "kernel/config.txt";
  kernel::KernelFiles files{sight.proc.fd(), sight.host.fd(), sight.snapshot.node.kernel};
  const auto& config = files.config();
  if (!config) return sight.miss(path, "neither /proc/config.gz nor a config file of this kernel");
  sight.add(path, "lines of the kernel's configuration", lines_with(*config, kOptions));
}

void read_lists(Sight& sight) {
  std::string text;
  for (const std::string name : {"ip_tables_names", "ip_tables_matches", "ip_tables_targets",
                                 "ip6_tables_names", "ip6_tables_matches", "ip6_tables_targets"}) {
    const auto list = sys::read_file(sight.proc.fd(), "1/net/" + name, kMaxFile);
    text += "== " + name + "\n" + (list ? *list : "# " + list.error().code.message() + "\n");
  }
  sight.add("kernel/x_tables.txt", "what legacy iptables has registered, from /proc/net",
            std::move(text));
}

}  // namespace

void read_kernel(Sight& sight) {
  read_modules(sight);
  read_sysctls(sight);
  read_config(sight);
  read_lists(sight);
}

}  // namespace iptmode::evidence
