// SPDX-License-Identifier: GPL-2.0-or-later
#include <chrono>

#include "collect/arguments.h"
#include "collect/observation.h"

namespace iptmode::collect {

namespace {

using namespace std::chrono_literals;

constexpr auto kStatusTimeout = 2000ms;  // a worker without its API server keeps silent for minutes
constexpr char kSocketLabel[] = "k0s status socket";

bool is_absent(const Error& error) {
  return error.code == std::errc::no_such_file_or_directory ||
         error.code == std::errc::not_a_directory;
}

}  // namespace

void Observation::find_k0s() {
  K0sEvidence evidence = evidence_in(found_, node_place_.network);
  evidence.data_dir_option = options_.data_dir;
  const auto silence = ask_status(evidence);
  snapshot_.node.role = node_role(evidence);
  locate_k0s(evidence);
  if (!silence) return;
  // The socket is the best witness: a k0s that keeps silent may use another directory than its
  // command line or a default lets guess. Only our own option leaves nothing to guess.
  const bool told = !options_.data_dir.empty();
  add_gap(kSocketLabel, to_string(*silence), told ? std::nullopt : std::optional{Fact::k0s});
}

/// The running k0s may have moved its socket; an option of ours is taken as it is.
std::string Observation::status_socket(const K0sEvidence& evidence) const {
  if (evidence.k0s == nullptr || options_.status_socket != CollectOptions{}.status_socket)
    return options_.status_socket;
  return flag_value(evidence.k0s->arguments, "status-socket").value_or(options_.status_socket);
}

/// An error is returned when there was a socket to ask and no usable answer.
std::optional<Error> Observation::ask_status(K0sEvidence& evidence) {
  const auto body = sources_.answers.k0s_status(
      status_socket(evidence), deadline_.left(kStatusTimeout), [this] { poll_looks(); });
  if (!body) {
    const Error& error = body.error();
    // Nobody listens on the socket of a k0s that was killed: that is a stopped k0s, no riddle.
    const bool left_behind = error.code == std::errc::connection_refused && evidence.k0s == nullptr;
    return is_absent(error) || left_behind ? std::nullopt : std::optional{error};
  }
  auto status = parse_k0s_status(*body);
  if (!status) return status.error();
  evidence.status = std::move(*status);
  return std::nullopt;
}

void Observation::locate_k0s(const K0sEvidence& evidence) {
  // A k0s in a container has its directory there, where only a child may look.
  const bool elsewhere =
      evidence.k0s != nullptr && evidence.k0s->component.mount_namespace != node_place_.mount;
  std::optional<Error> problem;
  const auto exists = [&](const std::string& directory) {
    if (elsewhere) return true;
    const auto mode = sources_.host.directory_mode(directory);
    if (mode) return true;
    if (!problem) problem = mode.error();
    return !is_absent(mode.error());
  };
  const auto location = choose_location(evidence, exists);
  snapshot_.node.distribution = distribution_of(evidence, location);
  if (!location) return;
  snapshot_.k0s = describe_k0s(evidence, *location);
  snapshot_.k0s->installation.search_path = {location->bin_dir};
  if (!exists(location->bin_dir)) {
    add_gap(location->bin_dir, to_string(*problem), Fact::k0s);
    return;
  }
  if (!elsewhere)
    snapshot_.k0s->bin_mode = sources_.host.directory_mode(location->bin_dir).value_or(0);
  start_k0s_look(evidence);
}

void Observation::start_k0s_look(const K0sEvidence& evidence) {
  constexpr char kLabel[] = "k0s' bin directory";
  PlaceRef place = host_place(kLabel);
  if (evidence.k0s != nullptr) {
    const Component& k0s = evidence.k0s->component;
    if (k0s.mount_namespace != node_place_.mount)
      place = {.label = kLabel, .pid = k0s.pid, .mount = k0s.mount_namespace};
  }
  k0s_ = RunningLook{.plan = {.place = std::move(place), .search_path = {snapshot_.k0s->bin_dir}}};
  poll_looks();
}

}  // namespace iptmode::collect
