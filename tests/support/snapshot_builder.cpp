// SPDX-License-Identifier: GPL-2.0-or-later
#include "snapshot_builder.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace iptmode::testing {
namespace {

constexpr std::string_view kK0sBin = "/var/lib/k0s/bin";

InstallationBuilder stock_image(ComponentKind kind) {
  switch (kind) {
    case ComponentKind::kubelet:
      return an_installation(std::string{kK0sBin})
          .multi(Backend::legacy, "1.8.9")
          .links(Backend::nf_tables, "1.8.9");
    case ComponentKind::kube_proxy:
      return an_installation("/usr/sbin")
          .multi(Backend::legacy, "1.8.11")
          .links(Backend::nf_tables, "1.8.11")
          .wrapper_file();
    case ComponentKind::calico_node:
      return an_installation("/sbin")
          .by_name(Backend::legacy, "1.8.9")
          .by_name(Backend::nf_tables, "1.8.9")
          .multi(Backend::legacy, "1.8.9")
          .links(Backend::nf_tables, "1.8.9")
          .wrapper_file();
    default:
      return an_installation("/sbin")
          .multi(Backend::legacy, "1.8.9")
          .links(Backend::nf_tables, "1.8.9")
          .wrapper_file();
  }
}

bool has_stock_image(ComponentKind kind) {
  return kind == ComponentKind::kubelet || kind == ComponentKind::kube_proxy ||
         kind == ComponentKind::kube_router || kind == ComponentKind::calico_node;
}

std::string hex_id(std::int32_t pid) {
  std::string id = std::to_string(pid);
  return std::string(64 - id.size(), 'a') + id;
}

std::string nft_family(IpFamily family) {
  return family == IpFamily::ipv4 ? "ip" : "ip6";
}

std::vector<BaseChain> base_chains_of(const std::string& table, Backend backend) {
  const auto chain = [&](std::string name, std::string hook, std::int32_t priority) {
    const std::string type = table == "nat" ? "nat" : "filter";
    return BaseChain{.name = std::move(name),
                     .type = backend == Backend::legacy ? table : type,
                     .hook = std::move(hook),
                     .priority = priority,
                     .policy = "accept"};
  };
  if (table == "nat")
    return {chain("PREROUTING", "prerouting", -100), chain("POSTROUTING", "postrouting", 100)};
  if (table == "mangle") return {chain("PREROUTING", "prerouting", -150)};
  return {chain("INPUT", "input", 0), chain("FORWARD", "forward", 0), chain("OUTPUT", "output", 0)};
}

std::string pattern_of(OwnerSet owners) {
  if (owners == OwnerSet{Owner::kube_router}) return "KUBE-ROUTER-*";
  if (owners == OwnerSet{Owner::kube_proxy}) return "KUBE-SVC-*";
  if (owners == OwnerSet{Owner::felix}) return "cali-*";
  return owners.empty() ? "" : to_string(owners) + "-*";
}

template <class Table>
void recount(Table& table) {
  table.rules = 0;
  table.chains = table.base_chains.size();
  for (const OwnerUse& use : table.owners) {
    table.rules += use.rules;
    table.chains += use.chains;
  }
}

}  // namespace

ComponentBuilder::ComponentBuilder(ComponentKind kind, std::int32_t pid)
    : image_{stock_image(kind)} {
  component_.kind = kind;
  component_.command = std::string{to_string(kind)};
  component_.executable = "/usr/local/bin/" + component_.command;
  component_.network_namespace = kNodeNetwork;
  if (has_stock_image(kind)) component_.installation = image_.build();
  if (kind == ComponentKind::kube_proxy) component_.declared.mode = "iptables";
  this->pid(pid);
}

ComponentBuilder& ComponentBuilder::pid(std::int32_t pid) {
  const bool in_container = traits(component_.kind).in_container;
  component_.pid = pid;
  component_.mount_namespace =
      in_container ? 4026540000U + static_cast<unsigned>(pid) : 4026531841U;
  component_.container_id = in_container ? hex_id(pid) : "";
  return *this;
}

ComponentBuilder& ComponentBuilder::edit(const std::function<void(InstallationBuilder&)>& change) {
  change(image_);
  component_.installation = image_.build();
  return *this;
}

ComponentBuilder& ComponentBuilder::nft(std::string_view version) {
  return edit([&](auto& image) { image.links(Backend::nf_tables, version); });
}

ComponentBuilder& ComponentBuilder::legacy(std::string_view version) {
  return edit([&](auto& image) { image.links(Backend::legacy, version); });
}

