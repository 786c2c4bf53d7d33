// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/json_parts.h"

namespace iptmode::report {

namespace {

Json texts(const std::vector<std::string>& list) {
  Json array = Json::array();
  for (const std::string& text : list) array.push_back(json_text(text));
  return array;
}

template <class T>
Json value_or_null(const std::optional<T>& value) {
  if constexpr (std::is_same_v<T, bool>)
    return value ? Json(*value) : Json{};
  else
    return value ? json_text(*value) : Json{};
}

Json settings_object(const FirewalldSettings& settings) {
  return {{"backend", value_or_null(settings.backend)},
          {"flushAllOnReload", value_or_null(settings.flush_all_on_reload)},
          {"nftablesTableOwner", value_or_null(settings.nftables_table_owner)},
          {"defaultZone", value_or_null(settings.default_zone)}};
}

Json zone_object(const FirewalldZone& zone) {
  return {{"zone", json_text(zone.name)},   {"target", json_text(zone.target)},
          {"isDefault", zone.is_default},   {"forward", zone.forward},
          {"masquerade", zone.masquerade},  {"interfaces", texts(zone.interfaces)},
          {"sources", texts(zone.sources)}, {"services", texts(zone.services)},
          {"ports", texts(zone.ports)},     {"protocols", texts(zone.protocols)},
          {"richRules", zone.rich_rules}};
}

}  // namespace

Json json_firewalld(const std::optional<Firewalld>& firewalld) {
  if (!firewalld) return {};
  Json zones = Json::array();
  for (const FirewalldZone& zone : firewalld->zones) zones.push_back(zone_object(zone));
  return {{"running", firewalld->running},
          {"version", json_text(firewalld->version)},
          {"file", settings_object(firewalld->file)},
          {"daemon", settings_object(firewalld->daemon)},
          {"source", to_string(firewalld->source)},
          {"zones", std::move(zones)}};
}

}  // namespace iptmode::report
