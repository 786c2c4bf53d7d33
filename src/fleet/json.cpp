// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <numeric>

#include "iptmode/fleet.h"
#include "report/json_parts.h"

namespace iptmode {

namespace {

using report::Json;
using report::json_text;

Json files_of(const std::vector<std::size_t>& indices, const Fleet& fleet) {
  Json array = Json::array();
  for (const std::size_t index : indices) array.push_back(json_text(fleet.nodes.at(index).file));
  return array;
}

Json components_array(const std::vector<FleetComponent>& components) {
  Json array = Json::array();
  for (const FleetComponent& component : components)
    array.push_back({{"component", component.name},
                     {"backend", component.backend},
                     {"version", component.version.empty() ? Json{} : Json(component.version)}});
  return array;
}

Json node_object(const FleetNode& node) {
  Json faults = Json::array();
  for (const FleetFault& fault : node.faults)
    faults.push_back({{"check", fault.check}, {"severity", to_string(fault.severity)}});
  return {{"file", json_text(node.file)},
          {"hostname", json_text(node.hostname)},
          {"takenAt", report::json_time(node.taken_at)},
          {"verdict", to_string(node.verdict)},
          {"message", json_text(node.message)},
          {"fingerprint", node.fingerprint},
          {"components", components_array(node.components)},
          {"faults", faults},
          {"suppressed", node.suppressed}};
}

Json summary_object(const Fleet& fleet) {
  const auto count = [&](Verdict verdict) {
    return std::ranges::count(fleet.nodes, verdict, &FleetNode::verdict);
  };
  return {{"nodes", fleet.nodes.size()},
          {"groups", fleet.groups.size()},
          {"pass", count(Verdict::pass)},
          {"warn", count(Verdict::warn)},
          {"fail", count(Verdict::fail)},
          {"unknown", count(Verdict::unknown)},
          {"unread", fleet.unread.size()},
          {"suppressed", std::accumulate(fleet.nodes.begin(), fleet.nodes.end(), 0U,
                                         [](unsigned sum, const FleetNode& node) {
                                           return sum + node.suppressed;
                                         })}};
}

Json groups_array(const Fleet& fleet) {
  Json array = Json::array();
  for (const FleetGroup& group : fleet.groups)
    array.push_back({{"fingerprint", group.fingerprint}, {"files", files_of(group.nodes, fleet)}});
  return array;
}

Json faults_array(const Fleet& fleet) {
  Json array = Json::array();
  for (const SharedFault& fault : fleet.faults)
    array.push_back({{"check", fault.check},
                     {"severity", to_string(fault.severity)},
                     {"files", files_of(fault.nodes, fleet)}});
  return array;
}

}  // namespace

std::string render_fleet_json(const Fleet& fleet) {
  Json nodes = Json::array();
  for (const FleetNode& node : fleet.nodes) nodes.push_back(node_object(node));
  Json unread = Json::array();
  for (const UnreadFile& file : fleet.unread)
    unread.push_back({{"file", json_text(file.file)}, {"reason", json_text(file.reason)}});
  const Json document = {{"verdict", to_string(fleet.verdict)},
                         {"message", fleet.message},
                         {"schema", "iptmode.fleet/1"},
                         {"summary", summary_object(fleet)},
                         {"groups", groups_array(fleet)},
                         {"nodes", nodes},
                         {"faults", faults_array(fleet)},
                         {"unread", unread},
                         {"exceptions", report::json_exceptions(fleet.exceptions)}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace iptmode
