// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnose/iptables_users.h"

#include <algorithm>

#include <fmt/format.h>

#include "diagnose/host_users.h"
#include "diagnose/subject_names.h"
#include "diagnose/wrapper_choice.h"

namespace iptmode::checks {
namespace {

/// felix runs iptables-nft-* or iptables-legacy-* by name: its truth is what it was told, else
/// where its chains are.
std::optional<Backend> backend_of_felix(const Component& component, const Snapshot& snapshot) {
  if (component.declared.backend) return component.declared.backend;
  const std::vector<Backend> effective = effective_backends(component, snapshot);
  if (effective.size() == 1) return effective.front();
  return std::nullopt;
}

/// The file that serves `backend` in this place, whatever the link says now.
const Program* server_of(const Installation& installation, Backend backend) {
  const auto serves = [&](const Program& program) {
    const bool binary =
        program.form == ProgramForm::multi || program.form == ProgramForm::standalone;
    return binary && program.identity().backend == backend;
  };
  for (const auto* list : {&installation.multis, &installation.programs}) {
    const auto found = std::ranges::find_if(*list, serves);
    if (found != list->end()) return &*found;
  }
  return nullptr;
}

void take_link(IptablesUser& user, const Program& primary) {
  user.backend = primary.identity().backend;
  user.version = primary.identity().version;
  user.program = primary.resolved().empty() ? primary.path : primary.resolved();
}

void take_backend(IptablesUser& user, Backend backend) {
  const Program* const server = server_of(*user.installation, backend);
  user.backend = backend;
  user.version = user.installation->available(backend).version;
  if (server != nullptr)
    user.program = server->resolved().empty() ? server->path : server->resolved();
}

void identify(IptablesUser& user, const NetworkState& network, const Snapshot& snapshot) {
  const Program* const primary = user.installation->primary();
  const bool by_name =
      user.component != nullptr && traits(user.component->kind).use == IptablesUse::by_name;
  if (by_name) {
    if (const auto backend = backend_of_felix(*user.component, snapshot))
      take_backend(user, *backend);
  } else if (wrapper_is_pending(*user.installation)) {
    if (const auto choice = wrapper_choice(*user.installation, network).backend)
      take_backend(user, *choice);
  } else if (primary != nullptr) {
    take_link(user, *primary);
  }
}

/// By the place of the link, not by its end: both are read at slightly different moments.
bool comes_from_k0s(const Component& component, const Snapshot& snapshot) {
  if (component.kind != ComponentKind::kubelet || !snapshot.k0s) return false;
  const Program* const own = component.installation->primary();
  return own != nullptr && own->path.starts_with(snapshot.k0s->bin_dir + "/");
}

bool uses_iptables(const Component& component) {
  if (component.declared.native_nft || !component.installation) return false;
  if (component.installation->empty()) return false;
  switch (traits(component.kind).use) {
    case IptablesUse::none: return false;
    case IptablesUse::by_link:
    case IptablesUse::by_name: return true;
    case IptablesUse::native: return component.declared.backend.has_value();
  }
  return false;
}

/// ufw is a command, not a daemon: its rules are the trace that the host's iptables is in use.
bool serves_one_shot_programs(const NetworkState& network) {
  return std::ranges::any_of(
      kAllBackends, [&](Backend backend) { return network.use_of(Owner::ufw, backend).rules > 0; });
}

void add_places_of_node(std::vector<IptablesUser>& users, const Domain& domain,
                        const Snapshot& snapshot) {
  // A controller stages iptables up to k0s 1.35 and has nobody who calls it.
  const bool workless = snapshot.node.role == NodeRole::controller;
  if (snapshot.k0s && !snapshot.k0s->installation.empty() && !workless) {
    users.push_back({.place = Place::k0s_bin,
                     .installation = &snapshot.k0s->installation,
                     .subject = subject_of(*snapshot.k0s)});
  }
  if (snapshot.host && !snapshot.host->empty()) {
    users.push_back({.place = Place::host,
                     .installation = &*snapshot.host,
                     .subject = std::string{kHostSubject},
                     .idle = !serves_one_shot_programs(*domain.network) &&
                             writers_with_host_iptables(snapshot).empty()});
  }
}

}  // namespace

bool IptablesUser::is(ComponentKind kind) const {
  return component != nullptr && component->kind == kind;
}

WritesBack IptablesUser::writes_back() const {
  if (is(ComponentKind::kube_router)) return WritesBack::whole_table;
  if (is(ComponentKind::calico_node)) return WritesBack::nothing;
  return WritesBack::own_chains;
}

std::vector<IptablesUser> iptables_users(const Domain& domain, const Snapshot& snapshot) {
  std::vector<IptablesUser> users;
  for (const Component* component : domain.components) {
    if (!uses_iptables(*component)) continue;
    if (domain.is_node && comes_from_k0s(*component, snapshot)) continue;
    users.push_back({.component = component,
                     .installation = &*component->installation,
                     .subject = subject_of(*component)});
  }
  if (domain.is_node) add_places_of_node(users, domain, snapshot);
  for (IptablesUser& user : users) identify(user, *domain.network, snapshot);
  return users;
}

std::string program_of(const IptablesUser& user) {
  return fmt::format("{}, {} ({})", user.program.empty() ? "iptables" : user.program,
                     user.version ? to_string(*user.version) : "version not known",
                     user.backend ? to_string(*user.backend) : "backend not known");
}

std::string_view users_behind(Place place) {
  switch (place) {
    case Place::component: return "";
    case Place::k0s_bin: return "kubelet and the CNI plugins use it";
    case Place::host: return "one-shot programs and administrators use it";
  }
  return "";
}

}  // namespace iptmode::checks
