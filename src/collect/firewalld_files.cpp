// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/firewalld_files.h"

#include <algorithm>
#include <array>
#include <functional>
#include <set>
#include <string_view>

#include "firewalld/zone_file.h"

namespace iptmode::collect {

namespace {

using firewalld::FirewalldReading;

constexpr char kSettings[] = "/etc/firewalld/firewalld.conf";
// The first directory that has a name wins.
constexpr std::array<const char*, 2> kTrees{"/etc/firewalld", "/usr/lib/firewalld"};
constexpr std::size_t kMaxFiles = 256;  // firewalld brings ten zones and one policy

bool is_absent(const Error& error) {
  return error.code == std::errc::no_such_file_or_directory ||
         error.code == std::errc::not_a_directory;
}

class FileVisit {
 public:
  explicit FileVisit(HostFiles& host) : host_{host} {}

  std::optional<FirewalldReading> read() {
    if (!read_settings()) return std::nullopt;
    reading_.state.source = FirewalldSource::files;
    for_each("zones",
             [this](const std::string& name, const std::string& text) { add_zone(name, text); });
    for_each("policies",
             [this](const std::string& name, const std::string& text) { add_policy(name, text); });
    leave_out_inactive_policies();
    for (FirewalldZone& zone : reading_.state.zones) add_service_ports(zone);
    return std::move(reading_);
  }

 private:
  void problem(const std::string& what, const Error& error) {
    reading_.problems.push_back(what + ": " + to_string(error));
  }

  /// False when firewalld is not installed: neither its settings nor its zones are there.
  bool read_settings() {
    const auto text = host_.read(kSettings, firewalld::kMaxFile);
    if (!text && is_absent(text.error())) {
      const auto zones = host_.names(std::string{kTrees[1]} + "/zones");
      if (!zones && is_absent(zones.error())) return false;
    } else if (!text) {
      problem(kSettings, text.error());
      return true;
    }
    reading_.state.file = firewalld::parse_settings_file(text ? *text : "");
    return true;
  }

  [[nodiscard]] std::set<std::string> names_of(const char* kind) {
    std::set<std::string> names;
    for (const char* tree : kTrees) {
      const std::string directory = std::string{tree}.append("/").append(kind);
      const auto found = host_.names(directory);
      if (!found && !is_absent(found.error())) problem(directory, found.error());
      if (!found) continue;
      for (const std::string& name : *found)
        if (name.ends_with(".xml") && names.size() < kMaxFiles) names.insert(name);
    }
    return names;
  }

  /// The file that counts. Nothing when there is none.
  std::optional<std::string> text_of(const char* kind, const std::string& file) {
    for (const char* tree : kTrees) {
      const std::string path = std::string{tree}.append("/").append(kind).append("/").append(file);
      auto text = host_.read(path, firewalld::kMaxFile);
      if (text) return std::move(*text);
      if (is_absent(text.error())) continue;
      problem(path, text.error());
      return std::nullopt;
    }
    return std::nullopt;
  }

  void for_each(const char* kind,
                const std::function<void(const std::string&, const std::string&)>& add) {
    for (const std::string& file : names_of(kind))
      if (const auto text = text_of(kind, file))
        add(file.substr(0, file.size() - std::string_view{".xml"}.size()), *text);
  }

  void add_zone(const std::string& name, const std::string& text) {
    auto zone = firewalld::parse_zone_file(name, text);
    if (!zone) return problem("zone " + name, zone.error());
    zone->is_default = reading_.state.file.default_zone == name;
    if (zone->active()) reading_.state.zones.push_back(std::move(*zone));
  }

  void add_policy(const std::string& name, const std::string& text) {
    auto policy = firewalld::parse_policy_file(name, text);
    if (!policy) return problem("policy " + name, policy.error());
    reading_.state.policies.push_back(std::move(*policy));
  }

  [[nodiscard]] bool has_active(const std::vector<std::string>& zones) const {
    return std::ranges::any_of(zones, [&](const std::string& name) {
      if (name == "ANY" || name == "HOST") return true;
      return std::ranges::find(reading_.state.zones, name, &FirewalldZone::name) !=
             reading_.state.zones.end();
    });
  }

  /// As firewalld itself does: both sides need a zone that something is in.
  void leave_out_inactive_policies() {
    std::erase_if(reading_.state.policies, [&](const FirewalldPolicy& policy) {
      return !has_active(policy.ingress_zones) || !has_active(policy.egress_zones);
    });
  }

  void add_service_ports(FirewalldZone& zone) {
    std::set<std::string> seen;
    for (const std::string& service : zone.services) add_service(zone, service, seen);
    firewalld::put_in_order(zone);
  }

  void add_service(FirewalldZone& zone, const std::string& name, std::set<std::string>& seen) {
    if (seen.size() == kMaxFiles || !seen.insert(name).second || name.find('/') != name.npos)
      return;
    const auto text = text_of("services", name + ".xml");
    if (!text) return;  // firewalld refuses a service that it does not know
    const auto service = firewalld::parse_service_file(*text);
    if (!service) return problem("service " + name, service.error());
    zone.service_ports.insert(zone.service_ports.end(), service->ports.begin(),
                              service->ports.end());
    for (const std::string& included : service->includes) add_service(zone, included, seen);
  }

  HostFiles& host_;
  FirewalldReading reading_ = {};
};

}  // namespace

std::optional<FirewalldReading> read_firewalld_files(HostFiles& host) {
  return FileVisit{host}.read();
}

}  // namespace iptmode::collect
