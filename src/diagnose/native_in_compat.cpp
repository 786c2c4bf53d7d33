// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "diagnose/checks.h"
#include "diagnose/domains.h"
#include "diagnose/iptables_users.h"
#include "diagnose/native_expressions.h"
#include "diagnose/subject_names.h"

namespace iptmode::checks {
namespace {

constexpr std::size_t kShown = 5;

/// One iptables table with rules that nft wrote.
struct Intruded {
  const NftTable* table = nullptr;
  std::vector<const RuleShape*> shapes = {};
  std::vector<NativeExpression> expressions = {};

  [[nodiscard]] std::uint64_t rules() const {
    std::uint64_t sum = 0;
    for (const RuleShape* shape : shapes) sum += shape->rules;
    return sum;
  }
};

std::vector<Intruded> intruded_in(const NetworkState& network) {
  std::vector<Intruded> found;
  if (!network.nft) return found;
  for (const NftTable& table : *network.nft) {
    if (!table.compat) continue;
    Intruded intruded{.table = &table};
    for (const RuleShape& shape : table.shapes) {
      auto expressions = native_expressions(shape.expressions);
      if (expressions.empty()) continue;
      intruded.shapes.push_back(&shape);
      std::ranges::move(expressions, std::back_inserter(intruded.expressions));
    }
    if (!intruded.shapes.empty()) found.push_back(std::move(intruded));
  }
  return found;
}

/// One incompatible rule hides all others; without one the worst that becomes of any rule.
Reading worst_of(const Intruded& intruded, Version reader) {
  Reading worst = Reading::right;
  for (const NativeExpression& expression : intruded.expressions) {
    const Reading reading = reading_of(expression.kind, reader);
    if (reading == Reading::hidden) return reading;
    worst = std::max(worst, reading);
  }
  return worst;
}

/// kube-router restores what it saved; felix ends itself when a table cannot be read.
bool lives_by_reading(const IptablesUser& user) {
  return user.writes_back() == WritesBack::whole_table || user.is(ComponentKind::calico_node);
}

/// What the readers of one table make of it.
struct Judgement {
  Severity severity = Severity::warning;
  std::vector<std::string> lines = {};
  std::vector<std::string> misled = {};
};

void add_reader(Judgement& judgement, const IptablesUser& user, const Intruded& intruded) {
  if (user.backend != Backend::nf_tables) return;
  if (!user.version) {
    judgement.lines.push_back(fmt::format("reader: {}: {}", user.subject, program_of(user)));
    return;
  }
  const Reading reading = worst_of(intruded, *user.version);
  judgement.lines.push_back(
      fmt::format("reader: {}: {}: {}", user.subject, program_of(user), describe(reading)));
  if (reading == Reading::right || user.idle) return;
  judgement.misled.push_back(user.subject);
  judgement.severity =
      std::max(judgement.severity, lives_by_reading(user) ? Severity::critical : Severity::error);
}

std::string describe(const RuleShape& shape) {
  std::vector<std::string> names;
  for (const NativeExpression& native : native_expressions(shape.expressions))
    if (std::ranges::find(names, native.name) == names.end()) names.push_back(native.name);
  return fmt::format("chain {}: `{}`, {} of that form; not iptables': {}", shape.chain,
                     to_string(shape.rule), count_of(shape.rules, "rule"), fmt::join(names, ", "));
}

Finding finding_of(const Intruded& intruded, const std::vector<IptablesUser>& users) {
  const NftTable& table = *intruded.table;
  Judgement judgement;
  for (const IptablesUser& user : users) add_reader(judgement, user, intruded);
  Finding finding{.severity = judgement.severity,
                  .subject = fmt::format("table {} {}", table.family, table.name)};
  finding.message =
      judgement.misled.empty()
          ? fmt::format(
                "Somebody wrote {} with nft into a table of iptables. Whoever reads this "
                "table here is not misled by it now.",
                count_of(intruded.rules(), "rule"))
          : fmt::format(
                "Somebody wrote {} with nft into a table of iptables, and {} cannot read "
                "them: what is saved, checked or restored of this table is wrong.",
                count_of(intruded.rules(), "rule"), join_names(judgement.misled));
  for (std::size_t i = 0; i < std::min(kShown, intruded.shapes.size()); ++i)
    finding.evidence.push_back(describe(*intruded.shapes[i]));
  finding.evidence.insert(finding.evidence.end(), judgement.lines.begin(), judgement.lines.end());
  finding.remedy = {
      "let their writer use a table of its own (`table inet NAME`): nft, Tailscale, NetBird and "
      "scripts can",
      fmt::format("then delete them: `nft -a list chain {} {} '{}'` shows their handles, `nft "
                  "delete rule {} {} '{}' handle N`",
                  table.family, table.name, intruded.shapes.front()->chain, table.family,
                  table.name, intruded.shapes.front()->chain)};
  return finding;
}

CheckOutcome judge_native_in_compat(const Snapshot& snapshot) {
  CheckOutcome outcome;
  for (const Domain& domain : domains_of(snapshot))
    for (const Intruded& intruded : intruded_in(*domain.network))
      outcome.findings.push_back(finding_of(intruded, iptables_users(domain, snapshot)));
  return outcome;
}

}  // namespace

Check native_in_compat() {
  return {
      .id = "native_in_compat",
      .title = "iptables' tables hold no rules that only nft can write",
      .severity = Severity::error,
      .needs = kNeeds<Fact::nft_rules, Fact::processes, Fact::installations, Fact::k0s>,
      .run = judge_native_in_compat,
      .looks_for =
          "In the tables of iptables-nft (ip and ip6): rules with expressions that no iptables "
          "writes, such as sets, ct, fib, reject, log with a prefix, unknown meta keys. One rule "
          "of "
          "each form in each table is looked at. For each reader of the network namespace: what "
          "its "
          "release makes of them.",
      .matters =
          "A rule with a set comes back without it: `tcp dport { 80, 443 } accept` is read as `-p "
          "tcp -j ACCEPT` by every release up to 1.8.13, and who restores it opens all ports. ct, "
          "fib, reject or log make -save print `is incompatible` and no rule at all, with exit "
          "status 0. Unknown meta keys end 1.8.9 and later with status 3. kube-router and felix "
          "do not survive that: critical for them.",
      .mend =
          "Native rules belong into a table of their own; at the same hook and with a priority of "
          "its own it does the same to packets.",
      .sources =
          "tried with Debian's 1.8.7, 1.8.9, 1.8.11 and 1.8.13; iptables commits ec869370 (1.8.9), "
          "7304f198 (1.8.10)\n"
          "https://github.com/cloudnativelabs/kube-router/issues/1777\n"
          "https://github.com/cloudnativelabs/kube-router/issues/1788\n"
          "https://github.com/k3s-io/k3s/issues/11493\n"
          "https://github.com/netbirdio/netbird/issues/2725\n"
          "https://github.com/projectcalico/calico/pull/13579"};
}

}  // namespace iptmode::checks
