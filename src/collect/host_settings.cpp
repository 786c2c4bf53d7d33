// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/host_settings.h"

#include <algorithm>
#include <array>
#include <optional>
#include <tuple>

#include "collect/cni_results.h"
#include "collect/lines.h"
#include "collect/nftables_service.h"

namespace iptmode::collect {

namespace {

constexpr std::size_t kMaxFile = std::size_t{256} << 10U;
constexpr std::size_t kMaxHostPorts = 1024;
constexpr char kResults[] = "/var/lib/cni/results";  // libcni's, unless the runtime says otherwise
// Where containerd keeps a directory for each container that runs: k0s' own and the host's.
constexpr std::array<const char*, 2> kContainers{
    "/run/k0s/containerd/io.containerd.runtime.v2.task/k8s.io",
    "/run/containerd/io.containerd.runtime.v2.task/k8s.io"};

bool is_absent(const Error& error) {
  return error.code == std::errc::no_such_file_or_directory ||
         error.code == std::errc::not_a_directory;
}

/// A file that need not be there.
std::optional<std::string> read_if_there(HostFiles& host, const std::string& path,
                                         std::vector<std::string>& problems) {
  auto text = host.read(path, kMaxFile);
  if (text) return std::move(*text);
  if (!is_absent(text.error())) problems.push_back(to_string(text.error()));
  return std::nullopt;
}

/// The value of the last `key=value` line, without quotes; nothing if it is not set.
std::optional<std::string> shell_value(std::string_view text, std::string_view key) {
  std::optional<std::string> value;
  while (!text.empty()) {
    const std::string_view line = trim(take_line(text));
    if (!line.starts_with(key) || line.substr(key.size()).substr(0, 1) != "=") continue;
    std::string_view word = trim(line.substr(key.size() + 1));
    if (word.size() >= 2 && (word.front() == '"' || word.front() == '\'') &&
        word.back() == word.front())
      word = word.substr(1, word.size() - 2);
    value = word.substr(0, 64);
  }
  return value;
}

std::optional<UfwSettings> read_ufw(HostFiles& host, std::vector<std::string>& problems) {
  const auto conf = read_if_there(host, "/etc/ufw/ufw.conf", problems);
  if (!conf) return std::nullopt;
  return parse_ufw(*conf, read_if_there(host, "/etc/default/ufw", problems).value_or(""));
}

/// Whether a container runs; nothing where no containerd keeps its state.
std::optional<bool> is_running(HostFiles& host, const std::string& id) {
  if (id.empty() || id.find('/') != std::string::npos) return std::nullopt;
  bool known = false;
  for (const char* directory : kContainers) {
    if (!host.directory_mode(directory)) continue;
    known = true;
    if (host.directory_mode(std::string{directory}.append("/").append(id))) return true;
  }
  return known ? std::optional{false} : std::nullopt;
}

std::vector<HostPort> read_host_ports(HostFiles& host, std::vector<std::string>& problems) {
  const auto files = host.names(kResults);
  if (!files) {
    if (!is_absent(files.error())) problems.push_back(to_string(files.error()));
    return {};
  }
  std::vector<HostPort> ports;
  for (const std::string& file : *files) {
    const auto text = read_if_there(host, std::string{kResults}.append("/").append(file), problems);
    if (!text) continue;
    auto found = parse_cni_result(*text);
    if (found.empty()) continue;
    const auto running = is_running(host, found.front().container_id);
    for (HostPort& port : found) {
      port.running = running;
      if (ports.size() < kMaxHostPorts) ports.push_back(std::move(port));
    }
  }
  std::ranges::sort(ports, {}, [](const HostPort& port) {
    return std::tie(port.pod, port.port, port.protocol, port.container_id);
  });
  return ports;
}

}  // namespace

UfwSettings parse_ufw(std::string_view conf, std::string_view defaults) {
  UfwSettings ufw;
  if (auto enabled = shell_value(conf, "ENABLED")) {
    std::ranges::transform(*enabled, enabled->begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    });
    ufw.enabled = *enabled == "yes";
  }
  ufw.forward_policy = shell_value(defaults, "DEFAULT_FORWARD_POLICY").value_or("");
  return ufw;
}

HostSettings read_host_settings(HostFiles& host, std::vector<std::string>& problems) {
  return {.nftables_service = read_nftables_service(host, problems),
          .ufw = read_ufw(host, problems),
          .host_ports = read_host_ports(host, problems)};
}

}  // namespace iptmode::collect
