// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/json_parts.h"

namespace iptmode::report {

namespace {

Json owners_array(const std::vector<OwnerUse>& uses) {
  Json array = Json::array();
  for (const OwnerUse& use : uses) {
    Json patterns = Json::array();
    for (const std::string& pattern : use.patterns) patterns.push_back(json_text(pattern));
    array.push_back({{"owner", to_string(use.owners)},
                     {"chains", use.chains},
                     {"rules", use.rules},
                     {"translations", use.translations},
                     {"patterns", std::move(patterns)}});
  }
  return array;
}

// null: not read. That is not the same as no tables.
Json legacy_tables(const NetworkState& network, IpFamily family) {
  if (!network.legacy) return {};
  Json array = Json::array();
  for (const LegacyTable& table : *network.legacy)
    if (table.family == family)
      array.push_back({{"table", json_text(table.name)},
                       {"chains", table.chains},
                       {"rules", table.rules},
                       {"owners", owners_array(table.owners)}});
  return array;
}

Json nft_tables(const NetworkState& network) {
  if (!network.nft) return {};
  Json array = Json::array();
  for (const NftTable& table : *network.nft)
    array.push_back({{"family", json_text(table.family)},
                     {"name", json_text(table.name)},
                     {"compat", table.compat},
                     {"chains", table.chains},
                     {"rules", table.rules},
                     {"owners", owners_array(table.owners)}});
  return array;
}

Json supported(Support support) {
  return support == Support::unknown ? Json{} : Json(support == Support::yes);
}

Json hint(const NetworkState& network, Backend backend) {
  const bool read =
      backend == Backend::legacy ? network.legacy.has_value() : network.nft.has_value();
  return read ? Json(network.hint_in(backend)) : Json{};
}

Json network_object(const NetworkState& network, const KernelSupport& support) {
  return {{"legacy",
           {{"supported", supported(support.legacy)},
            {"ipv4", legacy_tables(network, IpFamily::ipv4)},
            {"ipv6", legacy_tables(network, IpFamily::ipv6)},
            {"evidence", json_text(support.legacy_evidence)}}},
          {"nft",
           {{"supported", supported(support.nft)},
            {"generation", network.generation ? Json(*network.generation) : Json{}},
            {"tables", nft_tables(network)},
            {"evidence", json_text(support.nft_evidence)},
            {"libnftables",
             {{"outcome", to_string(network.libnftables.outcome)},
              {"detail", json_text(network.libnftables.detail)}}}}},
          {"hints",
           {{"legacy", hint(network, Backend::legacy)},
            {"nfTables", hint(network, Backend::nf_tables)}}}};
}

}  // namespace

Json json_kernel(const Snapshot& snapshot) {
  return network_object(snapshot.network(), snapshot.support);
}

Json json_domains(const Snapshot& snapshot) {
  Json array = Json::array();
  for (const NetworkState& network : snapshot.networks) {
    if (&network == &snapshot.network()) continue;
    Json object{{"networkNamespace", network.network_namespace}};
    object.update(network_object(network, snapshot.support));
    array.push_back(std::move(object));
  }
  return array;
}

}  // namespace iptmode::report
