// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "diagnose/checks.h"
#include "diagnose/domains.h"
#include "diagnose/expected_rules.h"
#include "diagnose/node_commands.h"
#include "diagnose/proxy_mode.h"
#include "diagnose/subject_names.h"
#include "diagnose/wrapper_choice.h"

namespace iptmode::checks {
namespace {

bool has_native_table(const NetworkState& network, OwnerSet owner) {
  return network.nft && std::ranges::any_of(*network.nft, [&](const NftTable& table) {
           return !table.compat && table.family != "arp" && table.table_owner == owner &&
                  table.chains > 0;
         });
}

bool has_iptables_rules(const NetworkState& network, OwnerSet owner) {
  return std::ranges::any_of(kAllBackends, [&](Backend backend) {
    const OwnerUse use = network.use_of(owner, backend);
    return use.chains + use.rules > 0;
  });
}

bool has_its_own(const Component& component, const ExpectedRules& expected,
                 const NetworkState& network) {
  const OwnerSet owner = traits(component.kind).owner;
  const bool native = has_native_table(network, owner);
  if (expected.native) return native;
  return has_iptables_rules(network, owner) || (expected.either && native);
}

/// What a gap hides is undecided, which the check's `needs` see to.
bool was_read(const NetworkState& network, const Snapshot& snapshot) {
  const bool hidden = std::ranges::any_of(snapshot.gaps, [](const Gap& gap) {
    return gap.hides == Fact::legacy_rules || gap.hides == Fact::nft_rules;
  });
  return network.legacy && network.nft && !hidden;
}

/// Which backend its next call uses, as far as it is known.
std::optional<Backend> next_backend(const Component& component, const ExpectedRules& expected) {
  if (expected.native || component.declared.native_nft) return Backend::nf_tables;
  if (traits(component.kind).use == IptablesUse::by_name) return component.declared.backend;
  const Program* const primary =
      component.installation ? component.installation->primary() : nullptr;
  return primary == nullptr ? std::nullopt : primary->identity().backend;
}

/// It has not called its iptables yet, or the kernel lacks what it calls: other checks speak of it.
bool is_told_elsewhere(const Component& component, const ExpectedRules& expected,
                       const Snapshot& snapshot) {
  if (!expected.native && component.installation && wrapper_is_pending(*component.installation))
    return true;
  const auto backend = next_backend(component, expected);
  if (!backend) return false;
  const Support support =
      backend == Backend::legacy ? snapshot.support.legacy : snapshot.support.nft;
  return support == Support::no;
}

/// A program in a pod: the kubelet keeps what it writes under /var/log/pods.
std::string read_log(const Component& component) {
  const std::string_view name = to_string(component.kind);
  const bool in_pod = !component.container_id.empty() || !component.pod_uid.empty() ||
                      traits(component.kind).in_container;
  if (!in_pod) return fmt::format("read its log: journalctl -b | grep {}", name);
  return fmt::format("read its log: tail -n 50 /var/log/pods/*_{}-*/*/*.log", name);
}

std::vector<std::string> remedy_of(const Component& component, const Snapshot& snapshot) {
  return {read_log(component), renew(component, snapshot),
          "find what took the rules away: a reload of firewalld (firewalld_flush), "
          "nftables.service (nftables_service_flush), a flush by hand"};
}

Finding without_rules(const Component& component, const ExpectedRules& expected,
                      const Snapshot& snapshot) {
  Finding finding{.severity = Severity::warning, .subject = subject_of(component)};
  finding.message = fmt::format(
      "{} runs and has no chain and no rule of its own in the kernel: {}. One that has just "
      "started has none yet.",
      to_string(component.kind), expected.harm);
  finding.evidence = {
      fmt::format("looked for: {}: {}", expected.looked_for,
                  expected.native ? "not there" : "none in legacy, none in nf_tables")};
  if (component.kind == ComponentKind::kube_proxy)
    finding.evidence.push_back(fmt::format("mode: {}", component.declared.mode));
  if (component.installation && !expected.native)
    finding.evidence.push_back("its iptables: " + describe_iptables(*component.installation));
  finding.remedy = remedy_of(component, snapshot);
  return finding;
}

bool is_in(const LegacyTable& table, std::string_view name, IpFamily family) {
  return table.name == name && table.family == family;
}

bool is_in(const NftTable& table, std::string_view name, IpFamily family) {
  const std::string_view word = family == IpFamily::ipv4 ? "ip" : "ip6";
  return table.compat && table.name == name && table.family == word;
}

/// kube-proxy's rules in the tables of one name, of both backends.
std::uint64_t rules_in(const NetworkState& network, std::string_view name, IpFamily family) {
  std::uint64_t rules = 0;
  const auto count = [&](const auto& tables) {
    for (const auto& table : tables)
      for (const OwnerUse& use : table.owners)
        if (is_in(table, name, family) && use.owners == OwnerSet{Owner::kube_proxy})
          rules += use.rules;
  };
  count(*network.legacy);
  count(*network.nft);
  return rules;
}

/// The families in which kube-proxy's filter rules are there and its nat rules are not: it writes
/// both in one go, even where a family serves no Service.
std::vector<IpFamily> families_without_nat(const NetworkState& network) {
  std::vector<IpFamily> families;
  for (const IpFamily family : kAllIpFamilies)
    if (rules_in(network, "filter", family) > 0 && rules_in(network, "nat", family) == 0)
      families.push_back(family);
  return families;
}

std::optional<Finding> without_nat(const Component& proxy, const NetworkState& network,
                                   const Snapshot& snapshot) {
  const auto families = families_without_nat(network);
  if (proxy_mode_of(proxy) != ProxyMode::iptables || families.empty()) return std::nullopt;
  std::vector<std::string> names;
  Finding finding{.severity = Severity::error, .subject = subject_of(proxy)};
  for (const IpFamily family : families) {
    names.emplace_back(family == IpFamily::ipv4 ? "IPv4" : "IPv6");
    finding.evidence.push_back(
        fmt::format("{}: {} of kube-proxy in filter, none in nat, in legacy and nf_tables together",
                    names.back(), count_of(rules_in(network, "filter", family), "rule")));
  }
  finding.message = fmt::format(
      "The rules of kube-proxy in nat are gone while those in filter are there: no {} address of a "
      "Service is translated. kube-proxy does not notice it before its next full round, up to an "
      "hour away.",
      fmt::join(names, " or "));
  finding.remedy = remedy_of(proxy, snapshot);
  return finding;
}

void judge(CheckOutcome& outcome, const Component& component, const ExpectedRules& expected,
           const Domain& domain, const Snapshot& snapshot) {
  const NetworkState& network = *domain.network;
  const bool read = was_read(network, snapshot);
  if (has_its_own(component, expected, network)) {
    if (component.kind != ComponentKind::kube_proxy || !read) return;
    if (auto finding = without_nat(component, network, snapshot))
      outcome.findings.push_back(std::move(*finding));
  } else if (read && !is_told_elsewhere(component, expected, snapshot)) {
    outcome.findings.push_back(without_rules(component, expected, snapshot));
  }
}

CheckOutcome judge_rules_missing(const Snapshot& snapshot) {
  CheckOutcome outcome;
  bool runs = false;
  for (const Domain& domain : domains_of(snapshot))
    for (const Component* component : domain.components) {
      const auto expected = expected_rules_of(*component);
      if (!expected) continue;
      runs = true;
      judge(outcome, *component, *expected, domain, snapshot);
    }
  if (!runs)
    outcome.skipped = "nothing runs here of which is known that it always has rules of its own";
  return outcome;
}

}  // namespace

Check rules_missing() {
  return {
      .id = "rules_missing",
      .title = "Who writes rules has some in the kernel",
      .severity = Severity::warning,
      .needs = kNeeds<Fact::processes, Fact::declared, Fact::legacy_rules, Fact::nft_rules>,
      .run = judge_rules_missing,
      .looks_for =
          "A running kube-proxy of a known mode, kube-router with its firewall or its service "
          "proxy, or felix of Calico without a chain of its own in either backend and family; in "
          "nftables mode without a table of its own. And a kube-proxy in iptables mode whose rules "
          "in filter are there while those in nat are not. One whose wrapper has not chosen yet, "
          "or whose backend this kernel lacks, is left to the checks that speak of that.",
      .matters =
          "Each of them has chains as soon as it is at work, even without a Service or a "
          "NetworkPolicy. Where there are none, it cannot write, or somebody has taken them away: "
          "Services lead nowhere, and packets pass that a NetworkPolicy forbids. kube-proxy looks "
          "for such a loss in mangle alone: when only nat was emptied, it does not notice until "
          "its next full round, up to an hour later.",
      .mend =
          "Its log says why it cannot write. If it says nothing, delete its pod: the new one "
          "writes all of its rules. A component in its first seconds needs nothing.",
      .sources =
          "kubernetes: pkg/util/iptables/iptables.go (Monitor), pkg/proxy/iptables/proxier.go, "
          "pkg/proxy/ipvs/proxier.go, pkg/proxy/nftables/proxier.go\n"
          "kube-router: pkg/controllers/netpol/network_policy_controller.go\n"
          "calico: felix/rules/rule_defs.go"};
}

}  // namespace iptmode::checks
