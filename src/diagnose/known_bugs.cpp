// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnose/known_bugs.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "diagnose/subject_names.h"

namespace iptmode::checks {
namespace {

/// `-C` decides whether a rule is added again; felix goes by its own hashes and does not ask.
std::optional<Bite> asks_for_rules(const IptablesUser& user, const Surroundings& /*node*/) {
  if (user.writes_back() == WritesBack::nothing) return std::nullopt;
  return Bite{Severity::warning,
              fmt::format("{} asks with -C before it adds a rule", user.subject)};
}

std::optional<Bite> lists_rules(const IptablesUser& user, const Surroundings& /*node*/) {
  if (user.writes_back() == WritesBack::nothing) return std::nullopt;  // felix saves, never lists
  return Bite{};
}

std::optional<Bite> loops_without_nft(const IptablesUser& user, const Surroundings& node) {
  const KernelSupport& support = node.snapshot.support;
  if (support.nft != Support::no) return std::nullopt;
  return Bite{Severity::error, fmt::format("this kernel has no nf_tables ({}), so {} hangs",
                                           support.nft_evidence, user.subject)};
}

/// kube-proxy, kube-router and felix live on `iptables-restore --noflush`. Calico's images carried
/// RHEL's 1.8.4, which has later fixes, for years: a note there.
std::optional<Bite> restores(const IptablesUser& user, const Surroundings& /*node*/) {
  if (user.is(ComponentKind::calico_node)) return Bite{};
  if (!user.is(ComponentKind::kube_proxy) && !user.is(ComponentKind::kube_router))
    return std::nullopt;
  return Bite{Severity::warning,
              fmt::format("{} writes its rules with iptables-restore", user.subject)};
}

std::uint64_t rules_of(OwnerSet owner, const std::vector<OwnerUse>& uses) {
  std::uint64_t sum = 0;
  for (const OwnerUse& use : uses)
    if (use.owners == owner) sum += use.rules;
  return sum;
}

/// Rules for IPv6 of network plugins that write such only where pods have IPv6.
template <class Table>
std::uint64_t ipv6_pod_rules(const std::vector<Table>& tables, const auto& is_ipv6) {
  std::uint64_t sum = 0;
  for (const Table& table : tables) {
    if (!is_ipv6(table)) continue;
    for (const Owner owner : {Owner::kube_router, Owner::flannel, Owner::cni})
      sum += rules_of(owner, table.owners);
  }
  return sum;
}

/// k0s' build up to 1.8.7 is static; distributions' are not.
std::optional<Bite> serves_ipv6_statically(const IptablesUser& user, const Surroundings& node) {
  if (user.place != Place::k0s_bin || !node.network.nft) return std::nullopt;
  const auto is_ipv6 = [](const NftTable& table) { return table.compat && table.family == "ip6"; };
  const std::uint64_t rules = ipv6_pod_rules(*node.network.nft, is_ipv6);
  if (rules == 0) return std::nullopt;
  return Bite{Severity::warning,
              fmt::format("the network plugin has {} for IPv6, so pods can have IPv6 host ports",
                          count_of(rules, "rule"))};
}

std::uint64_t mark_conditions(const NetworkState& network) {
  std::uint64_t marks = 0;
  if (network.nft)
    for (const NftTable& table : *network.nft)
      if (table.compat) marks += table.encodings.native_mark;
  return marks;
}

/// felix' image of RHEL may have the fix, and felix writes back nothing of what it reads.
std::optional<Bite> misreads_itself(const IptablesUser& user, const Surroundings& node) {
  if (user.writes_back() == WritesBack::nothing) return Bite{};
  const std::uint64_t marks = mark_conditions(node.network);
  if (user.writes_back() != WritesBack::whole_table || marks == 0)
    return Bite{Severity::warning, fmt::format("{} reads rules before it writes", user.subject)};
  return Bite{Severity::error, fmt::format("{} restores what it read, and the nft tables hold {}",
                                           user.subject, count_of(marks, "mark condition"))};
}

/// The CNI plugins ask with -C for the rules of IPv6 host ports; k0s' build has no fix.
std::optional<Bite> adds_ipv6_host_ports(const IptablesUser& user, const Surroundings& node) {
  const bool serves_plugins = user.component == nullptr || user.is(ComponentKind::kubelet);
  if (!serves_plugins || !node.network.legacy) return std::nullopt;
  const auto is_ipv6 = [](const LegacyTable& table) { return table.family == IpFamily::ipv6; };
  const auto is_nat = [&](const LegacyTable& table) {
    return is_ipv6(table) && table.name == "nat" && rules_of(Owner::cni, table.owners) > 0;
  };
  const auto nat = std::ranges::find_if(*node.network.legacy, is_nat);
  if (nat != node.network.legacy->end())
    return Bite{user.place == Place::k0s_bin ? Severity::error : Severity::warning,
                fmt::format("the legacy ipv6 nat table holds {} of the CNI plugins",
                            count_of(rules_of(Owner::cni, nat->owners), "rule"))};
  if (ipv6_pod_rules(*node.network.legacy, is_ipv6) == 0) return std::nullopt;
  return Bite{};
}

std::optional<Bite> floods_of_kube_router(const IptablesUser& user, const Surroundings& /*node*/) {
  if (!user.is(ComponentKind::kube_router)) return std::nullopt;
  return Bite{Severity::warning, "kube-router asks with -C at each sync; seen with musl builds"};
}

/// Debian 13 has 1.8.11-2, which is mended.
bool is_mended_by_debian(const IptablesUser& user, const Snapshot& snapshot) {
  const bool from_host = user.place == Place::host ||
                         (user.component != nullptr && !traits(user.component->kind).in_container);
  return from_host && snapshot.node.os_id == "debian";
}

/// Who tells rules apart by interface alone: dockerd and libvirtd for each of their bridges, and
/// the CNI firewall plugin where it isolates bridges. kubelet, kube-proxy, kube-router and felix do
/// not.
std::optional<Bite> tells_rules_apart_by_interface(const IptablesUser& user,
                                                   const Surroundings& node) {
  if (is_mended_by_debian(user, node.snapshot)) return std::nullopt;
  if (user.is(ComponentKind::dockerd) || user.is(ComponentKind::libvirtd))
    return Bite{Severity::warning,
                fmt::format("{} has rules that differ in nothing but the bridge", user.subject)};
  if (user.component != nullptr && !user.is(ComponentKind::kubelet)) return std::nullopt;
  const OwnerUse cni = node.network.use_of(Owner::cni, Backend::nf_tables);
  if (std::ranges::find(cni.patterns, "CNI-ISOLATION-STAGE-*") == cni.patterns.end()) return Bite{};
  return Bite{
      Severity::warning,
      "the CNI firewall plugin isolates bridges here, by rules that differ in the bridge only"};
}

constexpr std::array kBugs{
    Bug{{1, 8, 0},
        {1, 8, 2},
        Backend::nf_tables,
        "`-C` does not find rules that are there, so they are added again and again",
        "iptables-nft-save | sort | uniq -cd: counts that grow confirm it",
        "use 1.8.9 or later",
        asks_for_rules,
        "check_misses"},
    Bug{{1, 8, 0},
        {1, 8, 6},
        Backend::nf_tables,
        "listing rules with -L or -S creates the table that is asked for",
        "",
        "list with -save",
        lists_rules},
    Bug{{1, 8, 3},
        {1, 8, 3},
        Backend::nf_tables,
        "it loops for ever where nf_tables is missing or not permitted",
        "",
        "use another release, or the legacy variant",
        loops_without_nft},
    Bug{{1, 8, 4},
        {1, 8, 4},
        Backend::nf_tables,
        "`iptables-restore --noflush` loses or refuses rules",
        "the component's log shows failing iptables-restore calls",
        "use 1.8.9 or later",
        restores},
    Bug{{1, 8, 0},
        {1, 8, 7},
        Backend::nf_tables,
        "static builds do not know the IPv6 extensions (`unknown option \"--to-destination\"`), so "
        "IPv6 host ports fail",
        "",
        "upgrade k0s to 1.28 or later",
        serves_ipv6_statically},
    Bug{{1, 8, 8},
        {1, 8, 8},
        Backend::nf_tables,
        "a prefix such as /12 or /29 beside a mark is read as another address, in its own rules "
        "too",
        "unshare -n sh -c '{nft} -A INPUT -s 10.96.0.0/12 -m mark --mark 0x4000/0x4000 -j DROP; "
        "{nft}-save | grep 0x4000': anything but 10.96.0.0/12 confirms it",
        "use 1.8.9 or later",
        misreads_itself,
        "prefix_misread"},
    Bug{{1, 8, 9},
        {1, 8, 9},
        Backend::legacy,
        "`ip6tables -C` says yes to a rule with another port, so rules of IPv6 host ports are not "
        "added",
        "compare the IPv6 host ports of the pods here with the CNI-DN-* chains of ip6tables-save",
        "use 1.8.10 or later (k0s 1.33 and later), or the nf_tables variant",
        adds_ipv6_host_ports,
        "ipv6_legacy_check"},
    Bug{{1, 8, 10},
        {1, 8, 10},
        Backend::nf_tables,
        "builds with musl were seen to not find rules with `-C`, and kube-router floods its chains",
        "iptables-nft-save -t filter | sort | uniq -cd: counts that grow confirm it",
        "use an image with another release",
        floods_of_kube_router,
        "check_misses"},
    Bug{{1, 8, 11},
        {1, 8, 11},
        Backend::nf_tables,
        "`-C` and `-D` ignore interface names: a rule for a second bridge is taken for that of the "
        "first one, and deleting one can delete the other",
        "unshare -n sh -c '{nft} -A INPUT -i lo -j ACCEPT; {nft} -C INPUT -i eth9 -j ACCEPT && "
        "echo affected' (Debian's 1.8.11-2 is mended and prints the same version)",
        "use a mended build or a later release",
        tells_rules_apart_by_interface,
        "interface_ignored"},
};

}  // namespace

std::span<const Bug> known_bugs() noexcept {
  return kBugs;
}

}  // namespace iptmode::checks
