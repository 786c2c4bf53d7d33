// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/json_parts.h"

namespace iptmode::report {

namespace {

Json texts(const std::vector<std::string>& items) {
  Json array = Json::array();
  for (const std::string& item : items) array.push_back(json_text(item));
  return array;
}

Json findings_array(const std::vector<Finding>& findings) {
  Json array = Json::array();
  for (const Finding& finding : findings)
    array.push_back({{"subject", json_text(finding.subject)},
                     {"message", json_text(finding.message)},
                     {"evidence", texts(finding.evidence)},
                     {"remedy", texts(finding.remedy)},
                     {"suppressed", finding.suppressed},
                     {"severity", to_string(finding.severity)}});
  return array;
}

}  // namespace

Json json_checks(const std::vector<CheckResult>& checks) {
  Json object = Json::object();
  for (const CheckResult& check : checks) {
    Json& member = object[std::string{check.id}];
    member = {{"title", check.title},
              {"severity", to_string(check.severity)},
              {"status", to_string(check.status)},
              {"message", json_text(check.message)},
              {"findings", findings_array(check.findings)}};
    if (!check.seen.empty()) member["seen"] = texts(check.seen);
  }
  return object;
}

}  // namespace iptmode::report
