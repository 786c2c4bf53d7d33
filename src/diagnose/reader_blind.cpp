// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "diagnose/blindness.h"
#include "diagnose/checks.h"
#include "diagnose/cross_readers.h"
#include "diagnose/subject_names.h"
#include "iptmode/escape.h"

namespace iptmode::checks {
namespace {

constexpr std::size_t kShownRules = 3;
constexpr std::size_t kShownWords = 240;

const ShapeVerdicts* row_of(const CrossVerdict& verdict, const NftTable* table,
                            std::uint32_t number) {
  const auto found = std::ranges::find_if(verdict.shapes, [&](const ShapeVerdicts& row) {
    return row.table == table && row.number == number;
  });
  return found == verdict.shapes.end() ? nullptr : &*found;
}

/// Whether every rule of the table was read alone, so that none of them is the reason: then a base
/// chain is, which is the subject of tainted_base.
bool each_rule_reads(const BlindTable& blind, const CrossVerdict& verdict, std::size_t reader) {
  return std::ranges::all_of(verdict.shapes, [&](const ShapeVerdicts& row) {
    return row.table != blind.table ||
           row.cells[reader].outcome != ReadingVerdict::Outcome::not_asked;
  });
}

void describe(const BlindTable& blind, const CrossVerdict& verdict,
              std::vector<std::string>& lines) {
  lines.push_back(fmt::format("{}: {}", name_of(*blind.table),
                              blind.detail.empty() ? "not printed" : blind.detail));
  std::size_t shown = 0;
  for (const std::uint32_t number : blind.because) {
    const ShapeVerdicts* const row = row_of(verdict, blind.table, number);
    if (row == nullptr || shown++ == kShownRules) break;
    lines.push_back(fmt::format("  blinded by chain {} ({}), {} like it: {}", row->shape->chain,
                                to_string(row->shape->owners), count_of(row->shape->rules, "rule"),
                                shorten(row->reference, kShownWords)));
  }
  if (blind.because.size() > kShownRules)
    lines.push_back(
        fmt::format("  and {} other forms of rules", blind.because.size() - kShownRules));
  if (blind.because.empty()) lines.emplace_back("  which of its rules blinds it was not found out");
}

bool native_alone(const BlindTable& blind, const CrossVerdict& verdict) {
  return !blind.because.empty() && std::ranges::all_of(blind.because, [&](std::uint32_t number) {
    const ShapeVerdicts* const row = row_of(verdict, blind.table, number);
    return row != nullptr && row->shape->native;
  });
}

/// Whoever calls it is hurt; who types it only sees nothing.
Severity severity_for(const CrossReader& reader) {
  const IptablesUser* const user = reader.main_user();
  return user == nullptr || user->idle ? Severity::warning : Severity::error;
}

Finding proven(const CrossReader& reader, const std::vector<BlindTable>& tables,
               const CrossVerdict& verdict, const Snapshot& snapshot) {
  Finding finding{.severity = severity_for(reader), .subject = reader.subject()};
  std::vector<std::string> names;
  for (const BlindTable& blind : tables) {
    names.push_back(name_of(*blind.table));
    describe(blind, verdict, finding.evidence);
  }
  finding.message = fmt::format(
      "Its iptables {} cannot read {} at all: it sees no rule there, while what it adds still goes "
      "in.",
      reader.version(), join_names(names));
  finding.evidence.push_back("reader: " + reader.readings->reader.path);
  if (const std::string others = reader.others(); !others.empty())
    finding.evidence.back() += "; " + others;
  const bool native = std::ranges::all_of(
      tables, [&](const BlindTable& blind) { return native_alone(blind, verdict); });
  if (!native) finding.remedy.push_back(better_reader(reader, snapshot));
  if (native || std::ranges::any_of(
                    tables, [&](const BlindTable& blind) { return native_alone(blind, verdict); }))
    finding.remedy.emplace_back(
        "let the program that writes rules of nft keep them in a table of its own");
  return finding;
}

Finding by_encoding(const IptablesUser& user, const std::vector<const NftTable*>& tables,
                    const Snapshot& snapshot) {
  Finding finding{.severity = user.idle ? Severity::info : Severity::error,
                  .subject = user.subject};
  std::vector<std::string> names;
  for (const NftTable* table : tables) {
    names.push_back(name_of(*table));
    finding.evidence.push_back(fmt::format(
        "nft table {}: {} (port ranges, NFLOG) for which 1.8.7 and earlier refuse it",
        name_of(*table),
        count_of(table->encodings.native_range + table->encodings.native_log, "expression")));
  }
  finding.message = fmt::format(
      "{} reads with iptables {}, which refuses {}: it believes that its chains are empty, while "
      "what it adds still goes in.",
      user.subject, to_string(*user.version), join_names(names));
  finding.evidence.push_back("reader: " + program_of(user));
  const ReaderReadings stand_in{.reader = {.label = user.subject, .path = user.program}};
  finding.remedy = {better_reader({.readings = &stand_in, .users = {user}}, snapshot),
                    "`iptmode crossread` proves it with the reader's own binary"};
  return finding;
}

void add_suspects(const Snapshot& snapshot, std::vector<Finding>& findings) {
  for (const Domain& domain : domains_of(snapshot))
    for (const IptablesUser& user : iptables_users(domain, snapshot)) {
      if (domain.is_node && readings_of(user, snapshot) != nullptr) continue;
      const auto tables = refused_tables(user, *domain.network);
      if (!tables.empty()) findings.push_back(by_encoding(user, tables, snapshot));
    }
}

/// A table that rules of nft alone blind for several readers: the fault is the rules', not theirs.
struct BlindedByNft {
  const NftTable* table = nullptr;
  std::vector<std::pair<const CrossReader*, const BlindTable*>> readers = {};
};

Finding blinded_by_nft(const BlindedByNft& blinded, const CrossVerdict& verdict) {
  const BlindTable& first = *blinded.readers.front().second;
  Finding finding{.severity = Severity::warning, .subject = "table " + name_of(*blinded.table)};
  std::vector<std::string> names;
  describe(first, verdict, finding.evidence);
  for (const auto& [reader, blind] : blinded.readers) {
    finding.severity = std::max(finding.severity, severity_for(*reader));
    names.push_back(reader->subject());
    finding.evidence.push_back(fmt::format("reader: {}, {} {}: {}", names.back(),
                                           reader->readings->reader.path, reader->version(),
                                           blind->detail));
  }
  finding.message = fmt::format(
      "Rules of nft in this table of iptables blind {}: they see no rule there, while what they "
      "add still goes in.",
      join_names(names));
  const ShapeVerdicts* const row = row_of(verdict, blinded.table, first.because.front());
  finding.remedy = move_native_rules(*blinded.table, row->shape->chain);
  return finding;
}

/// What each reader is blind to, by the cause.
class Blindness {
 public:
  Blindness(const std::vector<CrossReader>& readers, const CrossVerdict& verdict)
      : readers_{readers}, verdict_{verdict} {
    for (const CrossReader& reader : readers)
      for (const BlindTable& blind : verdict.blind[reader.number])
        if (native_alone(blind, verdict))
          by_nft(*blind.table).readers.emplace_back(&reader, &blind);
    std::erase_if(by_nft_, [](const BlindedByNft& blinded) { return blinded.readers.size() < 2; });
  }

