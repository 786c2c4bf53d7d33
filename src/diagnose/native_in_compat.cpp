// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "diagnose/checks.h"
#include "diagnose/cross_readers.h"
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

/// What the readers of one table make of it, by their release.
struct Judgement {
  Severity severity = Severity::warning;
  std::vector<std::string> lines = {};
  std::vector<std::string> misled = {};
  bool proven = false;  ///< others were caught: reader_misreads and reader_blind name them
};

/// What a reader's own program made of such rules of one table, rebuilt.
enum class Proof : std::uint8_t { none, right, wrong };

Proof proof_for(const IptablesUser& user, const Intruded& intruded, const CrossVerdict& verdict,
                const Snapshot& snapshot) {
  using Outcome = ReadingVerdict::Outcome;
  const auto reader = number_of_reader(user, snapshot);
  if (!reader) return Proof::none;
  Proof proof = Proof::none;
  for (const ShapeVerdicts& row : verdict.shapes) {
    if (row.table != intruded.table || !row.shape->native) continue;
    const Outcome outcome = row.cells[*reader].outcome;
    if (outcome == Outcome::misread || outcome == Outcome::unreadable) return Proof::wrong;
    if (outcome == Outcome::not_asked || outcome == Outcome::undecided) return Proof::none;
    proof = Proof::right;
  }
  return proof;
}

void add_proven(Judgement& judgement, const IptablesUser& user, Proof proof) {
  judgement.lines.push_back(fmt::format(
      "reader: {}: {}: {}", user.subject, program_of(user),
      proof == Proof::right ? "was asked, and reads them as they are" : "was caught misreading"));
  judgement.proven = judgement.proven || proof == Proof::wrong;
}

void add_reader(Judgement& judgement, const IptablesUser& user, const Intruded& intruded) {
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

/// How harm and severity follow from who was seen to misread and who is known to.
void weigh(Finding& finding, const Judgement& judgement, std::uint64_t rules) {
  finding.severity = judgement.severity;
  finding.message =
      fmt::format("Somebody wrote {} with nft into a table of iptables", count_of(rules, "rule"));
  if (!judgement.misled.empty()) {
    finding.message += fmt::format(
        ", and {} cannot read them: what is saved, checked or restored of this table is wrong.",
        join_names(judgement.misled));
  } else if (judgement.proven) {
    finding.severity = Severity::info;
    finding.message +=
        "; who misreads them was caught: reader_misreads and reader_blind name them.";
  } else {
    finding.message += ". Whoever reads this table here is not misled by it now.";
  }
}

Finding finding_of(const Intruded& intruded, const Judgement& judgement) {
  const NftTable& table = *intruded.table;
  Finding finding{.subject = "table " + name_of(table)};
  weigh(finding, judgement, intruded.rules());
  for (std::size_t i = 0; i < std::min(kShown, intruded.shapes.size()); ++i)
    finding.evidence.push_back(describe(*intruded.shapes[i]));
  finding.evidence.insert(finding.evidence.end(), judgement.lines.begin(), judgement.lines.end());
  if (finding.severity != Severity::info)
    finding.remedy = move_native_rules(table, intruded.shapes.front()->chain);
  return finding;
}

Judgement judge(const Intruded& intruded, const Domain& domain, const CrossVerdict& verdict,
                const Snapshot& snapshot) {
  Judgement judgement;
  for (const IptablesUser& user : iptables_users(domain, snapshot)) {
    if (user.backend != Backend::nf_tables) continue;
    const Proof proof = domain.is_node ? proof_for(user, intruded, verdict, snapshot) : Proof::none;
    if (proof == Proof::none)
      add_reader(judgement, user, intruded);
    else
      add_proven(judgement, user, proof);
  }
  return judgement;
}

CheckOutcome judge_native_in_compat(const Snapshot& snapshot, const CrossVerdict& verdict) {
  CheckOutcome outcome;
  for (const Domain& domain : domains_of(snapshot))
    for (const Intruded& intruded : intruded_in(*domain.network))
      outcome.findings.push_back(finding_of(intruded, judge(intruded, domain, verdict, snapshot)));
  return outcome;
}

}  // namespace

Check native_in_compat() {
  return {
      .id = "native_in_compat",
      .title = "iptables' tables hold no rules that only nft can write",
      .severity = Severity::error,
      .needs = kNeeds<Fact::nft_rules, Fact::processes, Fact::installations, Fact::k0s>,
      .run_on_readings = judge_native_in_compat,
      .looks_for =
          "In the tables of iptables-nft (ip and ip6): rules with expressions that no iptables "
          "writes, such as sets, ct, fib, reject, log with a prefix, unknown meta keys. One rule "
          "of "
          "each form in each table is looked at. For each reader of the network namespace: what "
          "its "
          "release makes of them, or, where its own program was asked to read them, what that made "
          "of them.",
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
