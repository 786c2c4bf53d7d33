// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <chrono>
#include <tuple>

#include "collect/host_settings.h"
#include "collect/missing_capabilities.h"
#include "collect/observation.h"
#include "collect/observe.h"

namespace iptmode::collect {

namespace {

using namespace std::chrono_literals;

constexpr auto kNetworkTimeout = 10000ms;

std::string network_label(NamespaceId id) {
  return "net:[" + std::to_string(id) + "]";
}

}  // namespace

Snapshot observe(const Sources& sources, const CollectOptions& options) {
  Observation observation{sources, options};
  observation.find_components();
  observation.start_looks();
  observation.find_k0s();
  observation.read_networks();
  observation.read_kernel();
  observation.finish_looks();
  observation.read_proxy_networks();
  observation.start_cross_reading();
  observation.read_settings();
  observation.read_host_settings();
  observation.read_host_writers();
  observation.read_firewalld_state();
  observation.finish_cross_reading();
  return observation.take();
}

Observation::Observation(const Sources& sources, const CollectOptions& options)
    : sources_{sources},
      options_{options},
      deadline_{options.timeout},
      processors_{sources.processors} {
  snapshot_.tool_version = options.tool_version;
  snapshot_.node.hostname = sources.hostname;
  snapshot_.node.kernel = sources.kernel;
  snapshot_.gaps = gaps_of_missing_capabilities(options.missing_capabilities);
}

void Observation::add_gap(std::string subject, std::string reason, std::optional<Fact> hides) {
  snapshot_.gaps.push_back(
      {.subject = std::move(subject), .reason = std::move(reason), .hides = hides});
}

void Observation::find_components() {
  ProcessScan scan = scan_processes(sources_.processes, sources_.own_pid);
  std::ranges::move(scan.gaps, std::back_inserter(snapshot_.gaps));
  node_place_ = scan.node.value_or(ProcessPlace{});
  snapshot_.node.network_namespace = node_place_.network;
  const bool within_container = scan.within_container;
  Discovery discovery = discover(std::move(scan));
  found_ = std::move(discovery.components);
  domains_ = std::move(discovery.domains);
  const bool is_node = std::ranges::any_of(found_, [](const FoundComponent& found) {
    return found.component.impostor == ImpostorReason::none &&
           traits(found.component.kind).kubernetes;
  });
  // A node may well be a container; one without a component is rather a container on a node.
  if (within_container && !is_node)
    add_gap("process table", "of a container: what runs outside of it is not seen", std::nullopt);
}

void Observation::read_kernel() {
  snapshot_.support = sources_.networks.support();
  for (std::size_t i = 0; i < domains_.size(); ++i) {
    const Domain& domain = domains_[i];
    const auto share = deadline_.left(options_.timeout) / (domains_.size() - i);
    const auto timeout = std::min<std::chrono::milliseconds>(kNetworkTimeout, share);
    auto reading =
        timeout > 0ms
            ? sources_.networks.read(domain, snapshot_.support,
                                     {.networks = i == 0 ? snapshot_.node_networks : NodeNetworks{},
                                      .timeout = timeout,
                                      .idle = [this] { poll_looks(); }})
            : sys_error(ETIMEDOUT, "read firewall", network_label(domain.network));
    if (!reading) {
      for (const Fact fact : {Fact::legacy_rules, Fact::nft_rules})
        add_gap(network_label(domain.network), to_string(reading.error()), fact);
      reading = kernel::NetworkReading{.state = {.network_namespace = domain.network}};
    }
    std::ranges::move(reading->gaps, std::back_inserter(snapshot_.gaps));
    snapshot_.networks.push_back(std::move(reading->state));
  }
}

void Observation::read_host_settings() {
  std::vector<std::string> problems;
  snapshot_.host_settings = collect::read_host_settings(sources_.host, problems);
  for (std::string& problem : problems)
    add_gap("settings on the host", std::move(problem), Fact::host_settings);
}

Snapshot Observation::take() {
  for (FoundComponent& found : found_) snapshot_.components.push_back(std::move(found.component));
  const auto order = [](const Gap& gap) { return std::tie(gap.subject, gap.reason, gap.hides); };
  std::ranges::sort(snapshot_.gaps, {}, order);
  // Not std::ranges::unique: clang 14 cannot compile libstdc++ 12's subrange.
  std::vector<Gap>& gaps = snapshot_.gaps;
  gaps.erase(std::unique(gaps.begin(), gaps.end()), gaps.end());
  return std::move(snapshot_);
}

}  // namespace iptmode::collect
