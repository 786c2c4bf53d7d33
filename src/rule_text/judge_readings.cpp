// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <map>
#include <utility>

#include "rule_text/judge.h"

namespace iptmode {
namespace {

using Outcome = ReadingVerdict::Outcome;

/// What one reader said of one family, by table.
struct Said {
  const FamilyReading* reading = nullptr;  ///< null: it was not asked about this family
  std::vector<SavedTable> tables = {};
};

const FamilyReading* reading_of(const ReaderReadings& reader, IpFamily family) {
  const auto found = std::ranges::find(reader.families, family, &FamilyReading::family);
  return found == reader.families.end() ? nullptr : &*found;
}

Said said_by(const ReaderReadings& reader, IpFamily family) {
  Said said{.reading = reading_of(reader, family)};
  if (said.reading != nullptr) said.tables = parse_saved_tables(said.reading->whole.text);
  return said;
}

const SavedTable* table_named(const std::vector<SavedTable>& tables, const std::string& name) {
  const auto found = std::ranges::find(tables, name, &SavedTable::name);
  return found == tables.end() ? nullptr : &*found;
}

/// The one rule of a shape's own chain.
std::optional<RuleText> rule_in(const SavedTable& table, const std::string& chain,
                                IpFamily family) {
  const std::string lead = "-A " + chain + " ";
  for (const std::string& line : table.rules) {
    const bool bare = line == "-A " + chain;
    if (!bare && line.find(lead) == std::string::npos) continue;
    auto rule = parse_rule_text(line, family);
    if (rule && rule->chain == chain) return rule;
  }
  return std::nullopt;
}

const FamilyReading::Alone* alone_run(const FamilyReading& reading, const std::string& table,
                                      std::uint32_t shape) {
  const auto found = std::ranges::find_if(reading.alone, [&](const FamilyReading::Alone& alone) {
    return alone.table == table && alone.shape == shape;
  });
  return found == reading.alone.end() ? nullptr : &*found;
}

/// A reading or the reason why there is none.
struct Read {
  std::optional<RuleText> text = {};
  Outcome without = Outcome::not_asked;
  std::string detail = {};
};

Read read_alone(const FamilyReading::Alone& alone, const std::string& chain, IpFamily family) {
  if (!was_heard(alone.run)) return {.detail = alone.run.detail};
  const auto tables = parse_saved_tables(alone.run.text);
  const SavedTable* const table = table_named(tables, alone.table);
  const bool readable =
      alone.run.outcome == SaveRun::Outcome::printed && table != nullptr && table->complete;
  if (!readable) return {.without = Outcome::unreadable, .detail = alone.run.detail};
  auto rule = rule_in(*table, chain, family);
  if (!rule) return {.without = Outcome::misread};
  return {.text = std::move(rule)};
}

/// A table that was read whole, else the replay of this shape alone.
Read read_of(const Said& said, const std::string& table, std::uint32_t shape, IpFamily family) {
  if (said.reading == nullptr) return {.detail = "it was not asked about this family"};
  const std::string chain = shape_chain_name(shape);
  if (const auto* const alone = alone_run(*said.reading, table, shape))
    return read_alone(*alone, chain, family);
  const SaveRun& whole = said.reading->whole;
  if (!was_heard(whole)) return {.detail = whole.detail};
  const SavedTable* const saved = table_named(said.tables, table);
  if (saved == nullptr || !saved->complete)
    return {.detail = "its table is not readable, and the rule was not tried alone"};
  auto rule = rule_in(*saved, chain, family);
  if (!rule) return {.without = Outcome::misread};
  return {.text = std::move(rule)};
}

bool is_newest(const IptablesReader& reader) {
  return reader.version && read_class(*reader.version) == ReadClass::from_1_8_9;
}

/// What all readers of the newest class agree on, in the words of the first.
std::optional<RuleText> agreed_on(const std::vector<ReaderReadings>& readers,
                                  const std::vector<Read>& reads) {
  std::optional<RuleText> agreed;
  for (std::size_t at = 0; at < readers.size(); ++at) {
    if (!is_newest(readers[at].reader) || !reads[at].text) continue;
    if (!agreed)
      agreed = reads[at].text;
    else if (!rule_text::same_meaning(*agreed, *reads[at].text))
      return std::nullopt;
  }
  return agreed;
}

std::string reason_aside(const CrossReading& cross, IpFamily family, const std::string& table,
                         std::uint32_t shape) {
  for (const SetAside& aside : cross.set_aside)
    if (aside.family == family && aside.table == table && aside.shape == shape)
      return aside.reason.empty() ? "the scratch kernel refused it" : aside.reason;
  return {};
}

ReadingVerdict cell_of(const RuleShape& shape, const std::optional<RuleText>& agreed,
                       const Read& read) {
  if (read.text) return rule_text::judge_reading(shape, agreed, *read.text);
  ReadingVerdict cell{.outcome = read.without, .reading = read.detail};
  if (read.without == Outcome::misread) cell.differences = {"the whole rule is missing"};
  return cell;
}

std::optional<IpFamily> family_of(const NftTable& table) {
  if (table.family == "ip") return IpFamily::ipv4;
  if (table.family == "ip6") return IpFamily::ipv6;
  return std::nullopt;
}

class Judge {
 public:
  explicit Judge(const CrossReading& cross) : cross_{cross} {
    for (const ReaderReadings& reader : cross.readers)
      for (const IpFamily family : {IpFamily::ipv4, IpFamily::ipv6})
        said_[family].push_back(said_by(reader, family));
    verdict_.blind.resize(cross.readers.size());
  }

