// SPDX-License-Identifier: GPL-2.0-or-later
#include "iptmode/cross_verdict.h"
#include "iptmode/render.h"
#include "report/json_parts.h"

namespace iptmode {

namespace {

using report::Json;
using report::json_text;

Json texts(const std::vector<std::string>& list) {
  Json array = Json::array();
  for (const std::string& text : list) array.push_back(json_text(text));
  return array;
}

Json bugs_array(const std::vector<BugProbe>& bugs) {
  Json array = Json::array();
  for (const BugProbe& bug : bugs)
    array.push_back({{"bug", json_text(bug.bug)},
                     {"outcome", to_string(bug.outcome)},
                     {"detail", json_text(bug.detail)}});
  return array;
}

Json blind_array(const std::vector<BlindTable>& tables) {
  Json array = Json::array();
  for (const BlindTable& blind : tables)
    array.push_back({{"family", json_text(blind.table->family)},
                     {"table", json_text(blind.table->name)},
                     {"detail", json_text(blind.detail)},
                     {"shapes", blind.because}});
  return array;
}

Json readers_array(const CrossReading& cross, const CrossVerdict& verdict) {
  Json array = Json::array();
  for (std::size_t at = 0; at < cross.readers.size() && at < verdict.blind.size(); ++at) {
    const IptablesReader& reader = cross.readers[at].reader;
    array.push_back({{"reader", json_text(reader.label)},
                     {"places", texts(reader.places)},
                     {"path", json_text(reader.path)},
                     {"version", reader.version ? Json(to_string(*reader.version)) : Json{}},
                     {"blind", blind_array(verdict.blind[at])},
                     {"bugs", bugs_array(cross.readers[at].bugs)}});
  }
  return array;
}

Json legacy_array(const CrossReading& cross) {
  Json array = Json::array();
  for (const LegacyTrial& trial : cross.legacy) {
    const IptablesReader& program = trial.program;
    array.push_back({{"program", json_text(program.label)},
                     {"places", texts(program.places)},
                     {"path", json_text(program.path)},
                     {"version", program.version ? Json(to_string(*program.version)) : Json{}},
                     {"bugs", bugs_array(trial.bugs)}});
  }
  return array;
}

Json cells_array(const std::vector<ReadingVerdict>& cells) {
  Json array = Json::array();
  for (const ReadingVerdict& cell : cells)
    array.push_back({{"outcome", to_string(cell.outcome)},
                     {"differences", texts(cell.differences)},
                     {"reading", json_text(cell.reading)}});
  return array;
}

Json shapes_array(const CrossVerdict& verdict) {
  Json array = Json::array();
  for (const ShapeVerdicts& row : verdict.shapes) {
    Json owners = Json::array();
    for (const Owner owner : row.shape->owners.members()) owners.push_back(to_string(owner));
    array.push_back({{"family", json_text(row.table->family)},
                     {"table", json_text(row.table->name)},
                     {"shape", row.number},
                     {"chain", json_text(row.shape->chain)},
                     {"owners", std::move(owners)},
                     {"rules", row.shape->rules},
                     {"native", row.shape->native},
                     {"reference", json_text(row.reference)},
                     {"agreed", row.agreed},
                     {"cells", cells_array(row.cells)}});
  }
  return array;
}

Json skipped_of(const Snapshot& snapshot) {
  if (!snapshot.cross_reading) return "nobody was asked to read the rules";
  return snapshot.cross_reading->skipped ? json_text(*snapshot.cross_reading->skipped) : Json{};
}

}  // namespace

std::string render_cross_reading_json(const Snapshot& snapshot) {
  const CrossVerdict verdict = judge_readings(snapshot);
  const CrossReading none;
  const CrossReading& cross = snapshot.cross_reading ? *snapshot.cross_reading : none;
  const Json document{{"schema", "iptmode.crossread/1"},
                      {"generatedAt", report::json_time(snapshot.taken_at)},
                      {"tool", {{"version", json_text(snapshot.tool_version)}}},
                      {"node",
                       {{"hostname", json_text(snapshot.node.hostname)},
                        {"kernel", json_text(snapshot.node.kernel)}}},
                      {"skipped", skipped_of(snapshot)},
                      {"readers", readers_array(cross, verdict)},
                      {"shapes", shapes_array(verdict)},
                      {"legacy", legacy_array(cross)}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace iptmode
