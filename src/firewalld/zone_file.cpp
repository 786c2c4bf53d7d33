// SPDX-License-Identifier: GPL-2.0-or-later
#include "firewalld/zone_file.h"

#include <algorithm>
#include <array>
#include <utility>

#include <pugixml.hpp>

namespace iptmode::firewalld {

namespace {

constexpr std::size_t kMaxEntries = 4096;  // of one kind in one file

void add(std::vector<std::string>& list, std::string text) {
  if (!text.empty() && list.size() < kMaxEntries) list.push_back(std::move(text));
}

void sort_out(std::vector<std::string>& list) {
  std::ranges::sort(list);
  list.erase(std::unique(list.begin(), list.end()), list.end());
}

std::string attribute(const pugi::xml_node& element, const char* name) {
  return element.attribute(name).as_string();
}

/// "6443/tcp"; firewalld ignores a port without a protocol.
std::string port_of(const pugi::xml_node& element) {
  const std::string port = attribute(element, "port");
  const std::string protocol = attribute(element, "protocol");
  return port.empty() || protocol.empty() ? std::string{} : port + "/" + protocol;
}

Result<pugi::xml_node> parse(pugi::xml_document& document, std::string_view text,
                             const char* root) {
  if (text.size() > kMaxFile) return sys_error(EFBIG, "parse", root);
  constexpr unsigned kOptions = pugi::parse_escapes | pugi::parse_wconv_attribute;
  const auto outcome = document.load_buffer(text.data(), text.size(), kOptions);
  if (!outcome)
    return parse_error(
        std::string{root} + " file",
        std::string{outcome.description()} + " at byte " + std::to_string(outcome.offset));
  const pugi::xml_node element = document.child(root);
  if (!element) return parse_error(std::string{root} + " file", document.first_child().name());
  return element;
}

template <std::size_t N>
Result<std::string> target_of(const pugi::xml_node& root,
                              const std::array<std::string_view, N>& known) {
  std::string target = attribute(root, "target");
  if (target.empty()) return std::string{known.front()};
  if (std::ranges::find(known, target) == known.end()) return parse_error("target", target);
  return target;
}

/// A zone's source: an address or an ipset, as firewalld names it.
std::string source_of(const pugi::xml_node& element) {
  if (element.attribute("invert")) return {};
  const std::string ipset = attribute(element, "ipset");
  return ipset.empty() ? attribute(element, "address") : "ipset:" + ipset;
}

void read_element(FirewalldZone& zone, const pugi::xml_node& element) {
  const std::string_view kind = element.name();
  if (kind == "interface") add(zone.interfaces, attribute(element, "name"));
  if (kind == "source") add(zone.sources, source_of(element));
  if (kind == "service") add(zone.services, attribute(element, "name"));
  if (kind == "port") add(zone.ports, port_of(element));
  if (kind == "protocol") add(zone.protocols, attribute(element, "value"));
  if (kind == "forward") zone.forward = true;
  if (kind == "masquerade") zone.masquerade = attribute(element, "enabled") != "no";
  if (kind == "rule") ++zone.rich_rules;
}

}  // namespace

void put_in_order(FirewalldZone& zone) {
  for (auto* list : {&zone.interfaces, &zone.sources, &zone.services, &zone.ports,
                     &zone.service_ports, &zone.protocols})
    sort_out(*list);
}

void put_in_order(FirewalldPolicy& policy) {
  sort_out(policy.ingress_zones);
  sort_out(policy.egress_zones);
}

Result<FirewalldZone> parse_zone_file(std::string_view name, std::string_view text) {
  constexpr std::array<std::string_view, 4> kTargets{"default", "ACCEPT", "DROP", "%%REJECT%%"};
  pugi::xml_document document;
  const auto root = parse(document, text, "zone");
  if (!root) return tl::unexpected{root.error()};
  auto target = target_of(*root, kTargets);
  if (!target) return tl::unexpected{target.error()};

  FirewalldZone zone{.name = std::string{name}, .target = std::move(*target)};
  for (const pugi::xml_node& element : root->children()) read_element(zone, element);
  put_in_order(zone);
  return zone;
}

Result<ServiceFile> parse_service_file(std::string_view text) {
  pugi::xml_document document;
  const auto root = parse(document, text, "service");
  if (!root) return tl::unexpected{root.error()};

  ServiceFile service;
  for (const pugi::xml_node& element : root->children()) {
    const std::string_view kind = element.name();
    if (kind == "port") {
      const std::string port = port_of(element);
      // A port element without a port is how a service names a protocol of its own.
      add(port.empty() ? service.protocols : service.ports,
          port.empty() ? attribute(element, "protocol") : port);
    }
    if (kind == "protocol") add(service.protocols, attribute(element, "value"));
    if (kind == "include") add(service.includes, attribute(element, "service"));
  }
  return service;
}

Result<FirewalldPolicy> parse_policy_file(std::string_view name, std::string_view text) {
  constexpr std::array<std::string_view, 4> kTargets{"CONTINUE", "ACCEPT", "DROP", "REJECT"};
  pugi::xml_document document;
  const auto root = parse(document, text, "policy");
  if (!root) return tl::unexpected{root.error()};
  auto target = target_of(*root, kTargets);
  if (!target) return tl::unexpected{target.error()};

  FirewalldPolicy policy{.name = std::string{name}, .target = std::move(*target)};
  for (const pugi::xml_node& element : root->children()) {
    const std::string_view kind = element.name();
    if (kind == "ingress-zone") add(policy.ingress_zones, attribute(element, "name"));
    if (kind == "egress-zone") add(policy.egress_zones, attribute(element, "name"));
    if (kind == "masquerade") policy.masquerade = attribute(element, "enabled") != "no";
  }
  put_in_order(policy);
  return policy;
}

}  // namespace iptmode::firewalld
