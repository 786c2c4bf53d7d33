// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <array>
#include <chrono>
#include <limits>

#include "collect/arguments.h"
#include "collect/declared_settings.h"
#include "collect/lines.h"
#include "collect/observation.h"
#include "collect/os_release.h"
#include "collect/search_path.h"

namespace iptmode::collect {

namespace {

using namespace std::chrono_literals;

constexpr auto kLookTimeout = 2000ms;
constexpr auto kUsualLook = 20ms;
constexpr std::array<const char*, 2> kOsRelease{"/etc/os-release", "/usr/lib/os-release"};
constexpr char kHostname[] = "/etc/hostname";

const std::string* text_file(const probe::ProbeReport& report, const char* path) {
  const auto file = report.text_files.find(path);
  return file != report.text_files.end() && file->second ? &*file->second : nullptr;
}

}  // namespace

PlaceRef Observation::host_place(std::string label) const {
  if (!options_.host_root.empty()) return {.label = std::move(label)};
  return {.label = std::move(label), .pid = 1};
}

void Observation::start(RunningLook& look) {
  probe::ProbeRequest request{.search_path = look.plan.search_path,
                              .run = options_.run_programs,
                              .text_files = look.plan.text_files,
                              .timeout = deadline_.left(kLookTimeout)};
  look.look = sources_.places.start(look.plan.place, std::move(request));
  look.over = !*look.look;
  look.begin = std::chrono::steady_clock::now();
}

void Observation::start_looks() {
  host_ = RunningLook{.plan = {.place = host_place("host"),
                               .search_path = host_search_path(),
                               .text_files = {kOsRelease[0], kOsRelease[1], kHostname}}};
  poll_looks();
  PlacePlan plan;
  for (std::size_t i = 0; i < found_.size(); ++i)
    if (is_looked_at(found_[i])) plan_component(i, plan);
  for (PlannedLook& look : plan.take()) looks_.push_back({.plan = std::move(look)});
  poll_looks();
}

/// Reads the environment for PATH and, of felix, for its settings; it is not kept.
void Observation::plan_component(std::size_t index, PlacePlan& plan) {
  FoundComponent& found = found_[index];
  Component& component = found.component;
  const auto environment = sources_.processes.read(component.pid, "environ");
  if (!environment) {
    for (const Fact fact : {Fact::installations, Fact::declared})
      add_gap(label_of(component), to_string(environment.error()), fact);
    component.declared.mode = "unknown";
    return;
  }
  if (component.kind == ComponentKind::calico_node)
    component.declared = declared_by_felix(*environment);
  const auto root = sources_.processes.link(component.pid, "root");
  const bool planned =
      plan.add({.place = {label_of(component), component.pid, component.mount_namespace},
                .root = root.value_or("/"),
                .search_path = component_search_path(environment_value(*environment, "PATH")),
                .text_files = settings_files(component.kind, found.arguments),
                .components = {index}});
  if (!planned) add_gap(label_of(component), "too many places to look into", Fact::installations);
}

template <class Visit>
void Observation::for_each_look(const Visit& visit) {
  if (host_) visit(*host_);
  std::ranges::for_each(looks_, visit);
  if (k0s_) visit(*k0s_);
}

/// The result is how many of them need a processor: one that is at work for longer than a look
/// takes is waiting for something else.
std::size_t Observation::poll_started_looks() {
  const auto recent = std::chrono::steady_clock::now() - kUsualLook;
  std::size_t at_work = 0;
  for_each_look([&](RunningLook& look) {
    if (look.look && !look.over) look.over = (**look.look)->poll();
    if (look.look && !look.over && look.begin > recent) ++at_work;
  });
  return at_work;
}

/// More children than processors would take ours from us while the kernel's tables are read, which
/// is what takes longest.
void Observation::poll_looks() {
  std::size_t at_work = poll_started_looks();
  for_each_look([&](RunningLook& look) {
    if (look.look || at_work >= processors_) return;
    start(look);
    ++at_work;
  });
}

/// False when nothing is known of the place; then a gap says why, for each component in it.
bool Observation::finish(RunningLook& running, Fact hides) {
  const auto& look = *running.look;
  auto report = look ? (*look)->finish() : Result<probe::ProbeReport>{tl::unexpected{look.error()}};
  std::vector<std::string> subjects;
  for (const std::size_t index : running.plan.components)
    subjects.push_back(label_of(found_[index].component));
  if (subjects.empty()) subjects.push_back(running.plan.place.label);
  if (!report) {
    for (const std::string& subject : subjects) add_gap(subject, to_string(report.error()), hides);
    return false;
  }
  for (const std::string& problem : report->problems) add_gap(subjects.front(), problem, hides);
  running.report = std::move(*report);
  return true;
}

void Observation::finish_host() {
  if (!finish(*host_, Fact::host_iptables)) return;
  probe::ProbeReport& report = *host_->report;
  for (const char* path : kOsRelease)
    if (const std::string* text = text_file(report, path)) {
      const OsRelease release = parse_os_release(*text);
      snapshot_.node.os_id = release.id;
      snapshot_.node.os_version = release.version_id;
      break;
    }
  const std::string* hostname = text_file(report, kHostname);
  if (snapshot_.node.hostname.empty() && hostname != nullptr) {
    std::string_view text = *hostname;
    snapshot_.node.hostname = trim(take_line(text)).substr(0, 255);
  }
  snapshot_.host = std::move(report.installation);
}

void Observation::finish_k0s() {
  if (k0s_ && finish(*k0s_, Fact::k0s))
    snapshot_.k0s->installation = std::move(k0s_->report->installation);
}

void Observation::finish_components(RunningLook& look) {
  if (!finish(look, Fact::installations)) return;
  for (const std::size_t index : look.plan.components) {
    Component& component = found_[index].component;
    if (traits(component.kind).use != IptablesUse::native)
      component.installation = look.report->installation;
  }
}

void Observation::finish_looks() {
  processors_ = std::numeric_limits<std::size_t>::max();  // all that is left to do is to wait
  poll_looks();
  finish_host();
  finish_k0s();
  for (RunningLook& look : looks_) {
    poll_looks();
    finish_components(look);
  }
}

}  // namespace iptmode::collect
