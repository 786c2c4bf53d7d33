// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <chrono>
#include <string>

#include "bundle/item.h"
#include "collect/host_root.h"
#include "collect/proc_directory.h"
#include "iptmode/result.h"
#include "iptmode/snapshot.h"

namespace iptmode::evidence {

/// What every reader here looks through, and where it puts what it finds.
struct Sight {
  const Snapshot& snapshot;
  const collect::ProcDirectory& proc;
  collect::HostRoot& host;
  std::chrono::steady_clock::time_point deadline = {};
  std::size_t max_item_bytes = 0;
  bool run_programs = true;
  bundle::Evidence& evidence;

  [[nodiscard]] std::chrono::milliseconds left() const;
  void add(std::string path, std::string about, std::string content, std::string cut = {});
  void miss(std::string path, std::string reason);
  void miss(std::string path, const Error& error);
};

// Of the node's own network namespace; of every other that holds a node in rules/net-ID/.
void read_legacy_rules(Sight& sight);     ///< rules/legacy-ipv4.save, rules/legacy-ipv6.save
void read_nft_rules(Sight& sight);        ///< rules/nft.txt
void list_places(Sight& sight);           ///< places/*.txt
void read_kernel(Sight& sight);           ///< kernel/*.txt
void read_firewalld_files(Sight& sight);  ///< firewalld/...
void read_k0s(Sight& sight);              ///< k0s/status.json
void read_journal(Sight& sight);          ///< k0s/journal.txt

}  // namespace iptmode::evidence