  void take(const NftTable& table) {
    const auto family = family_of(table);
    if (!family || table.shapes.empty()) return;
    const std::size_t first = verdict_.shapes.size();
    for (std::uint32_t number = 0; number < table.shapes.size(); ++number)
      take_shape(table, *family, number);
    for (std::size_t reader = 0; reader < cross_.readers.size(); ++reader)
      note_blindness(table, *family, reader, first);
  }

  CrossVerdict verdict() {
    for (std::size_t reader = 0; reader < cross_.readers.size(); ++reader)
      for (const IpFamily family : {IpFamily::ipv4, IpFamily::ipv6})
        leave_out_unreached(family, reader);
    return std::move(verdict_);
  }

 private:
  void take_shape(const NftTable& table, IpFamily family, std::uint32_t number) {
    const RuleShape& shape = table.shapes[number];
    ShapeVerdicts row{.family = family, .table = &table, .number = number, .shape = &shape};
    const std::string aside = reason_aside(cross_, family, table.name, number);
    std::vector<Read> reads;
    for (const Said& said : said_[family])
      reads.push_back(aside.empty() ? read_of(said, table.name, number, family)
                                    : Read{.detail = aside});
    const auto agreed = agreed_on(cross_.readers, reads);
    for (const Read& read : reads) row.cells.push_back(cell_of(shape, agreed, read));
    row.agreed = agreed.has_value() && rule_text::fits(shape.rule, *agreed);
    row.reference = row.agreed ? agreed->text : to_string(shape.rule);
    verdict_.shapes.push_back(std::move(row));
  }

  /// The table as it stands, whatever its rules are alone.
  void note_blindness(const NftTable& table, IpFamily family, std::size_t reader,
                      std::size_t first) {
    const Said& said = said_[family][reader];
    if (said.reading == nullptr || !was_heard(said.reading->whole)) return;
    const SavedTable* const saved = table_named(said.tables, table.name);
    if (saved != nullptr && saved->complete) return;
    BlindTable blind{.table = &table, .detail = said.reading->whole.detail};
    for (std::size_t at = first; at < verdict_.shapes.size(); ++at)
      if (verdict_.shapes[at].cells[reader].outcome == Outcome::unreadable)
        blind.because.push_back(verdict_.shapes[at].number);
    verdict_.blind[reader].push_back(std::move(blind));
  }

  /// A run that ended at one table never came to those behind it; asked for them, it reads them.
  void leave_out_unreached(IpFamily family, std::size_t reader) {
    const Said& said = said_[family][reader];
    auto& blind = verdict_.blind[reader];
    const auto in_family = [&](const BlindTable& entry) {
      return family_of(*entry.table) == family;
    };
    const bool ended_early = said.reading != nullptr &&
                             said.reading->whole.outcome != SaveRun::Outcome::printed &&
                             said.reading->whole.outcome != SaveRun::Outcome::incomplete;
    const bool culprit = std::ranges::any_of(
        blind, [&](const BlindTable& entry) { return in_family(entry) && !entry.because.empty(); });
    if (ended_early && culprit)
      std::erase_if(blind, [&](const BlindTable& entry) {
        return in_family(entry) && entry.because.empty();
      });
  }

  const CrossReading& cross_;
  std::map<IpFamily, std::vector<Said>> said_ = {};
  CrossVerdict verdict_ = {};
};

}  // namespace

std::string_view to_string(ReadingVerdict::Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::same: return "same";
    case Outcome::same_meaning: return "sameMeaning";
    case Outcome::misread: return "misread";
    case Outcome::unreadable: return "unreadable";
    case Outcome::undecided: return "undecided";
    case Outcome::not_asked: return "notAsked";
  }
  return "invalid";
}

bool was_heard(const SaveRun& run) noexcept {
  return run.outcome != SaveRun::Outcome::not_run && run.outcome != SaveRun::Outcome::timed_out;
}

CrossVerdict judge_readings(const Snapshot& snapshot) {
  if (!snapshot.cross_reading || snapshot.cross_reading->skipped) return {};
  Judge judge{*snapshot.cross_reading};
  const auto& tables = snapshot.network().nft;
  if (tables)
    for (const NftTable& table : *tables) judge.take(table);
  return judge.verdict();
}

}  // namespace iptmode
