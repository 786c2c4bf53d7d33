// SPDX-License-Identifier: GPL-2.0-or-later
#include "bus/firewalld_daemon.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <set>

#include "bus/connection.h"
#include "firewalld/zone_file.h"
#include "sys/file.h"

namespace iptmode::bus {

namespace {

using firewalld::FirewalldReading;

constexpr char kService[] = "org.fedoraproject.FirewallD1";
constexpr char kPath[] = "/org/fedoraproject/FirewallD1";
constexpr char kConfigPath[] = "/org/fedoraproject/FirewallD1/config";
constexpr char kConfig[] = "org.fedoraproject.FirewallD1.config";
constexpr char kZone[] = "org.fedoraproject.FirewallD1.zone";
constexpr char kPolicy[] = "org.fedoraproject.FirewallD1.policy";
constexpr std::size_t kMaxObjects = 64;  // zones, policies, services: each is a call

constexpr Method bus_method(const char* member) {
  return {"org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", member};
}

Result<sys::UniqueFd> connect_to(int socket) {
  // A path of /proc leads to the very socket that was found inside the host's root directory.
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = "/proc/self/fd/" + std::to_string(socket);
  path.copy(&address.sun_path[0], sizeof address.sun_path - 1);
  sys::UniqueFd fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  if (!fd) return sys_error(errno, "socket");
  const auto* any = reinterpret_cast<const sockaddr*>(&address);  // NOLINT: what connect(2) takes
  if (sys::retry_eintr([&] { return ::connect(fd.get(), any, sizeof address); }) != 0)
    return sys_error(errno, "connect", "system bus");
  return fd;
}

std::optional<bool> switch_of(const Dictionary& settings, const std::string& key) {
  const auto found = settings.find(key);
  if (found == settings.end()) return std::nullopt;
  if (found->second.flag) return found->second.flag;
  return firewalld::is_yes(found->second.text);
}

/// The value of a key, empty without it.
Value take(Dictionary& settings, const std::string& key) {
  const auto found = settings.find(key);
  return found == settings.end() ? Value{} : std::move(found->second);
}

FirewalldZone zone_of(const std::string& name, Dictionary settings) {
  FirewalldZone zone{.name = name};
  if (std::string target = take(settings, "target").text; !target.empty())
    zone.target = std::move(target);
  zone.forward = take(settings, "forward").flag.value_or(false);
  zone.masquerade = take(settings, "masquerade").flag.value_or(false);
  zone.interfaces = take(settings, "interfaces").list;
  zone.sources = take(settings, "sources").list;
  zone.services = take(settings, "services").list;
  zone.ports = take(settings, "ports").list;
  zone.protocols = take(settings, "protocols").list;
  zone.rich_rules = take(settings, "rules_str").list.size();
  return zone;
}

FirewalldPolicy policy_of(const std::string& name, Dictionary settings) {
  FirewalldPolicy policy{.name = name};
  if (std::string target = take(settings, "target").text; !target.empty())
    policy.target = std::move(target);
  policy.masquerade = take(settings, "masquerade").flag.value_or(false);
  policy.ingress_zones = take(settings, "ingress_zones").list;
  policy.egress_zones = take(settings, "egress_zones").list;
  firewalld::put_in_order(policy);
  return policy;
}

/// The calls of one visit.
class Visit {
 public:
  Visit(Connection& connection, FirewalldReading& reading)
      : connection_{connection}, reading_{reading} {}

  void settings() {
    auto& daemon = reading_.state.daemon;
    auto version = connection_.property({kService, kPath, kService, nullptr}, "version");
    if (!version) return problem("version", version.error());
    reading_.state.version = std::move(*version);
    const Method all{kService, kConfigPath, "org.freedesktop.DBus.Properties", "GetAll"};
    auto properties = connection_.dictionary(all, {kConfig});
    if (!properties) return problem("settings", properties.error());
    if (std::string backend = take(*properties, "FirewallBackend").text; !backend.empty())
      daemon.backend = std::move(backend);
    daemon.flush_all_on_reload = switch_of(*properties, "FlushAllOnReload");
    daemon.nftables_table_owner = switch_of(*properties, "NftablesTableOwner");
  }