ComponentBuilder& ComponentBuilder::unresolved(ProgramForm form) {
  return edit([&](auto& image) { image.wrapper(form); });
}

ComponentBuilder& ComponentBuilder::image_lacks(Backend backend) {
  return edit([&](auto& image) { image.without_multi(backend); });
}

ComponentBuilder& ComponentBuilder::no_wrapper() {
  return edit([](auto& image) { image.wrapper_file(false); });
}

ComponentBuilder& ComponentBuilder::installation(const InstallationBuilder& installation) {
  image_ = installation;
  component_.installation = image_.build();
  return *this;
}

ComponentBuilder& ComponentBuilder::no_installation() {
  component_.installation.reset();
  return *this;
}

ComponentBuilder& ComponentBuilder::declares(std::string mode) {
  component_.declared.mode = std::move(mode);
  return *this;
}

ComponentBuilder& ComponentBuilder::pins(Backend backend) {
  component_.declared.backend = backend;
  return *this;
}

ComponentBuilder& ComponentBuilder::native_nft(bool native) {
  component_.declared.native_nft = native;
  return *this;
}

ComponentBuilder& ComponentBuilder::setting(std::string key, std::string value) {
  component_.declared.settings.emplace_back(std::move(key), std::move(value));
  std::ranges::sort(component_.declared.settings);
  return *this;
}

ComponentBuilder& ComponentBuilder::in_network(NamespaceId id) {
  component_.network_namespace = id;
  return *this;
}

ComponentBuilder& ComponentBuilder::impostor(ImpostorReason reason) {
  component_.impostor = reason;
  component_.installation.reset();
  return *this;
}

ComponentBuilder kubelet() {
  return {ComponentKind::kubelet, 902};
}
ComponentBuilder kube_proxy() {
  return {ComponentKind::kube_proxy, 1311};
}
ComponentBuilder kube_router() {
  return {ComponentKind::kube_router, 1402};
}
ComponentBuilder calico_node() {
  return {ComponentKind::calico_node, 1500};
}
ComponentBuilder a_component(ComponentKind kind, std::int32_t pid) {
  return {kind, pid};
}

NodeBuilder::NodeBuilder() {
  snapshot_.tool_version = "0.1.0";
  snapshot_.taken_at = 1767261600;
  snapshot_.node = {.hostname = "worker-3",
                    .kernel = "6.12.9",
                    .os_id = "debian",
                    .os_version = "12",
                    .role = NodeRole::worker,
                    .distribution = Distribution::k0s,
                    .network_namespace = kNodeNetwork};
  snapshot_.support = {.legacy = Support::yes,
                       .nft = Support::yes,
                       .legacy_evidence = "CONFIG_IP_NF_IPTABLES=m",
                       .nft_evidence = "CONFIG_NF_TABLES=m"};
  for (const char* module : {"ipt_REJECT", "nft_compat", "xt_CT", "xt_MASQUERADE", "xt_NFLOG",
                             "xt_addrtype", "xt_comment", "xt_conntrack", "xt_limit", "xt_mark",
                             "xt_multiport", "xt_nat", "xt_recent", "xt_set", "xt_statistic"})
    snapshot_.support.extensions.push_back({module, Support::yes, "modules.dep"});
  snapshot_.host = an_installation().build();
  snapshot_.host_settings.emplace();
  network();
}

NodeBuilder& NodeBuilder::with(const ComponentBuilder& component) {
  return without(component.build().kind).also(component);
}

NodeBuilder& NodeBuilder::also(const ComponentBuilder& component) {
  snapshot_.components.push_back(component.build());
  return *this;
}

NodeBuilder& NodeBuilder::without(ComponentKind kind) {
  std::erase_if(snapshot_.components, [&](const Component& old) { return old.kind == kind; });
  return *this;
}

NodeBuilder& NodeBuilder::without_components() {
  snapshot_.components.clear();
  return *this;
}

NodeBuilder& NodeBuilder::k0s_bin(Backend backend, std::string_view version) {
  return k0s_bin(
      an_installation(std::string{kK0sBin}).multi(other(backend), version).links(backend, version));
}

NodeBuilder& NodeBuilder::k0s_bin(const InstallationBuilder& installation) {
  if (!snapshot_.k0s) {
    snapshot_.k0s = K0s{.data_dir = "/var/lib/k0s",
                        .bin_dir = std::string{kK0sBin},
                        .found_by = "status socket",
                        .version = "v1.32.4+k0s.0",
                        .running = true};
    snapshot_.k0s->bin_mode = 0750;
  }
  snapshot_.k0s->installation = installation.build();
  return *this;
}

