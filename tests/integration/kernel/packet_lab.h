// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "iptmode/packet_path.h"
#include "kernel/network_reader.h"
#include "sys/unique_fd.h"

namespace iptmode::kernel {

/// Three network namespaces: the node's, with an uplink ("uplink0") and a link to a pod ("cni0"),
/// the one outside and the pod's. What node_questions() asks about can be sent for real: both ends
/// listen on the ports that are asked for, and on some that only a translated packet comes to: 8443
/// at the node, 8080 at the pod and outside. Belongs to one process.
class PacketLab {
 public:
  PacketLab();
  ~PacketLab();
  PacketLab(const PacketLab&) = delete;
  PacketLab& operator=(const PacketLab&) = delete;
  PacketLab(PacketLab&&) = delete;
  PacketLab& operator=(PacketLab&&) = delete;

  /// Loads texts by the commands that take them, into the node's namespace.
  void load(const std::vector<std::pair<std::string, std::string>>& rulesets);
  /// Takes every rule away.
  void clear();
  /// Reads the node's firewall.
  [[nodiscard]] NetworkReading read();

  using Key = std::pair<std::string, IpFamily>;  ///< a question's id and family
  /// Sends one packet for each question that has one, all at once, and waits for answers: a
  /// connection or an answer (accepted), an error (rejected), silence (dropped).
  [[nodiscard]] std::map<Key, PacketFate::Kind> send_all();

 private:
  enum class Place : std::uint8_t { node, outside, pod };
  void enter(Place place);
  void listen_everywhere();
  void answer_datagrams();

  std::vector<pid_t> holders_ = {};
  std::vector<sys::UniqueFd> namespaces_ = {};
  std::vector<sys::UniqueFd> listeners_ = {};
  std::vector<sys::UniqueFd> echoes_ = {};
};

}  // namespace iptmode::kernel
