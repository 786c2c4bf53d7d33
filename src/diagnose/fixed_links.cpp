// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnose/fixed_links.h"

#include <algorithm>

namespace iptmode::checks {
namespace {

bool some_name_leads_to_wrapper(const Installation& image) {
  return std::ranges::any_of(six_names(), [&](std::string_view name) {
    const Program* const program = image.find(name);
    return program != nullptr && is_wrapper(program->form);
  });
}

/// kubelet's chains stay until the node boots, so a wrapper that took legacy by the hint leaves the
/// hint behind as its proof. The shell forms can also have counted rules, which come and go.
bool cannot_come_from_wrapper(const FixedLink& link, const NetworkState& network) {
  const ProgramForm form = wrapper_form(*link.standing->installation);
  const bool counts =
      form == ProgramForm::shell_wrapper_v1 || form == ProgramForm::shell_wrapper_v2;
  return !counts && link.chosen == Backend::legacy && link.choice.backend == Backend::nf_tables &&
         network.hints.contains(Backend::legacy) && !network.hint_in(Backend::legacy);
}

bool brings_unused_wrapper(const Standing& standing) {
  return standing.component != nullptr && standing.installation != nullptr && standing.binary &&
         traits(standing.component->kind).in_container &&
         traits(standing.component->kind).use == IptablesUse::by_link &&
         standing.installation->wrapper_present;
}

}  // namespace

std::vector<FixedLink> fixed_links_of(const std::vector<Standing>& standings,
                                      const NetworkState& network) {
  const std::optional<Backend> node = node_backend(standings);
  std::vector<FixedLink> links;
  for (const Standing& standing : standings) {
    if (!brings_unused_wrapper(standing)) continue;
    FixedLink link{.standing = &standing,
                   .chosen = *standing.binary,
                   .choice = wrapper_choice(*standing.installation, network),
                   .node = node};
    link.bypassed = wrapper_was_never_installed(*standing.installation) ||
                    some_name_leads_to_wrapper(*standing.installation) ||
                    cannot_come_from_wrapper(link, network);
    links.push_back(std::move(link));
  }
  return links;
}

}  // namespace iptmode::checks
