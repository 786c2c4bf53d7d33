// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "diagnose/checks.h"
#include "diagnose/domains.h"
#include "diagnose/subject_names.h"

namespace iptmode::checks {
namespace {

/// What speaks for IP-in-IP, apart by how much it says.
struct Signs {
  std::vector<std::string> live = {};    ///< the kernel carries it now
  std::vector<std::string> wanted = {};  ///< the pool's setting
  std::vector<std::string> felix = {};   ///< felix keeps the tunnel ready
  std::vector<std::string> vxlan = {};   ///< what speaks for VXLAN instead
};

std::string to_lower(std::string_view text) {
  std::string result{text};
  std::ranges::transform(result, result.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

void add_settings(Signs& signs, const NodeNetworks& networks) {
  for (const auto& [variable, value] : networks.encapsulation) {
    const std::string word = to_lower(value);
    const std::string line = fmt::format("{}={}", variable, value);
    const bool off = word.empty() || word == "never" || word == "off" || word == "false";
    if (variable == "CALICO_IPV4POOL_IPIP" && !off) signs.wanted.push_back(line);
    if (variable == "FELIX_IPINIPENABLED" && !off) signs.felix.push_back(line);
    if (variable == "CALICO_IPV4POOL_VXLAN" && !off) signs.vxlan.push_back(line);
  }
}

void add_links(Signs& signs, const NetworkState& network) {
  if (!network.links) return;
  for (const NetworkLink& link : *network.links) {
    const bool used = link.up && !link.addresses.empty();
    if (used && (link.kind == "ipip" || link.name == "tunl0"))
      signs.live.push_back(
          fmt::format("{} is up and has {}", link.name, join_names(link.addresses)));
    if (used && link.kind == "vxlan" && link.name == "vxlan.calico")
      signs.vxlan.push_back(fmt::format("{} is up, UDP port {}", link.name, link.port));
  }
  for (const NetworkRoute& route : network.tunnel_routes)
    signs.live.push_back(fmt::format("route to {} via {} through {}", route.destination,
                                     route.gateway.empty() ? "no gateway" : route.gateway,
                                     route.link));
}

Severity severity_of(const Signs& signs) {
  if (!signs.live.empty()) return Severity::error;
  return signs.wanted.empty() || !signs.vxlan.empty() ? Severity::warning : Severity::error;
}

std::string message_of(const Signs& signs) {
  if (!signs.live.empty())
    return "Calico carries the packets of pods between nodes in IP-in-IP, which is not supported "
           "on "
           "this platform: only VXLAN is. Packets of IP protocol 4 are dropped on the way by many "
           "networks and firewalls.";
  if (signs.wanted.empty())
    return "felix is told to keep an IP-in-IP tunnel, which is not supported on this platform. No "
           "packet uses it yet.";
  return signs.vxlan.empty() ? "The pool of Calico is told to use IP-in-IP, which is not supported "
                               "on this platform: "
                               "only "
                               "VXLAN is."
                             : "The pool of Calico is told to use IP-in-IP while VXLAN carries the "
                               "packets now: the "
                               "setting counts again when the pool is made anew.";
}

std::vector<std::string> remedy_of() {
  return {
      "set spec.network.calico.mode to vxlan in k0s' configuration, or in the pool: kubectl patch "
      "ippool default-ipv4-ippool --type merge -p "
      "'{\"spec\":{\"ipipMode\":\"Never\",\"vxlanMode\":\"Always\"}}'",
      "set CALICO_IPV4POOL_IPIP=Never, CALICO_IPV4POOL_VXLAN=Always and take FELIX_IPINIPENABLED "
      "away in the DaemonSet calico-node",
      "open UDP port 4789 between the nodes"};
}

CheckOutcome judge_calico_ipip(const Snapshot& snapshot) {
  CheckOutcome outcome;
  const Domain node = domains_of(snapshot).front();
  const Component* const calico = node.find(ComponentKind::calico_node);
  Signs signs;
  add_links(signs, *node.network);
  add_settings(signs, snapshot.node_networks);
  if (calico == nullptr && signs.live.empty()) {
    outcome.skipped = "Calico does not run here";
    return outcome;
  }
  std::vector<std::string> evidence = signs.live;
  for (const auto* lines : {&signs.wanted, &signs.felix})
    evidence.insert(evidence.end(), lines->begin(), lines->end());
  if (evidence.empty()) return outcome;
  evidence.insert(evidence.end(), signs.vxlan.begin(), signs.vxlan.end());
  outcome.findings.push_back(
      {.severity = severity_of(signs),
       .subject = calico != nullptr ? subject_of(*calico) : std::string{kHostSubject},
       .message = message_of(signs),
       .evidence = std::move(evidence),
       .remedy = remedy_of()});
  return outcome;
}

}  // namespace

Check calico_ipip() {
  return {
      .id = "calico_ipip",
      .title = "Calico does not use IP-in-IP",
      .severity = Severity::error,
      .needs = kNeeds<Fact::processes, Fact::node_networks, Fact::declared>,
      .run = judge_calico_ipip,
      .looks_for =
          "An IP-in-IP tunnel with an address, routes through it, CALICO_IPV4POOL_IPIP other than "
          "Never, or FELIX_IPINIPENABLED in calico-node's environment. VXLAN (vxlan.calico, UDP "
          "4789) is fine.",
      .matters =
          "Only VXLAN is tested on this platform. IP-in-IP is IP protocol 4: clouds and firewalls "
          "that let UDP through drop it, and pods of different nodes do not reach each other. A "
          "setting of the pool counts when the pool is made, so that it is a warning where VXLAN "
          "is in use.",
      .mend =
          "Use Calico's VXLAN mode, which is k0s' default, and change a pool that exists with "
          "ipipMode: Never and vxlanMode: Always.",
      .sources =
          "k0s: docs/networking.md, Calico\n"
          "https://docs.tigera.io/calico/latest/networking/configuring/vxlan-ipip\n"
          "projectcalico/calico: node/pkg/lifecycle/startup, felix/config"};
}

}  // namespace iptmode::checks
