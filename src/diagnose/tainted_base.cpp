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

/// A base chain as iptables-nft makes it (iptables/nft.c: xtables_ipv4).
struct OwnChain {
  std::string_view table = {};
  std::string_view name = {};
  std::string_view type = {};
  std::string_view hook = {};
  std::int32_t priority = 0;
};
constexpr std::array kOwnChains{
    OwnChain{"filter", "INPUT", "filter", "input", 0},
    OwnChain{"filter", "FORWARD", "filter", "forward", 0},
    OwnChain{"filter", "OUTPUT", "filter", "output", 0},
    OwnChain{"nat", "PREROUTING", "nat", "prerouting", -100},
    OwnChain{"nat", "INPUT", "nat", "input", 100},
    OwnChain{"nat", "OUTPUT", "nat", "output", -100},
    OwnChain{"nat", "POSTROUTING", "nat", "postrouting", 100},
    OwnChain{"mangle", "PREROUTING", "filter", "prerouting", -150},
    OwnChain{"mangle", "INPUT", "filter", "input", -150},
    OwnChain{"mangle", "FORWARD", "filter", "forward", -150},
    OwnChain{"mangle", "OUTPUT", "route", "output", -150},
    OwnChain{"mangle", "POSTROUTING", "filter", "postrouting", -150},
    OwnChain{"raw", "PREROUTING", "filter", "prerouting", -300},
    OwnChain{"raw", "OUTPUT", "filter", "output", -300},
    OwnChain{"security", "INPUT", "filter", "input", 50},
    OwnChain{"security", "FORWARD", "filter", "forward", 50},
    OwnChain{"security", "OUTPUT", "filter", "output", 50},
};

bool is_own(std::string_view table, const BaseChain& chain) {
  return std::ranges::any_of(kOwnChains, [&](const OwnChain& own) {
    return own.table == table && own.name == chain.name && own.type == chain.type &&
           own.hook == chain.hook && own.priority == chain.priority;
  });
}

/// A reader that cannot read such a table at all.
bool is_blinded(const IptablesUser& user) {
  return user.backend == Backend::nf_tables && user.version &&
         read_class(*user.version) <= ReadClass::at_1_8_7;
}

Severity severity_for(const IptablesUser& user) {
  if (user.idle) return Severity::warning;
  return user.writes_back() == WritesBack::whole_table ? Severity::critical : Severity::error;
}

std::string outcome_for(const IptablesUser& user) {
  if (!user.version) return program_of(user) + ": what it makes of it is not known";
  if (is_blinded(user))
    return program_of(user) + ": -save dies or leaves the whole table out, -S refuses it";
  return program_of(user) +
         ": reads its own chains, and says \"contains incompatible base-chains\"";
}

/// One table with base chains that no iptables made.
struct Tainted {
  const NftTable* table = nullptr;
  std::vector<const BaseChain*> chains = {};
};

std::vector<Tainted> tainted_in(const NetworkState& network) {
  std::vector<Tainted> found;
  if (!network.nft) return found;
  for (const NftTable& table : *network.nft) {
    if (!table.compat || (table.family != "ip" && table.family != "ip6")) continue;
    Tainted tainted{.table = &table};
    for (const BaseChain& chain : table.base_chains)
      if (!is_own(table.name, chain)) tainted.chains.push_back(&chain);
    if (!tainted.chains.empty()) found.push_back(std::move(tainted));
  }
  return found;
}

Finding finding_of(const Tainted& tainted, const std::vector<IptablesUser>& users) {
  const NftTable& table = *tainted.table;
  Finding finding{.severity = Severity::warning,
                  .subject = fmt::format("table {} {}", table.family, table.name)};
  std::vector<std::string> blinded;
  for (const BaseChain* chain : tainted.chains)
    finding.evidence.push_back(fmt::format(
        "base chain \"{}\": type {} hook {} priority {} policy {}, {}", chain->name, chain->type,
        chain->hook, chain->priority, chain->policy, count_of(chain->rules, "rule")));
  for (const IptablesUser& user : users) {
    if (user.backend != Backend::nf_tables) continue;
    finding.evidence.push_back(fmt::format("reader: {}: {}", user.subject, outcome_for(user)));
    if (!is_blinded(user)) continue;
    finding.severity = std::max(finding.severity, severity_for(user));
    blinded.push_back(user.subject);
  }
  finding.message =
      blinded.empty()
          ? "Somebody put base chains of its own into a table of iptables: its rules work, and no "
            "iptables shows them. An iptables of 1.8.7 or earlier could not read the table."
          : fmt::format(
                "Somebody put base chains of its own into a table of iptables, and {} "
                "cannot read that table any more: what it does next rests on no rules at "
                "all.",
                join_names(blinded));
  finding.remedy = {"let their writer use a table of its own: `table inet NAME`",
                    fmt::format("then delete them: `nft delete chain {} {} '{}'`", table.family,
                                table.name, tainted.chains.front()->name)};
  return finding;
}

CheckOutcome judge_tainted_base(const Snapshot& snapshot) {
  CheckOutcome outcome;
  for (const Domain& domain : domains_of(snapshot))
    for (const Tainted& tainted : tainted_in(*domain.network))
      outcome.findings.push_back(finding_of(tainted, iptables_users(domain, snapshot)));
  return outcome;
}

}  // namespace

Check tainted_base() {
  return {
      .id = "tainted_base",
      .title = "iptables' tables hold no base chains of others",
      .severity = Severity::warning,
      .needs = kNeeds<Fact::nft_rules, Fact::installations, Fact::k0s>,
      .run = judge_tainted_base,
      .looks_for =
          "In the tables of iptables-nft (ip and ip6; filter, nat, mangle, raw, security): base "
          "chains whose name, type, hook or priority is not iptables' own. For each reader of the "
          "network namespace: what its release makes of such a table.",
      .matters =
          "iptables 1.8.8 and later print the rest of the table and a comment about it; the rules "
          "in the foreign chain filter packets unseen. 1.8.7 and earlier take the whole table for "
          "incompatible: -S refuses it, -save prints nothing with exit status 0 or dies (tried: "
          "Debian's 1.8.7 aborts). Whoever restores what it saved then restores nothing.",
      .mend =
          "Native rules belong into a table of their own. Delete the foreign chains; bring old "
          "readers to 1.8.9 or later.",
      .sources =
          "iptables commit f9b33967 (1.8.8); tried with Debian's 1.8.7, 1.8.9, 1.8.11 and 1.8.13\n"
          "https://github.com/cloudnativelabs/kube-router/issues/1777\n"
          "https://github.com/projectcalico/calico/pull/13579"};
}

}  // namespace iptmode::checks
