// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <array>
#include <tuple>

#include "collect/host_writers.h"
#include "collect/observation.h"
#include "collect/place_plan.h"

namespace iptmode::collect {

namespace {

constexpr std::array<const char*, 4> kScripts{"/etc/rc.local", "/etc/rc.d/rc.local",
                                              "/etc/network/interfaces", "/etc/crontab"};
constexpr std::array<const char*, 8> kScriptDirectories{"/etc/network/if-pre-up.d",
                                                        "/etc/network/if-up.d",
                                                        "/etc/network/if-down.d",
                                                        "/etc/network/if-post-down.d",
                                                        "/etc/cron.d",
                                                        "/etc/NetworkManager/dispatcher.d",
                                                        "/etc/cron.hourly",
                                                        "/var/spool/cron/crontabs"};
constexpr char kUnits[] = "/etc/systemd/system";
constexpr std::size_t kMaxScript = std::size_t{256} << 10U;
constexpr std::size_t kMaxFiles = 512;  // that are opened for this altogether
constexpr std::size_t kMaxWriters = 64;

/// A service that loads a file with rules at boot, and the link that enables it.
struct RulesService {
  const char* name;
  const char* file;
  const char* enabled_by;
};
constexpr std::array<RulesService, 4> kRulesServices{{
    {"netfilter-persistent", "/etc/iptables/rules.v4",
     "/etc/systemd/system/multi-user.target.wants/netfilter-persistent.service"},
    {"netfilter-persistent", "/etc/iptables/rules.v6",
     "/etc/systemd/system/multi-user.target.wants/netfilter-persistent.service"},
    {"iptables.service", "/etc/sysconfig/iptables",
     "/etc/systemd/system/multi-user.target.wants/iptables.service"},
    {"ip6tables.service", "/etc/sysconfig/ip6tables",
     "/etc/systemd/system/multi-user.target.wants/ip6tables.service"},
}};

bool is_absent(const Error& error) {
  return error.code == std::errc::no_such_file_or_directory ||
         error.code == std::errc::not_a_directory;
}

/// k0s' own units call k0s' own iptables.
bool is_of_k0s(const std::string& unit) {
  return unit.starts_with("k0s") || unit.find("embedded-cluster") != unit.npos;
}

/// Files of the host that may call its iptables. Nothing is followed out of its root directory.
class WriterSearch {
 public:
  WriterSearch(HostFiles& host, std::vector<HostWriter>& writers, std::vector<Gap>& gaps)
      : host_{host}, writers_{writers}, gaps_{gaps} {}

  void services() {
    if (last_value(text_of("/etc/ufw/ufw.conf"), "ENABLED") == "yes")
      add(HostWriterKind::service, "ufw", "/etc/ufw/ufw.conf: ENABLED=yes");
    for (const auto& [name, file, enabled_by] : kRulesServices)
      if (!text_of(file).empty() && exists(enabled_by))
        add(HostWriterKind::rules_file, name, std::string{file} + " is loaded at boot");
  }

  void scripts() {
    for (const char* path : kScripts) script(path, path, HostWriterKind::script);
    for (const char* directory : kScriptDirectories)
      for (const std::string& name : names_of(directory)) {
        const std::string path = std::string{directory} + "/" + name;
        script(path, path, HostWriterKind::script);
      }
  }

  void units() {
    for (const std::string& name : names_of(kUnits)) {
      if (is_of_k0s(name)) continue;
      const std::string path = std::string{kUnits} + "/" + name;
      if (name.ends_with(".service")) unit(name, path);
      if (!name.ends_with(".service.d")) continue;
      for (const std::string& drop_in : names_of(path))
        if (drop_in.ends_with(".conf"))
          unit(name.substr(0, name.size() - 2), std::string{path}.append("/").append(drop_in));
    }
  }

  void daemon(const Component& component) {
    const std::string name = label_of(component);
    if (component.kind == ComponentKind::fail2ban && bans_with_nftables()) return;
    if (component.kind == ComponentKind::dockerd &&
        docker_leaves_iptables(text_of("/etc/docker/daemon.json")))
      return;
    if (component.kind == ComponentKind::libvirtd &&
        last_value(text_of("/etc/libvirt/network.conf"), "firewall_backend") == "nftables")
      return;
    if (component.kind == ComponentKind::keepalived) {
      const std::string text = text_of("/etc/keepalived/keepalived.conf");
      if (text.find("\nvrrp_iptables") != text.npos || text.find(" vrrp_iptables") != text.npos)
        add(HostWriterKind::process, name, "/etc/keepalived/keepalived.conf: vrrp_iptables");
      return;
    }
    if (traits(component.kind).use == IptablesUse::by_link)
      add(HostWriterKind::process, name, component.command + " runs on the host");
  }

