// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <chrono>

#include "collect/firewalld_files.h"
#include "collect/observation.h"

namespace iptmode::collect {

namespace {

using namespace std::chrono_literals;
using firewalld::FirewalldReading;

constexpr char kSubject[] = "firewalld";
constexpr auto kBusTimeout = 1800ms;

/// What the daemon says goes before what its files say. The settings of both are kept.
void take_daemon(Firewalld& state, FirewalldReading&& answer) {
  Firewalld& daemon = answer.state;
  state.bus_owner = std::move(daemon.bus_owner);
  state.version = std::move(daemon.version);
  state.daemon = std::move(daemon.daemon);
  if (daemon.pid != 0 && state.pid == 0) state.pid = daemon.pid;
  state.running = state.running || daemon.running;
  if (daemon.source != FirewalldSource::daemon) return;
  state.source = daemon.source;
  state.zones = std::move(daemon.zones);
  state.policies = std::move(daemon.policies);
}

}  // namespace

/// Asks the bus only where firewalld is: other machines are left in peace.
void Observation::read_firewalld_state() {
  const auto process = std::ranges::find_if(found_, [&](const FoundComponent& found) {
    return found.component.kind == ComponentKind::firewalld &&
           found.component.in_node(node_place_.network);
  });
  auto files = read_firewalld_files(sources_.host);
  if (!files && process == found_.end()) return;

  Firewalld state = files ? std::move(files->state) : Firewalld{};
  std::vector<std::string> problems;
  if (files) problems = std::move(files->problems);
  if (process != found_.end()) {
    state.running = true;
    state.pid = process->component.pid;
  }
  auto answer = sources_.answers.firewalld(deadline_.left(kBusTimeout));
  if (answer) {
    const bool zones_known = answer->state.source == FirewalldSource::daemon;
    if (zones_known) problems.clear();  // the files are not what counts now
    std::ranges::move(answer->problems, std::back_inserter(problems));
    take_daemon(state, std::move(*answer));
  }
  for (std::string& problem : problems) add_gap(kSubject, std::move(problem), Fact::firewalld);
  // Of a firewalld that runs, the files tell what was meant, not what is.
  if (state.running && state.bus_owner.empty())
    add_gap("firewalld over D-Bus", answer ? "nobody owns its name" : to_string(answer.error()),
            Fact::firewalld);
  snapshot_.firewalld = std::move(state);
}

}  // namespace iptmode::collect