  void zones() {
    if (silent_) return;
    auto& state = reading_.state;
    auto chosen = connection_.text({kService, kPath, kService, "getDefaultZone"}, {});
    if (!chosen) return problem("default zone", chosen.error());
    state.daemon.default_zone = *chosen;
    auto active = connection_.bindings({kService, kPath, kZone, "getActiveZones"});
    if (!active) return problem("active zones", active.error());
    state.source = FirewalldSource::daemon;
    (void)(*active)[*chosen];  // active with nothing bound to it
    if (active->size() > kMaxObjects) problem("zones", sys_error(E2BIG, "getActiveZones").value());
    for (const auto& [name, bound] : *active)
      if (state.zones.size() < kMaxObjects && !silent_) zone(name, name == *chosen);
  }

  void policies() {
    if (silent_) return;
    const auto active = connection_.bindings({kService, kPath, kPolicy, "getActivePolicies"});
    if (!active) return problem("policies", active.error());  // before 0.9 there were none
    for (const auto& [name, bound] : *active) {
      if (reading_.state.policies.size() == kMaxObjects) return;
      auto settings =
          connection_.dictionary({kService, kPath, kPolicy, "getPolicySettings"}, {name});
      if (!settings) return problem("policy " + name, settings.error());
      reading_.state.policies.push_back(policy_of(name, std::move(*settings)));
    }
  }

 private:
  void problem(const std::string& what, const Error& error) {
    silent_ = silent_ || error.code == std::errc::timed_out;  // one hint that it hangs is enough
    reading_.problems.push_back(what + ": " + to_string(error));
  }

  void zone(const std::string& name, bool is_default) {
    auto settings = connection_.dictionary({kService, kPath, kZone, "getZoneSettings2"}, {name});
    if (!settings) return problem("zone " + name, settings.error());
    FirewalldZone zone = zone_of(name, std::move(*settings));
    zone.is_default = is_default;
    std::set<std::string> seen;
    for (const std::string& service : zone.services) add_ports(zone, service, seen);
    firewalld::put_in_order(zone);
    reading_.state.zones.push_back(std::move(zone));
  }

  void add_ports(FirewalldZone& zone, const std::string& service, std::set<std::string>& seen) {
    if (seen.size() == kMaxObjects || !seen.insert(service).second) return;
    auto settings =
        connection_.dictionary({kService, kPath, kService, "getServiceSettings2"}, {service});
    if (!settings) return problem("service " + service, settings.error());
    std::ranges::move(take(*settings, "ports").list, std::back_inserter(zone.service_ports));
    for (const std::string& included : take(*settings, "includes").list)
      add_ports(zone, included, seen);
  }

  Connection& connection_;
  FirewalldReading& reading_;
  bool silent_ = false;
};

}  // namespace

Result<FirewalldReading> ask_firewalld(int socket, std::chrono::milliseconds timeout) {
  auto fd = connect_to(socket);
  if (!fd) return tl::unexpected{fd.error()};
  auto connection = Connection::over(std::move(*fd), timeout);
  if (!connection) return tl::unexpected{connection.error()};

  FirewalldReading reading;
  auto owner = connection->text(bus_method("GetNameOwner"), {kService});
  if (!owner) {
    const bool nobody = owner.error().context.find("NameHasNoOwner") != std::string::npos;
    return nobody ? Result<FirewalldReading>{std::move(reading)} : tl::unexpected{owner.error()};
  }
  reading.state.bus_owner = *owner;
  reading.state.running = true;
  const auto pid = connection->number(bus_method("GetConnectionUnixProcessID"), {*owner});
  if (pid) reading.state.pid = static_cast<std::int32_t>(*pid);

  Visit visit{*connection, reading};
  visit.settings();
  visit.zones();
  visit.policies();
  return reading;
}

}  // namespace iptmode::bus
