// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "collect/observe.h"
#include "fake_node.h"

namespace iptmode::collect {

inline constexpr NamespaceId kProxyMount = 210;

/// A worker with k0s, kubelet and kube-proxy.
class ObservedNode : public ::testing::Test {
 protected:
  ObservedNode() {
    processes.processes[812] = {.comm = "k0s",
                                .executable = "/usr/local/bin/k0s",
                                .arguments = {"/usr/local/bin/k0s", "worker"}};
    processes.processes[900] = {.comm = "kubelet",
                                .executable = "/var/lib/k0s/bin/kubelet",
                                .arguments = {"/var/lib/k0s/bin/kubelet"},
                                .environment = "PATH=/var/lib/k0s/bin:/usr/bin"};
    processes.processes[1311] = {
        .comm = "kube-proxy",
        .executable = "/usr/local/bin/kube-proxy",
        .arguments = {"/usr/local/bin/kube-proxy", "--config=/var/lib/kube-proxy/config.conf"},
        .place = {kNodeNet, kProxyMount, kNodeUser}};
    host.directories["/var/lib/k0s/bin"] = 0750;
    host.reports["kube-proxy (pid 1311)"].text_files["/var/lib/kube-proxy/config.conf"] =
        std::string{"mode: ipvs\n"};
    host.reports["host"].text_files["/etc/os-release"] =
        std::string{"ID=debian\nVERSION_ID=\"12\"\n"};
  }

  Snapshot look() {
    const Sources sources{.processes = processes,
                          .places = host,
                          .networks = host,
                          .answers = host,
                          .host = host,
                          .own_pid = 1,
                          .processors = processors,
                          .hostname = hostname,
                          .kernel = "6.12.0"};
    return observe(sources, options);
  }

  static const Component& component(const Snapshot& snapshot, pid_t pid) {
    for (const Component& candidate : snapshot.components)
      if (candidate.pid == pid) return candidate;
    static const Component kNone;
    ADD_FAILURE() << "no component with pid " << pid;
    return kNone;
  }

  const FakeHost::Started* started(const std::string& label) const {
    for (const FakeHost::Started& look : host.started)
      if (look.place.label == label) return &look;
    return nullptr;
  }

  FakeProcesses processes;
  FakeHost host;
  CollectOptions options;
  std::string hostname = "worker-3";
  std::size_t processors = 1;
};

/// A gap of that subject that hides these facts.
inline auto gap(const std::string& subject, std::optional<Fact> hides) {
  return ::testing::AllOf(::testing::Field(&Gap::subject, subject),
                          ::testing::Field(&Gap::hides, hides));
}

}  // namespace iptmode::collect
