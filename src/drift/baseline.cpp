// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "iptmode/drift.h"
#include "iptmode/escape.h"

namespace iptmode {

namespace {

using Json = nlohmann::ordered_json;

tl::unexpected<Error> refuse(std::errc code, std::string context) {
  return tl::unexpected{Error{.code = std::make_error_code(code), .context = std::move(context)}};
}

tl::unexpected<Error> corrupt(const std::string& why) {
  return refuse(std::errc::invalid_argument, "the baseline is damaged: " + why);
}

// A string member, or nothing.
std::string text_at(const Json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

Result<> check_schema(const Json& document) {
  constexpr std::size_t kShown = 40;
  const std::string schema = text_at(document, "schema");
  if (schema == kBaselineSchema || schema.starts_with(std::string{kBaselineSchema} + "."))
    return {};
  if (!schema.starts_with("iptmode.baseline/"))
    return refuse(std::errc::invalid_argument, "this is no baseline of iptmode");
  return refuse(std::errc::not_supported,
                "the baseline has the schema " + escape(shorten(schema, kShown)) +
                    ", this program reads " + std::string{kBaselineSchema});
}

Result<std::vector<StableFact>> facts_of(const Json& document) {
  const auto found = document.find("facts");
  if (found == document.end() || !found->is_array()) return corrupt("it holds no facts");
  std::vector<StableFact> facts;
  for (const Json& entry : *found)
    facts.push_back({.subject = text_at(entry, "subject"),
                     .aspect = text_at(entry, "aspect"),
                     .value = text_at(entry, "value")});
  if (!std::ranges::is_sorted(facts)) return corrupt("its facts are out of order");
  if (text_at(document, "fingerprint") != fingerprint(facts))
    return corrupt("its facts do not match its fingerprint");
  return facts;
}

}  // namespace

std::string baseline_to_json(const Baseline& baseline) {
  Json facts = Json::array();
  for (const StableFact& fact : baseline.facts)
    facts.push_back({{"subject", fact.subject}, {"aspect", fact.aspect}, {"value", fact.value}});
  const std::string_view minor = baseline.masks_numbers ? "" : kBaselineMinor;
  const Json document{{"schema", std::string{kBaselineSchema} + std::string{minor}},
                      {"hostname", escape(baseline.hostname)},
                      {"acceptedAt", baseline.accepted_at},
                      {"toolVersion", baseline.tool_version},
                      {"fingerprint", fingerprint(baseline.facts)},
                      {"facts", std::move(facts)}};
  return document.dump(2) + "\n";
}

Result<Baseline> baseline_from_json(std::string_view text) {
  if (text.size() > kMaxBaselineBytes) return corrupt("it is too large");
  // Whatever is nested deeper than a fact is thrown away while it is read.
  constexpr int kDeepest = 3;
  const auto shallow = [](int depth, Json::parse_event_t, Json&) { return depth <= kDeepest; };
  const Json document = Json::parse(text, shallow, false);
  if (document.is_discarded()) return corrupt("it is no JSON, or cut off");
  if (const auto known = check_schema(document); !known) return tl::unexpected{known.error()};
  auto facts = facts_of(document);
  if (!facts) return tl::unexpected{facts.error()};
  return Baseline{.tool_version = escape(text_at(document, "toolVersion")),
                  .hostname = text_at(document, "hostname"),
                  .accepted_at = escape(text_at(document, "acceptedAt")),
                  .facts = std::move(*facts),
                  .masks_numbers = text_at(document, "schema") == kBaselineSchema};
}

}  // namespace iptmode