NodeBuilder& NodeBuilder::k0s_mode(std::string mode) {
  snapshot_.k0s->mode = std::move(mode);
  return *this;
}

NodeBuilder& NodeBuilder::k0s_stopped() {
  snapshot_.k0s->running = false;
  snapshot_.k0s->found_by = "default";
  return without(ComponentKind::k0s);
}

NodeBuilder& NodeBuilder::without_k0s() {
  snapshot_.k0s.reset();
  snapshot_.node.distribution = Distribution::none;
  return without(ComponentKind::k0s);
}

NodeBuilder& NodeBuilder::host_iptables(Backend backend, std::string_view version) {
  return host(an_installation().multi(other(backend), version).links(backend, version));
}

NodeBuilder& NodeBuilder::host(const InstallationBuilder& installation) {
  snapshot_.host = installation.build();
  return *this;
}

NodeBuilder& NodeBuilder::role(NodeRole role) {
  snapshot_.node.role = role;
  return *this;
}

NodeBuilder& NodeBuilder::support(Support legacy, Support nft) {
  snapshot_.support.legacy = legacy;
  snapshot_.support.nft = nft;
  return *this;
}

NetworkState& NodeBuilder::network() {
  const auto found =
      std::ranges::find(snapshot_.networks, network_, &NetworkState::network_namespace);
  if (found != snapshot_.networks.end()) return *found;
  NetworkState state{.network_namespace = network_};
  state.legacy.emplace();
  state.nft.emplace();
  state.generation = 7;
  state.hints = {{Backend::legacy, {}}, {Backend::nf_tables, {}}};
  snapshot_.networks.push_back(std::move(state));
  return snapshot_.networks.back();
}

std::vector<OwnerUse>& NodeBuilder::owners_of(Backend backend, const std::string& table,
                                              IpFamily family) {
  if (backend == Backend::legacy) {
    auto& tables = network().legacy.value();
    const auto same = [&](const LegacyTable& old) {
      return old.family == family && old.name == table;
    };
    auto found = std::ranges::find_if(tables, same);
    if (found == tables.end())
      found = tables.insert(
          tables.end(),
          {.family = family, .name = table, .base_chains = base_chains_of(table, backend)});
    return found->owners;
  }
  auto& tables = network().nft.value();
  const auto same = [&](const NftTable& old) {
    return old.family == nft_family(family) && old.name == table;
  };
  auto found = std::ranges::find_if(tables, same);
  if (found == tables.end())
    found = tables.insert(tables.end(), {.family = nft_family(family),
                                         .name = table,
                                         .compat = true,
                                         .base_chains = base_chains_of(table, backend)});
  return found->owners;
}

void NodeBuilder::set_use(std::vector<OwnerUse>& uses, OwnerUse use) {
  std::erase_if(uses, [&](const OwnerUse& old) { return old.owners == use.owners; });
  if (use.rules > 0 || use.chains > 0) uses.push_back(std::move(use));
}

NodeBuilder& NodeBuilder::rules(Backend backend, OwnerSet owners, std::uint64_t rules,
                                std::string table, IpFamily family) {
  const std::uint64_t chains = rules == 0 || owners.empty() ? 0 : 1;
  set_use(owners_of(backend, table, family),
          {.owners = owners, .chains = chains, .rules = rules, .patterns = {pattern_of(owners)}});
  return *this;
}

NodeBuilder& NodeBuilder::legacy_rules(OwnerSet owners, std::uint64_t rules, std::string table) {
  return this->rules(Backend::legacy, owners, rules, std::move(table));
}

NodeBuilder& NodeBuilder::nft_rules(OwnerSet owners, std::uint64_t rules, std::string table) {
  return this->rules(Backend::nf_tables, owners, rules, std::move(table));
}

NodeBuilder& NodeBuilder::nat_rules(Backend backend, OwnerSet owners, std::uint64_t rules) {
  set_use(owners_of(backend, "nat", IpFamily::ipv4), {.owners = owners,
                                                      .chains = rules == 0 ? 0U : 1U,
                                                      .rules = rules,
                                                      .translations = rules,
                                                      .patterns = {pattern_of(owners)}});
  return *this;
}

NodeBuilder& NodeBuilder::no_rules_of(OwnerSet owners) {
  const auto theirs = [&](const OwnerUse& use) { return use.owners == owners; };
  for (LegacyTable& table : network().legacy.value()) std::erase_if(table.owners, theirs);
  for (NftTable& table : network().nft.value()) std::erase_if(table.owners, theirs);
  return *this;
}

NodeBuilder& NodeBuilder::no_rules() {
  network().legacy.emplace();
  network().nft.emplace();
  return no_hint();
}

