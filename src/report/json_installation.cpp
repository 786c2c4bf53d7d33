// SPDX-License-Identifier: GPL-2.0-or-later
#include <map>

#include "iptmode/escape.h"
#include "report/installation_words.h"
#include "report/json_parts.h"

namespace iptmode::report {

namespace {

Json texts(const std::vector<std::string>& items) {
  Json array = Json::array();
  for (const std::string& item : items) array.push_back(json_text(item));
  return array;
}

Json version_or_null(const Program* program) {
  const std::string version = version_word(program, "");
  return version.empty() ? Json{} : Json(version);
}

// null: this place cannot serve the backend. A program of unknown version is there all the same.
Json available(const Installation& installation, Backend backend) {
  const auto found = installation.available(backend);
  if (!found.present) return {};
  return found.version ? to_string(*found.version) : "unknown";
}

Json entry(const Program& program) {
  const bool ends = program.form != ProgramForm::dangling && !program.chain.empty();
  return {{"name", json_text(program.name)},
          {"target", program.chain.size() > 1 ? json_text(program.chain.at(1)) : Json{}},
          {"resolved", ends ? json_text(program.resolved()) : Json{}},
          {"form", to_string(program.form)}};
}

Json entries(const Installation& installation) {
  std::map<std::string, const Program*> by_name;
  for (const auto* programs : {&installation.programs, &installation.multis})
    for (const Program& program : *programs)
      if (program.form != ProgramForm::missing) by_name.emplace(program.name, &program);
  Json array = Json::array();
  for (const auto& [name, program] : by_name) array.push_back(entry(*program));
  return array;
}

}  // namespace

Json json_text(std::string_view bytes) {
  return escape(bytes);
}

Json json_installation(const std::optional<Installation>& installation) {
  if (!installation) return {};
  const Program* primary = installation->primary();
  const ProgramForm form = form_of(primary);
  return {{"path", json_text(primary == nullptr ? "" : primary->path)},
          {"resolved", json_text(primary == nullptr ? "" : primary->resolved())},
          {"chain", texts(primary == nullptr ? std::vector<std::string>{} : primary->chain)},
          {"kind", kind_of(form)},
          {"form", to_string(form)},
          {"backend", backend_word(primary)},
          {"version", version_or_null(primary)},
          {"identifiedBy", identified_by(primary)},
          {"available",
           {{"legacy", available(*installation, Backend::legacy)},
            {"nfTables", available(*installation, Backend::nf_tables)}}},
          {"variantsAgree", installation->variants_agree()},
          {"problem", json_text(primary == nullptr ? "" : primary->problem)},
          {"runProblem", json_text(primary == nullptr ? "" : primary->run_problem)}};
}

Json json_k0s(const std::optional<K0s>& k0s) {
  if (!k0s) return {};
  return {{"dataDir", json_text(k0s->data_dir)},
          {"binDir", json_text(k0s->bin_dir)},
          {"mode", json_text(k0s->mode)},
          {"version", json_text(k0s->version)},
          {"entries", entries(k0s->installation)},
          {"running", k0s->running},
          {"foundBy", json_text(k0s->found_by)},
          {"installation", json_installation(k0s->installation)}};
}

}  // namespace iptmode::report
