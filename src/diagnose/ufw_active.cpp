// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "diagnose/checks.h"
#include "diagnose/domains.h"
#include "diagnose/forward_policy.h"
#include "diagnose/node_commands.h"
#include "diagnose/pod_packets.h"
#include "diagnose/standing.h"
#include "diagnose/subject_names.h"
#include "iptmode/node_questions.h"

namespace iptmode::checks {
namespace {

/// ufw on a Kubernetes node.
struct Ufw {
  const UfwSettings* settings = nullptr;  ///< null: not known
  std::vector<Backend> backends = {};     ///< that hold its rules
  std::optional<Backend> home = {};       ///< where Kubernetes is
  std::vector<ForwardDrop> drops = {};    ///< by its policy
  std::vector<LostPacket> lost = {};      ///< packets of pods that are dropped there for certain
  [[nodiscard]] bool is_loaded() const { return !backends.empty(); }
  [[nodiscard]] bool is_enabled() const { return settings != nullptr && settings->enabled == true; }
  [[nodiscard]] bool drops_at_start() const {
    return is_enabled() && settings->forward_policy != "ACCEPT";  // DROP is ufw's default
  }
  /// Its policy meets packets that no network plugin accepts in that table.
  [[nodiscard]] bool cuts_pods() const {
    return std::ranges::any_of(drops, [](const ForwardDrop& drop) { return drop.plugins.empty(); });
  }
  [[nodiscard]] bool is_elsewhere() const {
    return home && is_loaded() && std::ranges::find(backends, *home) == backends.end();
  }
};

Severity severity_of(const Ufw& ufw) {
  if (!ufw.lost.empty()) return Severity::critical;
  if (ufw.cuts_pods()) return Severity::error;
  const bool will_drop = !ufw.is_loaded() && ufw.drops_at_start();
  return !ufw.drops.empty() || ufw.is_elsewhere() || will_drop ? Severity::warning : Severity::info;
}

std::string message_of(const Ufw& ufw) {
  if (!ufw.is_loaded())
    return ufw.drops_at_start()
               ? "ufw is enabled and its rules are not in the kernel: the next boot loads them, "
                 "with a policy that drops forwarded packets, those of pods among them."
               : "ufw is enabled and its rules are not in the kernel.";
  if (ufw.cuts_pods())
    return "ufw drops every forwarded packet that no rule in its own table accepts, and no network "
           "plugin has a rule there: pods reach neither each other across nodes nor the outside.";
  if (ufw.is_elsewhere())
    return fmt::format(
        "ufw filters in {} while Kubernetes is in {}: a packet must pass both, and a rule in one "
        "cannot take back what the other drops.",
        to_string(ufw.backends.front()), to_string(*ufw.home));
  if (!ufw.drops.empty())
    return "ufw drops forwarded packets by policy; the rules of the network plugin in the same "
           "table let pods through as long as they are there.";
  return "ufw is active beside Kubernetes; it lets forwarded packets pass.";
}

std::vector<std::string> evidence_of(const Ufw& ufw) {
  std::vector<std::string> lines;
  for (const Backend backend : ufw.backends)
    lines.push_back(fmt::format("chains ufw-* with rules in {}", to_string(backend)));
  for (const ForwardDrop& drop : ufw.drops) lines.push_back(describe(drop));
  for (const LostPacket& lost : ufw.lost) lines.push_back(describe(lost));
  if (ufw.settings == nullptr) return lines;
  if (ufw.settings->enabled)
    lines.push_back(
        fmt::format("/etc/ufw/ufw.conf: ENABLED={}", *ufw.settings->enabled ? "yes" : "no"));
  if (!ufw.settings->forward_policy.empty())
    lines.push_back(fmt::format("/etc/default/ufw: DEFAULT_FORWARD_POLICY=\"{}\"",
                                ufw.settings->forward_policy));
  return lines;
}

std::vector<std::string> remedy_of(const Ufw& ufw, const Snapshot& snapshot) {
  if (severity_of(ufw) == Severity::info) return {};
  std::vector<std::string> steps{
      "use one firewall only: `ufw disable`, and let the network plugin's policies and the "
      "platform's firewall do its work"};
  if (ufw.cuts_pods() || !ufw.drops.empty() || ufw.drops_at_start())
    steps.emplace_back(
        "or let it forward: DEFAULT_FORWARD_POLICY=\"ACCEPT\" in /etc/default/ufw, then `ufw "
        "reload`");
  if (ufw.is_elsewhere())
    steps.push_back(host_is_on(snapshot, *ufw.home)
                        ? fmt::format("or reboot: ufw uses the host's iptables, which is {} by now",
                                      to_string(*ufw.home))
                        : fmt::format("or, since ufw uses the host's iptables: {}; then reboot",
                                      switch_host(*ufw.home)));
  return steps;
}

CheckOutcome judge_ufw_active(const Snapshot& snapshot) {
  CheckOutcome outcome;
  if (!snapshot.host_settings) outcome.undecided = "the files of the host were not looked at";
  for (const Domain& domain : domains_of(snapshot)) {
    if (!domain.runs_kubernetes()) continue;
    const bool has_settings =
        domain.is_node && snapshot.host_settings && snapshot.host_settings->ufw;
    Ufw ufw{.settings = has_settings ? &*snapshot.host_settings->ufw : nullptr,
            .backends = backends_with_rules(*domain.network, Owner::ufw),
            .home = node_backend(standings_of(domain, snapshot)),
            .drops = forward_drops_of(*domain.network, Owner::ufw)};
    // A cluster of IPv4 alone has no plugin's rules in IPv6, and no pods' packets.
    std::erase_if(ufw.drops, [&](const ForwardDrop& drop) {
      return !cluster_uses(drop.family, snapshot.node_networks);
    });
    ufw.lost = packets_lost_to(ufw.drops, *domain.network);
    if (!ufw.is_loaded() && !ufw.is_enabled()) continue;
    outcome.findings.push_back({.severity = severity_of(ufw),
                                .subject = "ufw",
                                .message = message_of(ufw),
                                .evidence = evidence_of(ufw),
                                .remedy = remedy_of(ufw, snapshot)});
  }
  return outcome;
}

}  // namespace

Check ufw_active() {
  return {
      .id = "ufw_active",
      .title = "ufw does not stand in the way of pods",
      .severity = Severity::warning,
      .needs = kNeeds<Fact::processes, Fact::host_settings, Fact::legacy_rules, Fact::nft_rules>,
      .run = judge_ufw_active,
      .looks_for =
          "On a Kubernetes node: chains of ufw in either backend, ENABLED in /etc/ufw/ufw.conf and "
          "DEFAULT_FORWARD_POLICY in /etc/default/ufw; whether FORWARD of the table that holds its "
          "chains drops by policy, and whether a network plugin has rules in that very table.",
      .matters =
          "ufw's default is to drop what is forwarded, and pods' packets are forwarded. Where "
          "kube-router, Calico or flannel accept them in the same table, they pass; where those "
          "write to the other backend, nothing does. ufw uses the host's iptables, which need not "
          "be of k0s' variant. Critical where a packet of a pod, followed through all rules, ends "
          "in "
          "its chain; a note where it lets everything be forwarded.",
      .mend =
          "Disable ufw on Kubernetes nodes, or set its forward policy to ACCEPT and keep the "
          "host's iptables on the node's backend. The ports of k0s must be open as well: see "
          "required_ports.",
      .sources =
          "ufw(8), ufw-framework(8)\n"
          "https://github.com/rancher/docs/issues/2732\n"
          "https://github.com/charmed-kubernetes/bundle/issues/502\n"
          "k3s: contrib/util/check-config.sh"};
}

}  // namespace iptmode::checks
