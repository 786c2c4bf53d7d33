// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "iptmode/snapshot.h"

namespace iptmode {

/// What is replaced by pseudonyms before something leaves the node.
struct Redaction {
  bool addresses = false;  ///< IPv4 and IPv6 addresses and networks
  bool names = false;      ///< of hosts, and of pods, services and policies in rules and logs
  bool operator==(const Redaction&) const = default;
  [[nodiscard]] bool any() const { return addresses || names; }
};

/// Replaces addresses and names, each by the same pseudonym wherever it stands.
///
/// Two addresses that share their first n bits share n bits afterwards too, so that a network still
/// holds its addresses and a report still makes sense; 10.96.0.0/12 stays a /12. Loopback,
/// unspecified, multicast and reserved addresses (netmasks among them) stay. "10-0-0-5" is read as
/// an address as well. Names become "host-6f1c22ab", "ns-0b1e4d90/obj-77aa1203".
class Redactor {
 public:
  /// `key` makes the pseudonyms: random bytes, the same for everything that is to be compared, and
  /// never stored.
  Redactor(Redaction what, const std::string& key);
  Redactor(Redactor&&) noexcept;
  Redactor& operator=(Redactor&&) noexcept;
  Redactor(const Redactor&) = delete;
  Redactor& operator=(const Redactor&) = delete;
  ~Redactor();

  /// A host's name, with its domain or without. Everything is to be learnt before the first text
  /// is redacted. "localhost" is nobody's.
  void learn_host(std::string_view name);
  /// The names of Kubernetes objects in the comments and chains of rules as iptables-save or nft
  /// print them: "default/web:http cluster IP", "service-2EGBLKFX-default/web/tcp/http".
  void learn_rules(std::string_view text);
  /// The names in lines of a log as k0s and its components write it: node="worker-3",
  /// pod="shop/web-0", nodes "worker-3" not found, system:node:worker-3.
  void learn_journal(std::string_view text);
  /// All of this that a snapshot holds.
  void learn(const Snapshot& snapshot);

  [[nodiscard]] std::string text(std::string_view text);
  /// The same for lines of a log, where a word before a name tells that it is one.
  [[nodiscard]] std::string journal(std::string_view text);
  /// Every text of the snapshot, the addresses that rules compare with and those of the packets
  /// that were asked about. Of the encoded expressions of rules only an outline stays: their bytes
  /// hold addresses.
  [[nodiscard]] Snapshot snapshot(Snapshot snapshot);

  [[nodiscard]] const Redaction& what() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace iptmode
