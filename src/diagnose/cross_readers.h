// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "diagnose/iptables_users.h"
#include "iptmode/cross_verdict.h"
#include "iptmode/snapshot.h"

/// What the cross-reading proved about the programs that people here use. The readings are of the
/// node's own network namespace.
namespace iptmode::checks {

/// One iptables-nft that was asked to read the rules, and those who use it. Borrows from the
/// snapshot.
struct CrossReader {
  const ReaderReadings* readings = nullptr;  ///< never null
  std::vector<IptablesUser> users = {};      ///< of that very file; may be empty
  std::size_t number = 0;                    ///< its place among the readings and in the verdict

  [[nodiscard]] std::string subject() const;  ///< the first user's that is not idle, else its label
  [[nodiscard]] const IptablesUser* main_user() const;  ///< nullptr when nobody is known
  [[nodiscard]] std::string version() const;            ///< "1.8.7", "of unknown version"
  /// "also used by: ..."; "" when there is nobody else.
  [[nodiscard]] std::string others() const;
};

/// In the order of the readings; none when no reading took place.
[[nodiscard]] std::vector<CrossReader> cross_readers(const Snapshot& snapshot);

/// The readings of the very file that this user calls; nullptr when it was not asked.
[[nodiscard]] const ReaderReadings* readings_of(const IptablesUser& user, const Snapshot& snapshot);

/// The place of those readings among all, and in every row of the verdict.
[[nodiscard]] std::optional<std::size_t> number_of_reader(const IptablesUser& user,
                                                          const Snapshot& snapshot);

/// What the probe for `bug` in this user's own binary said; nullptr when there was none.
[[nodiscard]] const BugProbe* probe_of(const IptablesUser& user, const Snapshot& snapshot,
                                       std::string_view bug);

/// Whether the user reads and rewrites that table (nat, filter, mangle; felix also raw).
[[nodiscard]] bool uses_table(const IptablesUser& user, const NftTable& table);

/// Whether it is one of those who keep Kubernetes' rules: kube-router, kube-proxy, kubelet and the
/// CNI plugins behind k0s' bin directory, flanneld.
[[nodiscard]] bool keeps_cluster_rules(const IptablesUser& user);

/// One line: how this user gets a program that reads everything which is here.
[[nodiscard]] std::string better_reader(const CrossReader& reader, const Snapshot& snapshot);

/// Who was asked and not heard, and why: "kube-router (pid 1402): no end in its time". Empty: all
/// were.
[[nodiscard]] std::string unheard_reader(const std::vector<CrossReader>& readers);

/// Steps for a table of iptables in which nft wrote rules, one of them in `chain`.
[[nodiscard]] std::vector<std::string> move_native_rules(const NftTable& table,
                                                         std::string_view chain);

/// "ip filter"
[[nodiscard]] std::string name_of(const NftTable& table);

}  // namespace iptmode::checks
