// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <iterator>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "diagnose/checks.h"
#include "diagnose/cross_readers.h"
#include "diagnose/subject_names.h"
#include "iptmode/escape.h"

namespace iptmode::checks {
namespace {

using Outcome = ReadingVerdict::Outcome;

constexpr std::size_t kShownShapes = 5;
constexpr std::size_t kShownWords = 240;

/// Shapes that one reader gets wrong, the most dangerous first.
using Misreads = std::vector<const ShapeVerdicts*>;

bool is_blind(const CrossVerdict& verdict, std::size_t reader, const NftTable* table) {
  return std::ranges::any_of(verdict.blind[reader],
                             [&](const BlindTable& blind) { return blind.table == table; });
}

/// What nft wrote and no iptables here reads right: the fault is the rule's, not a reader's.
bool all_misread(const ShapeVerdicts& row) {
  const auto asked = [](const ReadingVerdict& cell) { return cell.outcome != Outcome::not_asked; };
  const auto wrong = [](const ReadingVerdict& cell) {
    return cell.outcome == Outcome::misread || cell.outcome == Outcome::unreadable ||
           cell.outcome == Outcome::not_asked;
  };
  return row.shape->native && std::ranges::any_of(row.cells, asked) &&
         std::ranges::all_of(row.cells, wrong);
}

/// A verdict on fewer conditions decides about packets; a mark or a jump less so.
int danger(const ShapeVerdicts& row) {
  switch (row.shape->rule.action.kind) {
    case Action::Kind::drop:
    case Action::Kind::reject: return 2;
    case Action::Kind::accept: return 1;
    default: return 0;
  }
}

void sort_by_danger(Misreads& rows) {
  std::ranges::stable_sort(rows, [](const ShapeVerdicts* a, const ShapeVerdicts* b) {
    if (danger(*a) != danger(*b)) return danger(*a) > danger(*b);
    return a->shape->rules > b->shape->rules;
  });
}

Misreads misread_by(std::size_t reader, const CrossVerdict& verdict) {
  Misreads rows;
  for (const ShapeVerdicts& row : verdict.shapes)
    if (row.cells[reader].outcome == Outcome::misread && !all_misread(row) &&
        !is_blind(verdict, reader, row.table))
      rows.push_back(&row);
  sort_by_danger(rows);
  return rows;
}

std::uint64_t rules_of(const Misreads& rows) {
  std::uint64_t sum = 0;
  for (const ShapeVerdicts* row : rows) sum += row->shape->rules;
  return sum;
}

bool rewrites_any(const IptablesUser& user, const Misreads& rows) {
  return std::ranges::any_of(
      rows, [&](const ShapeVerdicts* row) { return uses_table(user, *row->table); });
}

/// Felix saves and restores nothing of others, and looks for its own hashes only.
Severity severity_for(const CrossReader& reader, const Misreads& rows) {
  const bool rewritten = std::ranges::any_of(reader.users, [&](const IptablesUser& user) {
    return !user.idle && keeps_cluster_rules(user) && rewrites_any(user, rows);
  });
  return rewritten ? Severity::critical : Severity::error;
}

std::string shown(const std::string& words) {
  return words.empty() ? "(nothing)" : shorten(words, kShownWords);
}

/// The live rule, what is lost of it, and both readings.
void describe(const ShapeVerdicts& row, const ReadingVerdict& cell,
              std::vector<std::string>& lines) {
  lines.push_back(fmt::format("{}, chain {} ({}), {} like it: {}", name_of(*row.table),
                              row.shape->chain, to_string(row.shape->owners),
                              count_of(row.shape->rules, "rule"),
                              fmt::join(cell.differences, "; ")));
  lines.push_back("  it is:         " + shown(row.reference));
  lines.push_back("  it is read as: " + shown(cell.reading));
}

std::vector<std::string> evidence_of(const Misreads& rows, std::size_t reader) {
  std::vector<std::string> lines;
  for (const ShapeVerdicts* row : rows) {
    if (lines.size() == 3 * kShownShapes) break;
    describe(*row, row->cells[reader], lines);
  }
  if (rows.size() > kShownShapes)
    lines.push_back(fmt::format("{} more of that kind: `iptmode crossread` shows all",
                                rows.size() - kShownShapes));
  return lines;
}

std::string harm_of(const CrossReader& reader, const Misreads& rows) {
  const auto restores = [&](const IptablesUser& user) {
    return !user.idle && user.writes_back() == WritesBack::whole_table;
  };
  const bool filter = std::ranges::any_of(
      rows, [](const ShapeVerdicts* row) { return row->table->name == "filter"; });
  if (filter && std::ranges::any_of(reader.users, restores))
    return "It restores the filter table as it reads it, for everybody, at its next sync.";
  return "What it saves and restores loses them, and whether a rule exists is answered wrongly.";
}

Finding finding_of(const CrossReader& reader, const Misreads& rows, const Snapshot& snapshot) {
  Finding finding{.severity = severity_for(reader, rows), .subject = reader.subject()};
  finding.message = fmt::format(
      "Its iptables {} was asked to read the rules that are in the kernel, and {} came "
      "back with conditions lost or changed. {}",
      reader.version(), count_of(rules_of(rows), "rule"), harm_of(reader, rows));
  finding.evidence = evidence_of(rows, reader.number);
  finding.evidence.push_back("reader: " + reader.readings->reader.path);
  if (const std::string others = reader.others(); !others.empty())
    finding.evidence.back() += "; " + others;
  finding.remedy = {better_reader(reader, snapshot),
                    "until then let nobody save and restore rules with it"};
  return finding;
}

/// The first reader that prints such a rule, wrong as it is.
std::size_t first_reader_of(const ShapeVerdicts& row) {
  const auto found = std::ranges::find(row.cells, Outcome::misread, &ReadingVerdict::outcome);
  return static_cast<std::size_t>(std::distance(row.cells.begin(), found));
}

Finding native_finding(const NftTable& table, const Misreads& rows,
                       const std::vector<CrossReader>& readers) {
  const bool rewritten = std::ranges::any_of(readers, [&](const CrossReader& reader) {
    return severity_for(reader, rows) == Severity::critical;
  });
  Finding finding{.severity = rewritten ? Severity::critical : Severity::error,
                  .subject = "table " + name_of(table)};
  finding.message = fmt::format(
      "{} of nft in this table of iptables {} read wrongly by every iptables here: who saves and "
      "restores the table replaces {} by what it reads.",
      count_of(rules_of(rows), "rule"), rules_of(rows) == 1 ? "is" : "are",
      rules_of(rows) == 1 ? "it" : "them");
  for (const ShapeVerdicts* row : rows) {
    if (finding.evidence.size() == 3 * kShownShapes) break;
    describe(*row, row->cells[first_reader_of(*row)], finding.evidence);
  }
  finding.remedy = move_native_rules(table, rows.front()->shape->chain);
  return finding;
}

/// Rules that nobody reads right, table by table.
std::map<const NftTable*, Misreads> misread_by_all(const CrossVerdict& verdict) {
  std::map<const NftTable*, Misreads> tables;
  for (const ShapeVerdicts& row : verdict.shapes)
    if (all_misread(row) && first_reader_of(row) < row.cells.size())
      tables[row.table].push_back(&row);
  return tables;
}

CheckOutcome judge_reader_misreads(const Snapshot& snapshot, const CrossVerdict& verdict) {
  CheckOutcome outcome;
  if (!snapshot.cross_reading) {
    outcome.skipped = "no two readers of different read classes: nothing was cross-read";
    return outcome;
  }
  if (snapshot.cross_reading->skipped) {
    outcome.skipped = *snapshot.cross_reading->skipped;
    return outcome;
  }
  const std::vector<CrossReader> readers = cross_readers(snapshot);
  for (const CrossReader& reader : readers)
    if (const Misreads rows = misread_by(reader.number, verdict); !rows.empty())
      outcome.findings.push_back(finding_of(reader, rows, snapshot));
  for (const auto& [table, rows] : misread_by_all(verdict))
    outcome.findings.push_back(native_finding(*table, rows, readers));
  if (const std::string unheard = unheard_reader(readers); !unheard.empty())
    outcome.undecided = "could not be asked to read the rules: " + unheard;
  return outcome;
}

}  // namespace

Check reader_misreads() {
  return {
      .id = "reader_misreads",
      .title = "Every iptables here reads the rules in the kernel as they are",
      .severity = Severity::critical,
      .needs = kNeeds<Fact::installations, Fact::nft_rules>,
      .run_on_readings = judge_reader_misreads,
      .looks_for =
          "One rule of each form in the nf_tables tables of iptables is rebuilt in a network "
          "namespace of its own, and every iptables on the node reads it there. What comes back is "
          "held against what the newest readers agree on and against the kernel's own expressions. "
          "Other words of the same meaning are no difference.",
      .matters =
          "A program that misreads a rule writes back something else: `--mark 0x8000/0x8000 -j "
          "DROP` becomes `-j DROP` and the node is cut off, `10.244.0.0/16` becomes one address, a "
          "service's DNAT loses its port.",
      .mend =
          "Give the reader the release that the others have: upgrade k0s or the image, install the "
          "same version on the host or remove the host's package, and move rules of nft into a "
          "table of their own. `iptmode crossread` shows every reader and every rule.",
      .sources =
          "iptables commits 32325900, 94309632, 6aba94ef, c034cf31, 98e69b7e, f315af1c\n"
          "https://github.com/kubernetes/kubernetes/issues/112477\n"
          "https://github.com/cloudnativelabs/kube-router/issues/1370\n"
          "https://github.com/k3s-io/k3s/issues/8793"};
}

}  // namespace iptmode::checks
