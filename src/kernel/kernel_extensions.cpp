// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/kernel_extensions.h"

#include <array>
#include <string>
#include <string_view>

#include "kernel/kernel_files.h"

namespace iptmode::kernel {
namespace {

/// A module, the option that builds it and what it registers in /proc/net/ip_tables_matches and
/// ip_tables_targets.
struct ExtensionRow {
  std::string_view module = {};
  std::string_view option = {};
  std::string_view match = {};
  std::string_view target = {};
};

/// Sorted by module. The options are those of net/netfilter/Kconfig and net/ipv4/netfilter/Kconfig.
constexpr std::array kExtensions{
    ExtensionRow{"ipt_REJECT", "CONFIG_IP_NF_TARGET_REJECT", {}, "REJECT"},
    ExtensionRow{"nft_compat", "CONFIG_NFT_COMPAT", {}, {}},
    ExtensionRow{"xt_CT", "CONFIG_NETFILTER_XT_TARGET_CT", {}, "CT"},
    ExtensionRow{"xt_MASQUERADE", "CONFIG_NETFILTER_XT_TARGET_MASQUERADE", {}, "MASQUERADE"},
    ExtensionRow{"xt_NFLOG", "CONFIG_NETFILTER_XT_TARGET_NFLOG", {}, "NFLOG"},
    ExtensionRow{"xt_addrtype", "CONFIG_NETFILTER_XT_MATCH_ADDRTYPE", "addrtype", {}},
    ExtensionRow{"xt_comment", "CONFIG_NETFILTER_XT_MATCH_COMMENT", "comment", {}},
    ExtensionRow{"xt_conntrack", "CONFIG_NETFILTER_XT_MATCH_CONNTRACK", "conntrack", {}},
    ExtensionRow{"xt_limit", "CONFIG_NETFILTER_XT_MATCH_LIMIT", "limit", {}},
    ExtensionRow{"xt_mark", "CONFIG_NETFILTER_XT_MARK", "mark", {}},
    ExtensionRow{"xt_multiport", "CONFIG_NETFILTER_XT_MATCH_MULTIPORT", "multiport", {}},
    ExtensionRow{"xt_nat", "CONFIG_NETFILTER_XT_NAT", {}, "DNAT"},
    ExtensionRow{"xt_recent", "CONFIG_NETFILTER_XT_MATCH_RECENT", "recent", {}},
    ExtensionRow{"xt_set", "CONFIG_NETFILTER_XT_SET", "set", {}},
    ExtensionRow{"xt_statistic", "CONFIG_NETFILTER_XT_MATCH_STATISTIC", "statistic", {}},
};

KernelAnswer judge(KernelFiles& files, const ExtensionRow& row) {
  const std::string module{row.module};
  if (files.in_sysfs(module)) return {Support::yes, "/sys/module/" + module};
  if (files.loaded(module)) return {Support::yes, "/proc/modules"};
  if (!row.match.empty() && files.registered("ip_tables_matches", row.match))
    return {Support::yes, "/proc/net/ip_tables_matches"};
  if (!row.target.empty() && files.registered("ip_tables_targets", row.target))
    return {Support::yes, "/proc/net/ip_tables_targets"};
  return files.judge_build(module, row.option);
}

/// Before Linux 5.2 MASQUERADE was a module of each family.
KernelAnswer judge_masquerade(KernelFiles& files, const ExtensionRow& row) {
  KernelAnswer answer = judge(files, row);
  if (answer.support == Support::yes) return answer;
  constexpr ExtensionRow kBefore{"ipt_MASQUERADE", "CONFIG_IP_NF_TARGET_MASQUERADE", {}, {}};
  KernelAnswer before = judge(files, kBefore);
  return before.support == Support::yes ? before : answer;
}

}  // namespace

std::vector<KernelExtension> read_extensions(KernelFiles& files) {
  std::vector<KernelExtension> extensions;
  for (const ExtensionRow& row : kExtensions) {
    KernelAnswer answer =
        row.module == "xt_MASQUERADE" ? judge_masquerade(files, row) : judge(files, row);
    extensions.push_back({.module = std::string{row.module},
                          .support = answer.support,
                          .evidence = std::move(answer.evidence)});
  }
  return extensions;
}

}  // namespace iptmode::kernel
