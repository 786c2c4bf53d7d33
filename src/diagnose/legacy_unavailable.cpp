// SPDX-License-Identifier: GPL-2.0-or-later

#include "diagnose/backend_support.h"
#include "diagnose/checks.h"

namespace iptmode::checks {
namespace {

CheckOutcome judge_legacy_unavailable(const Snapshot& snapshot) {
  return find_users_without_support(
      snapshot,
      {.backend = Backend::legacy,
       .symptom = "can't initialize iptables table: Table does not exist",
       .in_kernel = "or use a kernel with CONFIG_NETFILTER_XTABLES_LEGACY (6.17 and later)"
                    " or CONFIG_IP_NF_IPTABLES (earlier) and its modules installed"});
}

}  // namespace

Check legacy_unavailable() {
  return {
      .id = "legacy_unavailable",
      .title = "The kernel has legacy tables for everybody who uses them",
      .severity = Severity::critical,
      .needs = kNeeds<Fact::processes, Fact::k0s, Fact::installations, Fact::kernel_support>,
      .run = judge_legacy_unavailable,
      .looks_for =
          "Components, and k0s' bin directory, whose iptables is the legacy variant on a kernel "
          "that cannot serve it: 6.17 and later built without CONFIG_NETFILTER_XTABLES_LEGACY, "
          "Enterprise Linux 10, Talos, Bottlerocket, or a kernel whose modules are not installed.",
      .matters =
          "Each call ends in `can't initialize iptables table`. The component may go on without "
          "its rules: no Service is reachable, no network policy is enforced. This is not an empty "
          "legacy table but none at all.",
      .mend =
          "Use nf_tables everywhere: --iptables-mode=nft for k0s, images that hold the nft variant "
          "for the rest. Or install a kernel, or its modules, with legacy tables.",
      .sources =
          "Linux commit 9fce66583f06 (netfilter: CONFIG_NETFILTER_XTABLES_LEGACY)\n"
          "https://github.com/rancher/rancher/issues/54862\n"
          "https://github.com/dagger/dagger/issues/11607\n"
          "https://github.com/antrea-io/antrea/issues/7755\n"
          "https://github.com/moby/moby/issues/49020"};
}

}  // namespace iptmode::checks
