// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "diagnose/checks.h"
#include "diagnose/domains.h"
#include "diagnose/iptables_users.h"
#include "diagnose/subject_names.h"

namespace iptmode::checks {
namespace {

/// What a component's rules name, by its own source; all of them or its restore fails as a whole.
struct Need {
  ComponentKind kind = {};
  std::vector<std::string_view> modules = {};
};
const std::array<Need, 5>& needs() {
  static const std::array<Need, 5> table{
      Need{ComponentKind::kubelet, {"xt_comment", "xt_conntrack"}},
      Need{ComponentKind::kube_proxy,
           {"ipt_REJECT", "xt_MASQUERADE", "xt_addrtype", "xt_comment", "xt_conntrack", "xt_mark",
            "xt_nat", "xt_statistic"}},
      Need{ComponentKind::kube_router,
           {"ipt_REJECT", "xt_MASQUERADE", "xt_NFLOG", "xt_comment", "xt_conntrack", "xt_limit",
            "xt_mark", "xt_set"}},
      Need{ComponentKind::calico_node,
           {"xt_CT", "xt_MASQUERADE", "xt_addrtype", "xt_comment", "xt_conntrack", "xt_mark",
            "xt_multiport", "xt_set"}},
      Need{ComponentKind::flanneld, {"xt_MASQUERADE", "xt_comment"}},
  };
  return table;
}

/// Only Services with sessionAffinity need it.
constexpr std::string_view kAffinity = "xt_recent";

std::vector<std::string_view> modules_of(const IptablesUser& user) {
  std::vector<std::string_view> modules;
  if (user.backend == Backend::nf_tables) modules.emplace_back("nft_compat");
  const ComponentKind kind =
      user.place == Place::k0s_bin ? ComponentKind::kubelet : user.component->kind;
  for (const Need& need : needs())
    if (need.kind == kind) modules.insert(modules.end(), need.modules.begin(), need.modules.end());
  if (kind == ComponentKind::kube_proxy) modules.push_back(kAffinity);
  return modules;
}

const KernelExtension* find(const Snapshot& snapshot, std::string_view module) {
  const auto& all = snapshot.support.extensions;
  const auto found = std::ranges::find(all, module, &KernelExtension::module);
  return found == all.end() ? nullptr : &*found;
}

/// Rules that are in the kernel are proof enough that what they name is there.
bool has_rules(const IptablesUser& user, const NetworkState& network) {
  const OwnerSet owner =
      user.place == Place::k0s_bin ? OwnerSet{Owner::kubelet} : traits(user.component->kind).owner;
  return user.backend && network.use_of(owner, *user.backend).rules > 0;
}

Finding finding_of(const IptablesUser& user, const std::vector<const KernelExtension*>& missing,
                   const Snapshot& snapshot) {
  const bool only_affinity = missing.size() == 1 && missing.front()->module == kAffinity;
  std::vector<std::string> names;
  Finding finding{.severity = only_affinity ? Severity::error : Severity::critical,
                  .subject = user.subject};
  for (const KernelExtension* extension : missing) {
    names.push_back(extension->module);
    finding.evidence.push_back(fmt::format("{}: {}", extension->module, extension->evidence));
  }
  finding.evidence.push_back(fmt::format("kernel {}", snapshot.node.kernel));
  finding.message =
      only_affinity
          ? fmt::format("This kernel has no {}: Services with sessionAffinity ClientIP fail.",
                        kAffinity)
          : fmt::format(
                "This kernel has no {}, which its rules name: each restore that holds such a rule "
                "fails as a whole, and the chains stay as they were or empty.",
                join_names(names));
  finding.remedy = {fmt::format("install the rest of the kernel's modules: `dnf install "
                                "kernel-modules-extra-{0}` (Enterprise Linux), `apt install "
                                "linux-modules-extra-{0}` (Ubuntu)",
                                snapshot.node.kernel),
                    "or boot a kernel that has them, built in or as modules"};
  return finding;
}

/// Adds what is missing for one user; returns the first that cannot be told.
std::string_view add_findings(CheckOutcome& outcome, const IptablesUser& user,
                              const NetworkState& network, const Snapshot& snapshot) {
  std::vector<const KernelExtension*> missing;
  std::string_view unknown;
  for (const std::string_view module : modules_of(user)) {
    const KernelExtension* const extension = find(snapshot, module);
    if (extension != nullptr && extension->support == Support::no) missing.push_back(extension);
    const bool open = extension == nullptr || extension->support == Support::unknown;
    if (open && module != kAffinity) unknown = module;
  }
  if (!missing.empty()) outcome.findings.push_back(finding_of(user, missing, snapshot));
  return missing.empty() && !has_rules(user, network) ? unknown : std::string_view{};
}

CheckOutcome judge_xt_missing(const Snapshot& snapshot) {
  CheckOutcome outcome;
  for (const Domain& domain : domains_of(snapshot))
    for (const IptablesUser& user : iptables_users(domain, snapshot)) {
      if (user.place == Place::host) continue;
      const auto unknown = add_findings(outcome, user, *domain.network, snapshot);
      if (!unknown.empty() && outcome.findings.empty())
        outcome.undecided = fmt::format("whether this kernel has {} is not known", unknown);
    }
  return outcome;
}

}  // namespace

Check xt_missing() {
  return {
      .id = "xt_missing",
      .title = "The kernel has every extension that rules of Kubernetes name",
      .severity = Severity::critical,
      .needs = kNeeds<Fact::processes, Fact::k0s, Fact::installations, Fact::kernel_support>,
      .run = judge_xt_missing,
      .looks_for =
          "For kubelet, kube-proxy, kube-router, Calico and flannel: the parts of xtables that "
          "their rules name (xt_comment, xt_conntrack, xt_mark, xt_statistic, xt_set and others), "
          "and nft_compat, through which iptables-nft calls them. Loaded, built in or loadable is "
          "the same; looked up in /sys/module, /proc/modules, /proc/net/ip_tables_matches and "
          "_targets, modules.builtin, the kernel's configuration and modules.dep. Nothing is "
          "loaded for it. Where neither says anything, rules that are there prove what they name.",
      .matters =
          "iptables-restore takes all rules of a call or none: one match that the kernel does not "
          "know, and no Service is reachable. `Extension MASQUERADE revision 0 not supported, "
          "missing kernel module?` stands in the component's log.",
      .mend =
          "Install the package with the rest of the kernel's modules (kernel-modules-extra on "
          "Enterprise Linux 10, linux-modules-extra on Ubuntu), or use another kernel.",
      .sources =
          "iptables-extensions(8), modprobe.d(5)\n"
          "https://github.com/kubernetes/kops/issues/18734\n"
          "https://github.com/rancher/rke2/issues/8498\n"
          "https://github.com/k3s-io/k3s-ansible/issues/419\n"
          "https://github.com/microsoft/WSL/issues/11140"};
}

}  // namespace iptmode::checks
