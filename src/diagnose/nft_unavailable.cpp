// SPDX-License-Identifier: GPL-2.0-or-later

#include <fmt/format.h>

#include "diagnose/backend_support.h"
#include "diagnose/checks.h"
#include "diagnose/domains.h"
#include "diagnose/subject_names.h"

namespace iptmode::checks {
namespace {

constexpr std::string_view kInKernel =
    "or give the kernel nf_tables: modprobe nf_tables nft_compat, or a kernel with "
    "CONFIG_NF_TABLES and CONFIG_NFT_COMPAT";

/// Without iptables, but lost all the same: kube-proxy and felix in nftables mode.
Finding native_without_nft(const Component& component, const Snapshot& snapshot) {
  Finding finding{.severity = Severity::critical, .subject = subject_of(component)};
  finding.message = fmt::format(
      "{} runs in nftables mode, and this kernel has no nf_tables: not one of its rules is in "
      "place.",
      subject_of(component));
  finding.evidence = {
      fmt::format("told to use: {}", component.declared.mode),
      fmt::format("kernel {}: {}", snapshot.node.kernel, snapshot.support.nft_evidence)};
  finding.remedy = {fmt::format("set {} back to its iptables mode", to_string(component.kind)),
                    std::string{kInKernel}};
  return finding;
}

CheckOutcome judge_nft_unavailable(const Snapshot& snapshot) {
  CheckOutcome outcome =
      find_users_without_support(snapshot, {.backend = Backend::nf_tables,
                                            .symptom = "Could not fetch rule set generation id",
                                            .in_kernel = kInKernel});
  for (const Component* component : members_of(snapshot)) {
    if (!component->declared.native_nft) continue;
    if (snapshot.support.nft == Support::no)
      outcome.findings.push_back(native_without_nft(*component, snapshot));
  }
  return outcome;
}

}  // namespace

Check nft_unavailable() {
  return {
      .id = "nft_unavailable",
      .title = "The kernel has nf_tables for everybody who uses it",
      .severity = Severity::critical,
      .needs = kNeeds<Fact::processes, Fact::k0s, Fact::installations, Fact::declared,
                      Fact::kernel_support>,
      .run = judge_nft_unavailable,
      .looks_for =
          "Components, and k0s' bin directory, whose iptables is the nf_tables variant, and "
          "components in nftables mode, on a kernel without nf_tables.",
      .matters =
          "Each call ends in `Could not fetch rule set generation id` or `Failed to initialize "
          "nft: Protocol not supported`; even `iptables -V` of that variant fails. Not a single "
          "rule is written: no Service is reachable, no network policy is enforced.",
      .mend =
          "Load nf_tables and nft_compat, or use a kernel that has them; else use the legacy "
          "variant everywhere: --iptables-mode=legacy for k0s and images that hold it.",
      .sources =
          "https://github.com/docker-library/docker/issues/467\n"
          "https://github.com/k3s-io/klipper-lb/issues/77\n"
          "https://github.com/microsoft/WSL/issues/6044\n"
          "https://github.com/k0sproject/k0s/issues/2277"};
}

}  // namespace iptmode::checks
