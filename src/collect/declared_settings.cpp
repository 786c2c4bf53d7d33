// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/declared_settings.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "collect/arguments.h"
#include "collect/lines.h"

namespace iptmode::collect {

namespace {

constexpr char kFirewalldConfiguration[] = "/etc/firewalld/firewalld.conf";

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string to_lower(std::string_view text) {
  std::string result{text};
  std::ranges::transform(result, result.begin(), lower);
  return result;
}

void add_setting(Declared& declared, std::string_view key, std::string_view value) {
  declared.settings.emplace_back(key, value.substr(0, kMaxSetting));
  std::ranges::sort(declared.settings);
}

/// The words that mean a backend in k0s' and felix' settings.
std::optional<Backend> backend_of_word(std::string_view word) {
  if (word == "nft") return Backend::nf_tables;
  if (word == "legacy") return Backend::legacy;
  return std::nullopt;
}

/// felix compares the names of its variables without case (felix/config/env_var_loader.go).
std::optional<std::string> felix_variable(std::string_view environ_bytes, std::string_view name) {
  for (const std::string& entry : split_zero_terminated(environ_bytes)) {
    const auto equals = entry.find('=');
    if (equals == std::string::npos) continue;
    const std::string_view key = std::string_view{entry}.substr(0, equals);
    if (std::ranges::equal(key, name, {}, lower, lower)) return entry.substr(equals + 1);
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> settings_files(ComponentKind kind,
                                        std::span<const std::string> arguments) {
  if (kind == ComponentKind::firewalld) return {kFirewalldConfiguration};
  if (kind != ComponentKind::kube_proxy) return {};
  auto path = flag_value(arguments, "config");
  if (!path || !path->starts_with('/')) return {};
  return {std::move(*path)};
}

Declared declared_by_k0s(std::span<const std::string> arguments) {
  Declared declared;
  if (const auto mode = flag_value(arguments, "iptables-mode")) {
    add_setting(declared, "--iptables-mode", *mode);
    // k0s takes the empty word for auto and does not check any other.
    if (!mode->empty()) declared.mode = mode->substr(0, kMaxSetting);
    declared.backend = backend_of_word(declared.mode);
  }
  if (const auto directory = flag_value(arguments, "data-dir"))
    add_setting(declared, "--data-dir", *directory);
  return declared;
}

Declared declared_by_kube_router(std::span<const std::string> arguments) {
  constexpr std::array<std::pair<std::string_view, bool>, 5> kSwitches{{
      {"run-firewall", true},
      {"run-router", true},
      {"run-service-proxy", true},
      {"use-nftables-for-netpol", false},
      {"cleanup-config", false},
  }};
  Declared declared;
  std::array<bool, kSwitches.size()> on{};
  for (std::size_t i = 0; i < kSwitches.size(); ++i) {
    const auto& [name, by_default] = kSwitches.at(i);
    const auto given = switch_value(arguments, name);
    on.at(i) = given.value_or(by_default);
    if (given) add_setting(declared, "--" + std::string{name}, *given ? "true" : "false");
  }
  declared.native_nft = on[3] && !on[1] && !on[2];
  return declared;
}

Declared declared_by_felix(std::string_view environ_bytes) {
  Declared declared;
  if (const auto backend = felix_variable(environ_bytes, "FELIX_IPTABLESBACKEND")) {
    add_setting(declared, "FELIX_IPTABLESBACKEND", *backend);
    const std::string word = to_lower(*backend);
    if (!word.empty()) declared.mode = word.substr(0, kMaxSetting);
    declared.backend = backend_of_word(word);
  }
  if (const auto nftables = felix_variable(environ_bytes, "FELIX_NFTABLESMODE")) {
    add_setting(declared, "FELIX_NFTABLESMODE", *nftables);
    declared.native_nft = to_lower(*nftables) == "enabled";
  }
  if (const auto bpf = felix_variable(environ_bytes, "FELIX_BPFENABLED"))
    add_setting(declared, "FELIX_BPFENABLED", *bpf);
  return declared;
}

void resolve_felix_auto(Declared& felix, const NetworkState& network) {
  const bool follows = std::ranges::any_of(felix.settings, [](const auto& setting) {
    return setting.first == "FELIX_NFTABLESMODE" && to_lower(setting.second) == "auto";
  });
  if (!follows || !network.nft) return;
  felix.native_nft = std::ranges::any_of(*network.nft, [](const NftTable& table) {
    return table.name == "kube-proxy" && (table.family == "ip" || table.family == "ip6") &&
           table.chains > 0;
  });
}

Declared declared_by_firewalld(std::string_view configuration) {
  Declared declared{.mode = "nftables", .native_nft = true};
  while (!configuration.empty()) {
    const std::string_view line = trim(take_line(configuration));
    const auto equals = line.find('=');
    if (equals == line.npos || trim(line.substr(0, equals)) != "FirewallBackend") continue;
    const std::string_view value = trim(line.substr(equals + 1));
    if (value != "nftables" && value != "iptables") continue;
    declared.mode = value;
    declared.native_nft = value == "nftables";
    add_setting(declared, "FirewallBackend", value);
    break;
  }
  return declared;
}

bool is_proxy_mode(std::string_view word) {
  constexpr std::array<std::string_view, 4> kModes{"iptables", "ipvs", "nftables", "userspace"};
  return std::ranges::find(kModes, word) != kModes.end();
}

Result<std::string> parse_proxy_mode_answer(std::string_view body) {
  std::string_view rest = body;
  const std::string_view mode = trim(take_line(rest));
  if (!is_proxy_mode(mode)) return parse_error("proxy mode", body);
  return std::string{mode};
}

Declared declared_proxy_mode(const std::string& mode, std::string_view origin) {
  Declared declared;
  add_setting(declared, origin, mode);
  declared.mode = mode.empty() ? "iptables" : mode.substr(0, kMaxSetting);
  declared.native_nft = declared.mode == "nftables";
  return declared;
}

}  // namespace iptmode::collect