  void tell(const Snapshot& snapshot, std::vector<Finding>& findings) const {
    for (const BlindedByNft& blinded : by_nft_)
      findings.push_back(blinded_by_nft(blinded, verdict_));
    for (const CrossReader& reader : readers_) {
      std::vector<BlindTable> own = verdict_.blind[reader.number];
      std::erase_if(own, [&](const BlindTable& blind) {
        const bool no_rule =
            blind.because.empty() && each_rule_reads(blind, verdict_, reader.number);
        return no_rule || is_told(reader, blind);
      });
      if (!own.empty()) findings.push_back(proven(reader, own, verdict_, snapshot));
    }
  }

 private:
  BlindedByNft& by_nft(const NftTable& table) {
    const auto known = std::ranges::find(by_nft_, &table, &BlindedByNft::table);
    return known != by_nft_.end() ? *known : by_nft_.emplace_back(BlindedByNft{.table = &table});
  }
  [[nodiscard]] bool is_told(const CrossReader& reader, const BlindTable& blind) const {
    return std::ranges::any_of(by_nft_, [&](const BlindedByNft& blinded) {
      return blinded.table == blind.table &&
             std::ranges::any_of(blinded.readers,
                                 [&](const auto& entry) { return entry.first == &reader; });
    });
  }

  const std::vector<CrossReader>& readers_;  // NOLINT(*-ref-data-members): lives for one call
  const CrossVerdict& verdict_;              // NOLINT(*-ref-data-members)
  std::vector<BlindedByNft> by_nft_ = {};
};

CheckOutcome judge_reader_blind(const Snapshot& snapshot, const CrossVerdict& verdict) {
  CheckOutcome outcome;
  const std::vector<CrossReader> readers = cross_readers(snapshot);
  Blindness{readers, verdict}.tell(snapshot, outcome.findings);
  add_suspects(snapshot, outcome.findings);
  return outcome;
}

}  // namespace

Check reader_blind() {
  return {
      .id = "reader_blind",
      .title = "Every iptables here can read the tables of iptables",
      .severity = Severity::error,
      .needs = kNeeds<Fact::processes, Fact::k0s, Fact::installations, Fact::nft_rules>,
      .run_on_readings = judge_reader_blind,
      .looks_for =
          "Tables that an iptables on this node refuses: proven by letting it read them in a "
          "network namespace of its own, and then rule by rule; where that was not done, by port "
          "ranges and NFLOG rules beside an iptables of 1.8.7 or earlier.",
      .matters =
          "The reader takes its chains for empty, or fails at every sync: kube-router stops at "
          "each "
          "network policy, rules are added again and again. iptables-save may still say success.",
      .mend =
          "Where the reader is too old, give it 1.8.9 or later. Where a rule of nft blinds it, "
          "every "
          "release is blind: that rule belongs in a table of its own.",
      .sources =
          "https://github.com/cloudnativelabs/kube-router/issues/1588, /1777 and /1788\n"
          "https://github.com/projectcalico/calico/pull/8416\n"
          "https://github.com/squat/kilo/issues/359\n"
          "iptables commits c034cf31, db99f601, ec869370"};
}

}  // namespace iptmode::checks
