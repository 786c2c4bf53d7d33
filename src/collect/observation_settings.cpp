// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <chrono>

#include "collect/arguments.h"
#include "collect/declared_settings.h"
#include "collect/observation.h"

namespace iptmode::collect {

namespace {

using namespace std::chrono_literals;

constexpr auto kProxyModeTimeout = 1000ms;
constexpr char kUnknown[] = "unknown";

}  // namespace

void Observation::read_settings() {
  for (std::size_t i = 0; i < found_.size(); ++i) read_settings_of(i);
}

void Observation::read_settings_of(std::size_t index) {
  FoundComponent& found = found_[index];
  Component& component = found.component;
  if (component.impostor != ImpostorReason::none) {
    component.declared.mode = kUnknown;
    return;
  }
  switch (component.kind) {
    case ComponentKind::k0s: component.declared = declared_by_k0s(found.arguments); break;
    case ComponentKind::kube_router:
      component.declared = declared_by_kube_router(found.arguments);
      break;
    case ComponentKind::kube_proxy: read_proxy_mode(index); break;
    case ComponentKind::firewalld: read_firewalld(index); break;
    case ComponentKind::calico_node:
      for (const NetworkState& network : snapshot_.networks)
        if (network.network_namespace == component.network_namespace)
          resolve_felix_auto(component.declared, network);
      break;
    default: break;  // they take no setting, or none that this program reads
  }
}

const probe::ProbeReport* Observation::report_of(std::size_t index) const {
  for (const RunningLook& look : looks_)
    if (look.report && std::ranges::find(look.plan.components, index) != look.plan.components.end())
      return &*look.report;
  return nullptr;
}

/// Nothing when the file says nothing that can be used; then `gap` says why.
std::optional<std::string> Observation::proxy_mode_in_file(std::size_t index,
                                                           const std::string& path,
                                                           std::optional<Gap>& gap) const {
  const std::string label = label_of(found_[index].component);
  const probe::ProbeReport* const report = report_of(index);
  if (report == nullptr || !report->text_files.contains(path)) {
    gap = Gap{label, path + ": not read", Fact::declared};
    return std::nullopt;
  }
  const Result<std::string>& file = report->text_files.at(path);
  if (!file) {
    gap = Gap{label, to_string(file.error()), Fact::declared};
    return std::nullopt;
  }
  auto mode = parse_proxy_mode_file(*file);
  if (mode) return std::move(*mode);
  gap = Gap{label, path + ": " + to_string(mode.error()), Fact::declared};
  return std::nullopt;
}

/// With --config kube-proxy ignores --proxy-mode (its own --help says so). Where the file cannot be
/// used, the running kube-proxy is asked; without any setting its default is iptables. With
/// --cleanup it takes its rules away and ends, whatever else it is told.
void Observation::read_proxy_mode(std::size_t index) {
  const FoundComponent& found = found_[index];
  Declared& declared = found_[index].component.declared;
  if (switch_value(found.arguments, "cleanup").value_or(false)) {
    declared.mode = "cleanup";
    return;
  }
  std::optional<Gap> gap;
  if (const auto path = flag_value(found.arguments, "config"); path && !path->empty()) {
    if (const auto mode = proxy_mode_in_file(index, *path, gap)) {
      declared = declared_proxy_mode(*mode, "config mode");
      return;
    }
  } else if (const auto mode = flag_value(found.arguments, "proxy-mode")) {
    declared = declared_proxy_mode(*mode, "--proxy-mode");
    return;
  }
  const auto body = sources_.answers.proxy_mode(
      found.component.pid, found.component.network_namespace, deadline_.left(kProxyModeTimeout));
  const auto mode = body ? parse_proxy_mode_answer(*body) : tl::unexpected{body.error()};
  if (mode) {
    declared = declared_proxy_mode(*mode, "GET /proxyMode");
    if (gap) gap->hides = std::nullopt;  // the answer stands in for the file
  } else {
    declared.mode = gap ? kUnknown : "iptables";
  }
  if (gap) snapshot_.gaps.push_back(std::move(*gap));
}

void Observation::read_firewalld(std::size_t index) {
  constexpr char kConfiguration[] = "/etc/firewalld/firewalld.conf";
  Component& component = found_[index].component;
  component.declared.mode = kUnknown;
  const probe::ProbeReport* const report = report_of(index);
  if (report == nullptr) {
    add_gap(label_of(component), std::string{kConfiguration} + ": not read", Fact::declared);
    return;
  }
  const auto file = report->text_files.find(kConfiguration);
  if (file == report->text_files.end()) return;
  const bool absent =
      !file->second && file->second.error().code == std::errc::no_such_file_or_directory;
  if (!file->second && !absent) {
    add_gap(label_of(component), to_string(file->second.error()), Fact::declared);
    return;
  }
  component.declared = declared_by_firewalld(absent ? "" : *file->second);
  if (!component.declared.native_nft) component.installation = report->installation;
}

}  // namespace iptmode::collect