NodeBuilder& NodeBuilder::empty_legacy_table(std::string table, IpFamily family) {
  owners_of(Backend::legacy, table, family).clear();
  return *this;
}

NodeBuilder& NodeBuilder::nft_table(NftTable table) {
  network().nft.value().push_back(std::move(table));
  return *this;
}

NodeBuilder& NodeBuilder::policy(Backend backend, std::string table, std::string chain,
                                 std::string policy) {
  owners_of(backend, table, IpFamily::ipv4);
  const auto set = [&](auto& tables) {
    for (auto& candidate : tables)
      for (BaseChain& base : candidate.base_chains)
        if (candidate.name == table && base.name == chain) base.policy = policy;
  };
  backend == Backend::legacy ? set(network().legacy.value()) : set(network().nft.value());
  return *this;
}

NodeBuilder& NodeBuilder::hint(Backend backend) {
  const HintChains both{.ipt_hint = true, .canary = true};
  network().hints[backend] = {both, both};
  for (const IpFamily family : kAllIpFamilies)
    set_use(owners_of(backend, "mangle", family),
            {.owners = Owner::kubelet,
             .chains = 2,
             .patterns = {"KUBE-IPTABLES-HINT", "KUBE-KUBELET-CANARY"}});
  return *this;
}

NodeBuilder& NodeBuilder::hint_only_in(Backend backend) {
  return no_hint().hint(backend);
}

NodeBuilder& NodeBuilder::no_hint() {
  network().hints = {{Backend::legacy, {}}, {Backend::nf_tables, {}}};
  return no_rules_of(Owner::kubelet);
}

NodeBuilder& NodeBuilder::unread(Backend backend, std::string reason) {
  network().hints.erase(backend);
  if (backend == Backend::legacy) {
    network().legacy.reset();
    return gap(Fact::legacy_rules, "legacy tables", std::move(reason));
  }
  network().nft.reset();
  network().generation.reset();
  return gap(Fact::nft_rules, "nft tables", std::move(reason));
}

NodeBuilder& NodeBuilder::gap(Fact fact, std::string subject, std::string reason) {
  snapshot_.gaps.push_back(
      {.subject = std::move(subject), .reason = std::move(reason), .hides = fact});
  return *this;
}

NodeBuilder& NodeBuilder::in_network(NamespaceId id) {
  network_ = id;
  network();
  return *this;
}

NodeBuilder& NodeBuilder::edit(const std::function<void(Snapshot&)>& change) {
  change(snapshot_);
  return *this;
}

Snapshot NodeBuilder::build() const {
  Snapshot snapshot = snapshot_;
  const auto by_owner = [](const OwnerUse& use) {
    return std::pair{use.owners.empty(), use.owners};
  };
  for (NetworkState& network : snapshot.networks) {
    if (network.legacy) {
      for (LegacyTable& table : *network.legacy) {
        recount(table);
        std::ranges::sort(table.owners, {}, by_owner);
      }
      std::ranges::sort(*network.legacy, {}, [](const auto& table) {
        return std::pair{table.family, table.name};
      });
    }
    if (network.nft) {
      for (NftTable& table : *network.nft)
        if (table.compat) {
          recount(table);
          std::ranges::sort(table.owners, {}, by_owner);
        }
      std::ranges::sort(*network.nft, {}, [](const auto& table) {
        return std::pair{table.family, table.name};
      });
    }
  }
  std::ranges::sort(snapshot.components, {}, [&](const Component& component) {
    return std::tuple{component.network_namespace != snapshot.node.network_namespace,
                      component.network_namespace, component.kind, component.pid};
  });
  std::ranges::sort(snapshot.gaps, {}, [](const Gap& gap) {
    return std::pair{gap.subject, gap.reason};
  });
  return snapshot;
}

NodeBuilder a_node() {
  NodeBuilder node;
  node.k0s_bin(Backend::nf_tables, "1.8.9")
      .with(a_component(ComponentKind::k0s, 812))
      .with(kubelet())
      .with(a_component(ComponentKind::containerd, 880))
      .with(kube_proxy())
      .with(kube_router())
      .hint(Backend::nf_tables)
      .nat_rules(Backend::nf_tables, Owner::kube_proxy, 2800)
      .nft_rules(Owner::kube_proxy, 112)
      .nft_rules(Owner::kube_router, 56);
  return node;
}

NodeBuilder a_plain_machine() {
  NodeBuilder node;
  node.role(NodeRole::none).without_k0s();
  return node;
}

}  // namespace iptmode::testing