 private:
  void add(HostWriterKind kind, std::string writer, std::string evidence) {
    if (writers_.size() < kMaxWriters)
      writers_.push_back(
          {.kind = kind, .writer = std::move(writer), .evidence = std::move(evidence)});
  }

  void add_calls(HostWriterKind kind, const std::string& writer, const std::string& path,
                 const std::vector<IptablesCall>& calls) {
    for (const IptablesCall& call : calls)
      add(kind, writer, path + ":" + std::to_string(call.line) + ": " + call.text);
  }

  /// Empty when it is not there; a gap when it may not be read. A file too large for a script, or
  /// of another type, is none.
  std::string text_of(const std::string& path) {
    if (++opened_ > kMaxFiles) {
      if (opened_ == kMaxFiles + 1) gap("scripts of the host", "more than are looked into");
      return {};
    }
    auto text = host_.read(path, kMaxScript);
    if (text) return std::move(*text);
    const Error& error = text.error();
    if (error.code == std::errc::permission_denied || error.code == std::errc::timed_out)
      gap(path, to_string(error));
    return {};
  }

  std::vector<std::string> names_of(const std::string& directory) {
    auto names = host_.names(directory);
    if (names) return std::move(*names);
    if (!is_absent(names.error())) gap(directory, to_string(names.error()));
    return {};
  }

  [[nodiscard]] bool exists(const std::string& path) {
    const auto text = host_.read(path, kMaxScript);
    return text.has_value() || !is_absent(text.error());
  }

  void gap(const std::string& subject, std::string reason) {
    gaps_.push_back({.subject = subject, .reason = std::move(reason), .hides = Fact::host_writers});
  }

  void script(const std::string& writer, const std::string& path, HostWriterKind kind) {
    add_calls(kind, writer, path, calls_in_script(text_of(path)));
  }

  void unit(const std::string& name, const std::string& path) {
    const std::string text = text_of(path);
    add_calls(HostWriterKind::unit, name, path, calls_in_unit(text));
    for (const std::string& program : programs_of_unit(text)) {
      const std::string script = text_of(program);
      if (is_script(script))
        add_calls(HostWriterKind::unit, name, program, calls_in_script(script));
    }
  }

  /// The last banaction counts; jail.local goes over jail.d/*.conf, over jail.conf (jail.conf(5)).
  [[nodiscard]] bool bans_with_nftables() {
    std::string action = last_value(text_of("/etc/fail2ban/jail.conf"), "banaction");
    for (const std::string& name : names_of("/etc/fail2ban/jail.d"))
      if (name.ends_with(".conf")) take_action(action, "/etc/fail2ban/jail.d/" + name);
    take_action(action, "/etc/fail2ban/jail.local");
    for (const std::string& name : names_of("/etc/fail2ban/jail.d"))
      if (name.ends_with(".local")) take_action(action, "/etc/fail2ban/jail.d/" + name);
    return action.starts_with("nftables");
  }

  void take_action(std::string& action, const std::string& path) {
    if (std::string found = last_value(text_of(path), "banaction"); !found.empty())
      action = std::move(found);
  }

  HostFiles& host_;
  std::vector<HostWriter>& writers_;
  std::vector<Gap>& gaps_;
  std::size_t opened_ = 0;
};

}  // namespace

void Observation::read_host_writers() {
  WriterSearch search{sources_.host, snapshot_.host_writers, snapshot_.gaps};
  for (const FoundComponent& found : found_) {
    const Component& component = found.component;
    if (component.in_node(node_place_.network) && !traits(component.kind).kubernetes &&
        component.mount_namespace == node_place_.mount)
      search.daemon(component);
  }
  search.services();
  search.scripts();
  search.units();
  std::ranges::sort(snapshot_.host_writers, {}, [](const HostWriter& writer) {
    return std::tie(writer.kind, writer.writer, writer.evidence);
  });
}

}  // namespace iptmode::collect
