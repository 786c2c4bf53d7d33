// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "collect/collect.h"
#include "collect/deadline.h"
#include "collect/discovery.h"
#include "collect/k0s_evidence.h"
#include "collect/place_plan.h"
#include "collect/sources.h"
#include "iptmode/snapshot.h"

namespace iptmode::collect {

/// A snapshot in the making. The steps are called once each, in the order of their declaration.
class Observation {
 public:
  Observation(const Sources& sources, const CollectOptions& options);

  void find_components();
  void start_looks();           ///< into the host's and the components' places
  void find_k0s();              ///< asks its status socket, starts the look into its bin directory
  void read_networks();         ///< pod and service networks, by the host's files and flags
  void read_kernel();           ///< every domain's firewall; children are attended to meanwhile
  void finish_looks();          ///< installations and the text files that were read with them
  void read_proxy_networks();   ///< the pod networks that kube-proxy's file names
  void start_cross_reading();   ///< where it is worth it: what every iptables makes of the rules
  void read_settings();         ///< what every component was told
  void read_host_settings();    ///< files of the host about other firewalls and hostPorts
  void read_host_writers();     ///< who uses the host's own iptables
  void read_firewalld_state();  ///< its daemon, else its files
  void finish_cross_reading();
  [[nodiscard]] Snapshot take();

 private:
  struct RunningLook {
    PlannedLook plan = {};
    std::optional<Result<std::unique_ptr<Look>>> look = {};  ///< nothing before its start
    std::chrono::steady_clock::time_point begin = {};
    bool over = false;  ///< there is nothing to wait for
    std::optional<probe::ProbeReport> report = {};
  };

  // observation_places.cpp
  void plan_component(std::size_t index, PlacePlan& plan);
  void start(RunningLook& look);
  template <class Visit>
  void for_each_look(const Visit& visit);
  [[nodiscard]] std::size_t poll_started_looks();
  [[nodiscard]] PlaceRef host_place(std::string label) const;
  void poll_looks();  ///< starts those that there is a processor for
  void finish_host();
  void finish_k0s();
  void finish_components(RunningLook& look);
  [[nodiscard]] bool finish(RunningLook& running, Fact hides);

  // observation_readings.cpp
  [[nodiscard]] std::vector<ReaderRef> find_readers() const;

  // observation_k0s.cpp
  [[nodiscard]] std::string status_socket(const K0sEvidence& evidence) const;
  [[nodiscard]] std::optional<Error> ask_status(K0sEvidence& evidence);
  void locate_k0s(const K0sEvidence& evidence);
  void start_k0s_look(const K0sEvidence& evidence);

  // observation_settings.cpp
  void read_settings_of(std::size_t index);
  void read_proxy_mode(std::size_t index);
  void read_firewalld(std::size_t index);
  [[nodiscard]] std::optional<std::string> proxy_mode_in_file(std::size_t index,
                                                              const std::string& path,
                                                              std::optional<Gap>& gap) const;
  [[nodiscard]] const probe::ProbeReport* report_of(std::size_t index) const;

  // observation_networks.cpp
  [[nodiscard]] std::optional<std::string> host_file(const std::string& path, Fact hides);
  void read_networks_of(std::size_t index);
  void read_proxy_networks_of(std::size_t index);
  void read_k0s_networks(const FoundComponent& k0s);
  void read_calico_networks(const FoundComponent& calico);
  void read_cni();

  void add_gap(std::string subject, std::string reason, std::optional<Fact> hides);

  const Sources& sources_;
  const CollectOptions& options_;
  Deadline deadline_;
  Snapshot snapshot_ = {};
  ProcessPlace node_place_ = {};
  std::vector<FoundComponent> found_ = {};
  std::vector<Domain> domains_ = {};
  std::size_t processors_;  // for children
  std::optional<RunningLook> host_ = {};
  std::optional<RunningLook> k0s_ = {};
  std::vector<RunningLook> looks_ = {};
  std::unique_ptr<RunningReaders> cross_reading_ = {};
};

}  // namespace iptmode::collect
