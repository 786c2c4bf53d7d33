// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "diagnose/checks.h"
#include "diagnose/domains.h"
#include "diagnose/firewalld_commands.h"
#include "diagnose/firewalld_view.h"
#include "diagnose/subject_names.h"

namespace iptmode::checks {
namespace {

struct View {
  const Snapshot& snapshot;
  const Firewalld& firewalld;
};

bool has(const Snapshot& snapshot, ComponentKind kind) {
  return domains_of(snapshot).front().find(kind) != nullptr;
}

/// Where packets of pods come in: bridges, Calico's veth pairs, tunnels from other nodes.
std::vector<std::string> interfaces_of_pods(const Snapshot& snapshot) {
  constexpr std::array<std::string_view, 5> kBridges{"kube-bridge", "cni0", "cbr0", "flannel.1",
                                                     "vxlan.calico"};
  std::vector<std::string> names;
  for (const CniNetwork& network : snapshot.node_networks.cni)
    names.insert(names.end(), network.bridges.begin(), network.bridges.end());
  if (snapshot.network().links)
    for (const NetworkLink& link : *snapshot.network().links)
      if (std::ranges::find(kBridges, link.name) != kBridges.end() || link.kind == "vxlan" ||
          (link.kind == "ipip" && link.up))
        names.push_back(link.name);
  if (has(snapshot, ComponentKind::calico_node)) names.emplace_back("cali+");
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

/// kube-router routes between nodes over the uplink, so packets of other nodes' pods come in there.
bool arrives_by_uplink(const Snapshot& snapshot) {
  return has(snapshot, ComponentKind::kube_router);
}

bool accepts_by_interface(const View& view) {
  const std::vector<std::string> names = interfaces_of_pods(view.snapshot);
  if (names.empty() || arrives_by_uplink(view.snapshot)) return false;
  return std::ranges::all_of(names, [&](const std::string& name) {
    const FirewalldZone* const zone = zone_of_interface(view.firewalld, name);
    return zone != nullptr && forwarding_in(view.firewalld, *zone) == Forwarding::accepted;
  });
}

/// What no zone claims is the default zone's, as far as it comes in at an interface without a zone.
bool accepts_everything(const Firewalld& firewalld) {
  const FirewalldZone* const zone = firewalld.default_zone();
  if (zone != nullptr && zone->target == "ACCEPT") return true;
  return std::ranges::any_of(firewalld.policies, [](const FirewalldPolicy& policy) {
    const auto any = [](const std::vector<std::string>& zones) {
      return std::ranges::find(zones, "ANY") != zones.end();
    };
    return policy.target == "ACCEPT" && any(policy.ingress_zones) && any(policy.egress_zones);
  });
}

bool has_address_sets(const Firewalld& firewalld) {
  return std::ranges::any_of(firewalld.zones, [](const FirewalldZone& zone) {
    return std::ranges::any_of(zone.sources,
                               [](const auto& source) { return source.starts_with("ipset:"); });
  });
}

std::string describe(const FirewalldZone& zone) {
  std::vector<std::string> bound = zone.interfaces;
  bound.insert(bound.end(), zone.sources.begin(), zone.sources.end());
  return fmt::format("zone {}{}: target {}, forward {}, masquerade {}, {}", zone.name,
                     zone.is_default ? " (the default)" : "", zone.target,
                     zone.forward ? "yes" : "no", zone.masquerade ? "yes" : "no",
                     bound.empty() ? "nothing bound to it" : join_names(bound));
}

std::vector<std::string> evidence_of(const View& view, const std::vector<ClusterRange>& ranges) {
  std::vector<std::string> lines;
  for (const ClusterRange& range : ranges)
    lines.push_back(fmt::format("{} ({})", range.cidr, range.origin));
  for (const FirewalldZone& zone : view.firewalld.zones) lines.push_back(describe(zone));
  lines.push_back(source_of(view.firewalld));
  return lines;
}

/// The zone that already has a part of the cluster, or one with a name of its own.
std::string zone_to_use(const View& view) {
  std::vector<ClusterRange> all = pod_ranges(view.snapshot);
  for (ClusterRange& range : service_ranges(view.snapshot)) all.push_back(std::move(range));
  for (const ClusterRange& range : all)
    if (const FirewalldZone* zone = zone_of_source(view.firewalld, range)) return zone->name;
  return "k0s";
}

std::string sources_option(const std::vector<ClusterRange>& ranges) {
  std::string option;
  for (const ClusterRange& range : ranges)
    option += fmt::format("{}--add-source={}", option.empty() ? "" : " ", range.cidr);
  return option;
}

/// A zone that firewalld does not have yet takes a reload; all before it may be permanent alone.
std::vector<std::string> make_zone(const View& view, const std::string& zone,
                                   const std::vector<ClusterRange>& ranges) {
  std::vector<std::string> steps{fmt::format("firewall-cmd --permanent --new-zone={}", zone)};
  // firewall-cmd takes options of one kind in one call.
  const std::array options{
      sources_option(ranges), std::string{"--add-forward"}, std::string{"--add-masquerade"},
      std::string{"--add-port=80/tcp --add-port=6443/tcp --add-port=8132/tcp --add-port=10250/tcp "
                  "--add-port=179/tcp --add-port=179/udp"}};
  for (const std::string& option : options)
    steps.push_back(fmt::format("firewall-cmd --permanent --zone={} {}", zone, option));
  for (std::string& step : reload_steps(view.snapshot)) steps.push_back(std::move(step));
  return steps;
}

void add_changes(std::vector<std::string>& steps, const std::string& zone,
                 std::string_view change) {
  for (std::string& step : change_zone(zone, change)) steps.push_back(std::move(step));
}

/// What a zone of pods lacks: forwarding, and the masquerading of the setup that is known to work.
std::vector<std::string> complete_zone(const View& view, const FirewalldZone& zone) {
  std::vector<std::string> steps;
  if (forwarding_in(view.firewalld, zone) == Forwarding::refused)
    add_changes(steps, zone.name, "--add-forward");
  if (zone.target != "ACCEPT" && !zone.masquerade)
    add_changes(steps, zone.name, "--add-masquerade");
  return steps;
}

/// To a zone with all of `ranges`, and with what else the next audit would ask for.
std::vector<std::string> add_sources(const View& view, const std::vector<ClusterRange>& ranges) {
  const std::string name = zone_to_use(view);
  const auto zone = std::ranges::find(view.firewalld.zones, name, &FirewalldZone::name);
  if (zone == view.firewalld.zones.end()) return make_zone(view, name, ranges);
  std::vector<std::string> steps;
  add_changes(steps, name, sources_option(ranges));
  for (std::string& step : complete_zone(view, *zone)) steps.push_back(std::move(step));
  return steps;
}

/// In firewalld's iptables backend rules of others in the same chains may come first.
Severity severity_of(const View& view) {
  return side_of_firewalld(view.snapshot).word == "iptables" ? Severity::warning : Severity::error;
}

std::string cidrs_of(const std::vector<ClusterRange>& ranges) {
  std::vector<std::string> cidrs;
  for (const ClusterRange& range : ranges) cidrs.push_back(range.cidr);
  return join_names(cidrs);
}

std::vector<ClusterRange> unclaimed_of(const View& view, std::vector<ClusterRange> ranges) {
  std::erase_if(ranges, [&](const ClusterRange& range) {
    return zone_of_source(view.firewalld, range) != nullptr;
  });
  return ranges;
}

void judge_unclaimed(CheckOutcome& outcome, const View& view,
                     const std::vector<ClusterRange>& ranges) {
  if (ranges.empty() || accepts_everything(view.firewalld) || accepts_by_interface(view)) return;
  if (has_address_sets(view.firewalld)) {
    outcome.undecided = "a zone takes addresses from an ipset, which is not read";
    return;
  }
  std::vector<ClusterRange> to_add = ranges;
  for (ClusterRange& range : unclaimed_of(view, service_ranges(view.snapshot)))
    to_add.push_back(std::move(range));
  outcome.findings.push_back(
      {.severity = severity_of(view),
       .subject = subject_of(view.firewalld),
       .message = fmt::format("No zone of firewalld accepts the pod network {}: packets between "
                              "pods are rejected (no route to host).",
                              cidrs_of(ranges)),
       .evidence = evidence_of(view, ranges),
       .remedy = add_sources(view, to_add)});
}

void judge_services(CheckOutcome& outcome, const View& view) {
  const std::vector<ClusterRange> missing = unclaimed_of(view, service_ranges(view.snapshot));
  if (missing.empty() || accepts_everything(view.firewalld) || accepts_by_interface(view)) return;
  outcome.findings.push_back(
      {.severity = Severity::warning,
       .subject = subject_of(view.firewalld),
       .message = fmt::format("The service network {} is in no zone of firewalld. Services work as "
                              "long as kube-proxy rewrites their addresses first; what it does not "
                              "rewrite is rejected.",
                              cidrs_of(missing)),
       .evidence = evidence_of(view, missing),
       .remedy = add_sources(view, missing)});
}

void judge_zone(CheckOutcome& outcome, const View& view, const FirewalldZone& zone,
                const std::vector<ClusterRange>& ranges) {
  if (forwarding_in(view.firewalld, zone) == Forwarding::refused) {
    outcome.findings.push_back(
        {.severity = severity_of(view),
         .subject = fmt::format("{}, zone {}", subject_of(view.firewalld), zone.name),
         .message = fmt::format("Zone {} has the pod network {} and does not forward: packets "
                                "between pods are rejected.",
                                zone.name, cidrs_of(ranges)),
         .evidence = evidence_of(view, ranges),
         .remedy = complete_zone(view, zone)});
    return;
  }
  if (zone.target == "ACCEPT" || zone.masquerade) return;
  outcome.findings.push_back(
      {.severity = Severity::warning,
       .subject = fmt::format("{}, zone {}", subject_of(view.firewalld), zone.name),
       .message = fmt::format(
           "Zone {} has the pod network {} and does not masquerade. The setup that is known to "
           "work "
           "does: answers to pods may otherwise come from addresses that nobody expects.",
           zone.name, cidrs_of(ranges)),
       .evidence = evidence_of(view, ranges),
       .remedy = complete_zone(view, zone)});
}

CheckOutcome judge_firewalld_zone(const Snapshot& snapshot) {
  CheckOutcome outcome{.skipped = no_firewalld(snapshot)};
  if (outcome.skipped) return outcome;
  const std::vector<ClusterRange> pods = pod_ranges(snapshot);
  const bool has_pods =
      snapshot.node.role == NodeRole::worker || snapshot.node.role == NodeRole::controller_worker;
  if (!has_pods || pods.empty()) {
    outcome.skipped = "no pods run here, or their network is not known";
    return outcome;
  }
  const View view{snapshot, *snapshot.firewalld};
  if (view.firewalld.source == FirewalldSource::none) {
    outcome.undecided = "the zones of firewalld could not be read";
    return outcome;
  }
  const std::vector<ClusterRange> unclaimed = unclaimed_of(view, pods);
  for (const FirewalldZone& zone : view.firewalld.zones) {
    std::vector<ClusterRange> in_zone;
    for (const ClusterRange& range : pods)
      if (zone_of_source(view.firewalld, range) == &zone) in_zone.push_back(range);
    if (!in_zone.empty()) judge_zone(outcome, view, zone, in_zone);
  }
  judge_unclaimed(outcome, view, unclaimed);
  if (unclaimed.empty()) judge_services(outcome, view);
  return outcome;
}

}  // namespace

Check firewalld_zone() {
  return {
      .id = "firewalld_zone",
      .title = "firewalld lets the pods' packets through",
      .severity = Severity::error,
      .needs = kNeeds<Fact::processes, Fact::firewalld, Fact::node_networks, Fact::nft_rules,
                      Fact::legacy_rules>,
      .run = judge_firewalld_zone,
      .looks_for =
          "A running firewalld in which no zone has the networks of pods and services as a source, "
          "or all interfaces that pods' packets come in by, with a target that accepts or with "
          "forwarding; and a zone of theirs without masquerading. The networks are those that "
          "kube-proxy (clusterCIDR), k0s' configuration, the CNI files, flannel or calico-node "
          "name, else k0s' defaults 10.244.0.0/16 and 10.96.0.0/12. The zones are those of the "
          "running daemon; its files where it does not answer.",
      .matters =
          "firewalld's own base chains reject every forwarded packet that no zone accepts, after "
          "all rules of Kubernetes have accepted it: \"no route to host\" between pods, name "
          "resolution that fails. Matching backends do not help. In firewalld's iptables backend "
          "rules of others in the same chains may come first, so that it is a warning there; a "
          "service network without a zone and a zone without masquerading are warnings.",
      .mend =
          "Give the cluster a zone: sources are the pod and the service network, forward and "
          "masquerade on, and the ports that k0s needs. Or put the networks into the zone trusted.",
      .sources =
          "firewalld.zone(5)\n"
          "k0s: docs/networking.md, Firewalld\n"
          "https://github.com/flannel-io/flannel/issues/2055\n"
          "https://github.com/projectcalico/calico/issues/5232\n"
          "https://github.com/kubernetes/kubernetes/issues/97283"};
}

}  // namespace iptmode::checks
