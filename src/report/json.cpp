// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <array>
#include <ctime>
#include <tuple>

#include "iptmode/render.h"
#include "report/json_parts.h"

namespace iptmode {

namespace {

using report::Json;
using report::json_text;

Json node_object(const Node& node) {
  return {{"hostname", json_text(node.hostname)}, {"kernel", json_text(node.kernel)},
          {"osId", json_text(node.os_id)},        {"osVersion", json_text(node.os_version)},
          {"role", to_string(node.role)},         {"distribution", to_string(node.distribution)}};
}

Json summary_object(const Summary& summary) {
  return {{"pass", summary.pass}, {"warn", summary.warn},       {"fail", summary.fail},
          {"skip", summary.skip}, {"unknown", summary.unknown}, {"suppressed", summary.suppressed}};
}

Json gaps_array(std::vector<Gap> gaps) {
  std::ranges::sort(gaps, {}, [](const Gap& gap) { return std::tie(gap.subject, gap.reason); });
  Json array = Json::array();
  for (const Gap& gap : gaps)
    array.push_back({{"subject", json_text(gap.subject)},
                     {"reason", json_text(gap.reason)},
                     {"hides", gap.hides ? Json(to_string(*gap.hides)) : Json{}}});
  return array;
}

Json report_object(const Report& report) {
  const Snapshot& snapshot = report.snapshot;
  return {{"verdict", to_string(report.verdict)},
          {"message", report.message},
          {"schema", "iptmode.report/1"},
          {"generatedAt", report::json_time(snapshot.taken_at)},
          {"tool", {{"version", json_text(snapshot.tool_version)}}},
          {"node", node_object(snapshot.node)},
          {"summary", summary_object(report.summary)},
          {"fingerprint", report.fingerprint},
          {"k0s", report::json_k0s(snapshot.k0s)},
          {"host", {{"installation", report::json_installation(snapshot.host)}}},
          {"components", report::json_components(snapshot)},
          {"kernel", report::json_kernel(snapshot)},
          {"domains", report::json_domains(snapshot)},
          {"firewalld", report::json_firewalld(snapshot.firewalld)},
          {"checks", report::json_checks(report.checks)},
          {"exceptions", report::json_exceptions(report.exceptions)},
          {"gaps", gaps_array(snapshot.gaps)}};
}

}  // namespace

Json report::json_time(std::int64_t seconds) {
  const std::time_t time = seconds;
  std::tm parts{};
  if (::gmtime_r(&time, &parts) == nullptr) return "1970-01-01T00:00:00Z";
  std::array<char, 32> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return std::string{text.data(), length};
}

std::string render_json(const Report& report) {
  // The texts are valid UTF-8 already; with `replace` not even a mistake there could throw.
  return report_object(report).dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace iptmode
