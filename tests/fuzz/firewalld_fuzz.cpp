// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "firewalld/zone_file.h"

namespace {

using namespace iptmode;

void demand(bool holds) {
  if (!holds) std::abort();
}

void demand_one_line(const Error& error) {
  const std::string text = to_string(error);
  demand(std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < ' '; }));
  demand(text.size() < 1024);
}

void demand_order(const std::vector<std::string>& list) {
  demand(std::is_sorted(list.begin(), list.end()));
  demand(std::adjacent_find(list.begin(), list.end()) == list.end());
  demand(std::find(list.begin(), list.end(), "") == list.end());
}

void demand_ports(const std::vector<std::string>& ports) {
  for (const std::string& port : ports) demand(port.find('/') != std::string::npos);
}

}  // namespace

// Whatever a file of firewalld holds: it is read as each kind, and what is read is in order.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  if (const auto zone = firewalld::parse_zone_file("zone", text)) {
    for (const auto* list :
         {&zone->interfaces, &zone->sources, &zone->services, &zone->ports, &zone->protocols})
      demand_order(*list);
    demand_ports(zone->ports);
    demand(!zone->target.empty() && zone->service_ports.empty());
  } else {
    demand_one_line(zone.error());
  }
  if (const auto service = firewalld::parse_service_file(text))
    demand_ports(service->ports);
  else
    demand_one_line(service.error());
  if (const auto policy = firewalld::parse_policy_file("policy", text)) {
    demand_order(policy->ingress_zones);
    demand_order(policy->egress_zones);
  } else {
    demand_one_line(policy.error());
  }
  const FirewalldSettings settings = firewalld::parse_settings_file(text);
  demand(!settings.backend || *settings.backend == "nftables" || *settings.backend == "iptables");
  return 0;
}
