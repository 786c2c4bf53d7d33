// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/path_reader.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "iptmode/node_questions.h"
#include "kernel/doors.h"
#include "kernel/nft_path.h"
#include "kernel/path_sets.h"

namespace iptmode::kernel {
namespace {

constexpr int kAttempts = 5;  // a commit of others ends each

}  // namespace

std::string gap_subject(std::string_view what, const NetworkRequest& request) {
  if (request.witness == 1) return std::string{what};
  return std::string{what} + " (net:[" + std::to_string(request.network_namespace) + "])";
}

void PathReader::ask(const Result<LinkReading>& links) {
  auto doors = read_doors(request_.proc_root, request_.witness);
  if (!doors) return add_gap("default routes and sockets", doors.error(), Fact::listeners);
  if (links) {
    links_ = &links->links;
    asked_ = path_.questions = node_questions(*doors, *links_, request_.networks);
  } else {
    add_gap("addresses of the interfaces", links.error(), Fact::packet_path);
    readable_ = false;
  }
  reading_.state.doors = std::move(*doors);
}

void PathReader::read_nft(const SievedChains& sieved) {
  if (path_.questions.empty() || !reading_.state.nft) return;
  // Packets that are bound for elsewhere by now were not thought of in the dump.
  const bool usable = path_.translated.empty();
  const NftPathRequest request{.deadline = deadline_,
                               .tables = &*reading_.state.nft,
                               .questions = &asked_,
                               .sieved = usable ? &sieved : nullptr,
                               .sieved_generation = reading_.state.generation.value_or(0)};
  for (int attempt = 1;; ++attempt) {
    PathBudget budget = budget_;
    auto tables = read_nft_path(request, budget);
    if (tables) {
      path_.tables = std::move(*tables);
      budget_ = budget;
      return;
    }
    const bool changed = tables.error().code == std::errc::interrupted;
    if (changed && attempt < kAttempts) continue;
    add_gap("nft rules that packets meet", tables.error(), Fact::packet_path);
    readable_ = false;
    return;
  }
}

LegacyPathRequest PathReader::of_legacy() {
  return {.questions = &asked_, .budget = &budget_, .path_only = !path_.translated.empty()};
}

void PathReader::take_legacy(LegacyState& read) {
  std::move(read.path.begin(), read.path.end(), std::back_inserter(path_.tables));
  if (!read.failures.empty()) readable_ = false;
}

bool PathReader::asks_again() {
  if (!readable_ || links_ == nullptr) return false;
  follow_translations(path_, *links_);
  for (const TranslatedPacket& translated : path_.translated) {
    asked_.push_back({.packet = translated.packet});
    const Packet& before = path_.questions[translated.question].packet;
    if (before.way != Packet::Way::output) continue;
    // The rest of the hook sees the interface that it had.
    asked_.push_back({.packet = translated.packet});
    asked_.back().packet.out_interfaces = before.out_interfaces;
  }
  if (path_.translated.empty()) return false;
  path_.tables.clear();
  budget_ = {};
  return true;
}

void PathReader::finish() {
  if (!readable_ || !reading_.state.doors || !reading_.state.nft || !reading_.state.legacy) return;
  describe_ip_sets(path_);
  std::sort(path_.tables.begin(), path_.tables.end(), [](const auto& a, const auto& b) {
    return std::tie(a.backend, a.family, a.name) < std::tie(b.backend, b.family, b.name);
  });
  reading_.state.packet_path = std::move(path_);
}

void PathReader::add_gap(std::string_view what, const Error& error, Fact hides) {
  reading_.gaps.push_back(
      {.subject = gap_subject(what, request_), .reason = to_string(error), .hides = hides});
}

}  // namespace iptmode::kernel
