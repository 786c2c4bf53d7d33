// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "diagnose/checks.h"
#include "diagnose/domains.h"
#include "diagnose/node_commands.h"
#include "diagnose/proxy_mode.h"
#include "diagnose/subject_names.h"

namespace iptmode::checks {
namespace {

/// Rules of a mode that kube-proxy does not run in.
struct Leftover {
  ProxyMode mode = {};
  std::uint64_t rules = 0;
  bool translates = false;  ///< it still rewrites destinations, to endpoints of the past
  std::vector<std::string> evidence = {};
  std::vector<std::string> remedy = {};
};

/// Chains that only one mode writes. Both write KUBE-SERVICES and KUBE-NODEPORTS' relatives.
constexpr std::array<std::string_view, 7> kOnlyIptables{"KUBE-SVC-*",    "KUBE-SEP-*", "KUBE-EXT-*",
                                                        "KUBE-FW-*",     "KUBE-SVL-*", "KUBE-XLB-*",
                                                        "KUBE-NODEPORTS"};
constexpr std::array<std::string_view, 5> kOnlyIpvs{"KUBE-NODE-PORT", "KUBE-LOAD-BALANCER",
                                                    "KUBE-SOURCE-RANGES-FIREWALL",
                                                    "KUBE-IPVS-FILTER", "KUBE-IPVS-OUT-FILTER"};

template <std::size_t N>
std::vector<std::string> seen_of(const std::array<std::string_view, N>& names,
                                 const OwnerUse& use) {
  std::vector<std::string> seen;
  for (const std::string& pattern : use.patterns)
    if (std::ranges::find(names, pattern) != names.end()) seen.push_back(pattern);
  return seen;
}

/// kube-proxy's own nft tables, while it runs in another mode.
std::optional<Leftover> native_leftover(const NetworkState& network) {
  Leftover leftover{.mode = ProxyMode::nftables};
  if (!network.nft) return std::nullopt;
  for (const NftTable& table : *network.nft) {
    if (table.compat || table.table_owner != OwnerSet{Owner::kube_proxy}) continue;
    leftover.rules += table.rules;
    leftover.evidence.push_back(fmt::format("native nft table {} {}: {}", table.family, table.name,
                                            count_of(table.rules, "rule")));
    leftover.remedy.push_back(fmt::format("nft delete table {} {}", table.family, table.name));
  }
  if (leftover.evidence.empty()) return std::nullopt;
  leftover.translates = leftover.rules > 0;
  return leftover;
}

/// Everything of kube-proxy in iptables tables of one backend, while it runs in nftables mode.
std::optional<Leftover> iptables_leftover(const NetworkState& network, Backend backend,
                                          const Snapshot& snapshot) {
  const OwnerUse use = network.use_of(Owner::kube_proxy, backend);
  if (use.rules == 0) return std::nullopt;
  const bool ipvs = !seen_of(kOnlyIpvs, use).empty();
  return Leftover{.mode = ipvs ? ProxyMode::ipvs : ProxyMode::iptables,
                  .rules = use.rules,
                  .translates = use.translations > 0,
                  .evidence = {fmt::format("{}: {} of kube-proxy in {}", to_string(backend),
                                           count_of(use.rules, "rule"), some_of(use.patterns))},
                  .remedy = clear_backend(snapshot, network, backend, Owner::kube_proxy)};
}

/// Chains that only the other of the two modes which use iptables writes.
std::optional<Leftover> chain_leftover(const NetworkState& network, Backend backend, ProxyMode runs,
                                       const Snapshot& snapshot) {
  const OwnerUse use = network.use_of(Owner::kube_proxy, backend);
  const bool runs_ipvs = runs == ProxyMode::ipvs;
  const auto seen = runs_ipvs ? seen_of(kOnlyIptables, use) : seen_of(kOnlyIpvs, use);
  const auto own = runs_ipvs ? seen_of(kOnlyIpvs, use) : seen_of(kOnlyIptables, use);
  if (seen.empty()) return std::nullopt;
  // Rules are counted for the owner: they are the leftover's alone where the live mode has none.
  const std::string count = own.empty() ? count_of(use.rules, "rule")
                                        : fmt::format("among {}", count_of(use.rules, "rule"));
  return Leftover{.mode = runs_ipvs ? ProxyMode::iptables : ProxyMode::ipvs,
                  .rules = own.empty() ? use.rules : 0,
                  .translates = runs_ipvs && use.translations > 0,
                  .evidence = {fmt::format("{}: chains {} ({})", to_string(backend),
                                           fmt::join(seen, ", "), count)},
                  .remedy = clear_backend(snapshot, network, backend, Owner::kube_proxy)};
}

std::vector<Leftover> leftovers_of(const NetworkState& network, ProxyMode runs,
                                   const Snapshot& snapshot) {
  std::vector<Leftover> found;
  const auto keep = [&](std::optional<Leftover> leftover) {
    if (leftover) found.push_back(std::move(*leftover));
  };
  if (runs != ProxyMode::nftables) keep(native_leftover(network));
  for (const Backend backend : kAllBackends)
    keep(runs == ProxyMode::nftables ? iptables_leftover(network, backend, snapshot)
                                     : chain_leftover(network, backend, runs, snapshot));
  return found;
}

Finding finding_for(const Component& proxy, ProxyMode runs, const Leftover& leftover) {
  Finding finding{.severity = leftover.translates ? Severity::error : Severity::warning,
                  .subject = subject_of(proxy)};
  finding.message = fmt::format(
      "kube-proxy runs in {} mode, and rules of its {} mode are still in the kernel. {}",
      to_string(runs), to_string(leftover.mode),
      leftover.translates
          ? "They still translate Services, to endpoints as they were when the mode was changed."
          : "They do not translate any more; they cost time and mislead whoever reads them.");
  finding.evidence = {fmt::format("mode: {}", proxy.declared.mode)};
  finding.evidence.insert(finding.evidence.end(), leftover.evidence.begin(),
                          leftover.evidence.end());
  if (leftover.mode == ProxyMode::nftables)
    finding.remedy.emplace_back("reboot the node, or delete the tables:");
  finding.remedy.insert(finding.remedy.end(), leftover.remedy.begin(), leftover.remedy.end());
  return finding;
}

CheckOutcome judge_proxy_mode_leftover(const Snapshot& snapshot) {
  CheckOutcome outcome;
  bool seen = false;
  for (const Component* component : members_of(snapshot)) {
    if (component->kind != ComponentKind::kube_proxy) continue;
    seen = true;
    const auto runs = proxy_mode_of(*component);
    if (!runs) {
      outcome.undecided = fmt::format("the mode of {} is not known", subject_of(*component));
      continue;
    }
    for (const Leftover& leftover : leftovers_of(network_of(*component, snapshot), *runs, snapshot))
      outcome.findings.push_back(finding_for(*component, *runs, leftover));
  }
  if (!seen) outcome.skipped = "no kube-proxy runs here";
  return outcome;
}

}  // namespace

Check proxy_mode_leftover() {
  return {
      .id = "proxy_mode_leftover",
      .title = "No rules of a kube-proxy mode that is no longer used",
      .severity = Severity::error,
      .needs = kNeeds<Fact::processes, Fact::declared, Fact::legacy_rules, Fact::nft_rules>,
      .run = judge_proxy_mode_leftover,
      .looks_for =
          "The mode kube-proxy runs in, against rules that only another of its modes writes: its "
          "own nft tables `ip kube-proxy` and `ip6 kube-proxy`, KUBE-SVC-* and KUBE-SEP-* of the "
          "iptables mode, KUBE-LOAD-BALANCER and its kin of the ipvs mode.",
      .matters =
          "Nobody updates those rules, and they are still on the packets' way: a part of the "
          "connections goes to endpoints that are long gone. kube-proxy cleans up after a mode "
          "change, but only in the backend that its own iptables uses now.",
      .mend =
          "Reboot the node after a change of mode, or delete what is left: the nft tables by name, "
          "the iptables chains with the backend they are in.",
      .sources =
          "kubernetes: pkg/proxy/iptables, pkg/proxy/ipvs, pkg/proxy/nftables, "
          "cmd/kube-proxy/app/server_linux.go (platformCleanup)\n"
          "https://github.com/k0sproject/k0s/issues/5384\n"
          "https://github.com/projectcalico/calico/issues/8025"};
}

}  // namespace iptmode::checks
