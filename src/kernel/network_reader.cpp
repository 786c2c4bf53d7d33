// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/network_reader.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "iptmode/node_questions.h"
#include "kernel/doors.h"
#include "kernel/kernel_support.h"
#include "kernel/legacy_reader.h"
#include "kernel/libnftables_child.h"
#include "kernel/link_reader.h"
#include "kernel/nft_dump.h"
#include "kernel/nft_path.h"
#include "kernel/nft_socket.h"
#include "kernel/path_sets.h"

namespace iptmode::kernel {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

// kube-proxy commits about once a second; a dump of 100,000 rules takes a third of one.
constexpr int kAttempts = 5;
constexpr auto kPause = 20ms;
constexpr auto kLibnftablesPatience = std::chrono::milliseconds{3000};

/// Reads the nft tables, with libnftables at work meanwhile.
class NftReader {
 public:
  NftReader(const NetworkRequest& request, Clock::time_point deadline)
      : request_{request}, deadline_{deadline} {}

  /// `questions` are those of the PathReader.
  Result<NftReading> read(const std::vector<PacketQuestion>& questions) {
    const NftDumpOptions options{.deadline = deadline_,
                                 .idle = request_.idle,
                                 .chains_known = [this](auto chains) { start_child(chains); },
                                 .questions = &questions};
    for (int attempt = 1;; ++attempt) {
      auto reading = dump_nft(options);
      const bool interrupted = !reading && reading.error().code == std::errc::interrupted;
      if (!interrupted) return reading;
      if (attempt == kAttempts)
        return sys_error(EINTR, "netlink dump",
                         "changed by others during each of " + std::to_string(kAttempts));
      if (request_.idle) request_.idle();
      ::poll(nullptr, 0, static_cast<int>((kPause * attempt).count()));
    }
  }

  /// What libnftables made of the chains. `generation` is that of the dump.
  Libnftables finish(std::uint32_t generation) {
    if (!child_) return std::move(not_asked_);
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - Clock::now());
    Libnftables answer = child_->finish(
        chains_, {.timeout = std::clamp(left, 0ms, kLibnftablesPatience), .idle = request_.idle});
    child_.reset();
    if (answer.outcome == Libnftables::Outcome::differs && !is_still(generation))
      return {.detail = "the tables changed while it was asked"};
    return answer;
  }

 private:
  void start_child(std::uint64_t chains) {
    child_.reset();
    chains_ = chains;
    if (chains > request_.libnftables_chain_limit) {
      not_asked_.detail = std::to_string(chains) + " chains, limit " +
                          std::to_string(request_.libnftables_chain_limit);
      return;
    }
    auto started = LibnftablesChild::start();
    if (started) {
      child_.emplace(std::move(*started));
    } else {
      not_asked_.detail = to_string(started.error());
    }
  }

  [[nodiscard]] bool is_still(std::uint32_t generation) const {
    auto socket = NftSocket::open(deadline_);
    return socket && read_generation(*socket) == generation;
  }

  const NetworkRequest& request_;
  Clock::time_point deadline_;
  std::optional<LibnftablesChild> child_ = {};
  std::uint64_t chains_ = 0;
  Libnftables not_asked_ = {};
};

/// What stands between us and asking nf_tables.
enum class Asking : std::uint8_t { fine, nothing_there, could_load };

Asking may_ask_nft(const NetworkRequest& request, const KernelSupport& support) {
  if (support.nft == Support::no || support.nft_evidence == kLoadable) return Asking::nothing_there;
  if (support.nft == Support::yes || is_monolithic(request.proc_root)) return Asking::fine;
  return Asking::could_load;
}

/// Tells the namespaces of several nodes on one machine apart.
std::string subject(std::string_view what, const NetworkRequest& request) {
  if (request.witness == 1) return std::string{what};
  return std::string{what} + " (net:[" + std::to_string(request.network_namespace) + "])";
}

void take_nft(NftReading&& read, NetworkState& state) {
  state.nft = std::move(read.tables);
  state.hints[Backend::nf_tables] = read.hints;
}

void take_legacy(LegacyState&& read, const NetworkRequest& request, NetworkReading& reading) {
  for (const auto& [what, error] : read.failures)
    reading.gaps.push_back({.subject = subject(what, request),
                            .reason = to_string(error),
                            .hides = Fact::legacy_rules});
  if (!read.failures.empty() && read.tables.empty()) return;
  reading.state.legacy = std::move(read.tables);
  if (read.failures.empty()) reading.state.hints[Backend::legacy] = read.hints;
}

/// Reads what the packets of the node's questions can meet.
class PathReader {
 public:
  PathReader(const NetworkRequest& request, Clock::time_point deadline, NetworkReading& reading)
      : request_{request}, deadline_{deadline}, reading_{reading} {}

  /// Learns what there is to ask. `links` are those of the namespace and outlive the reader's work.
  void ask(const Result<LinkReading>& links) {
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

  [[nodiscard]] const std::vector<PacketQuestion>& questions() const { return path_.questions; }

  /// `sieved` is what the dump of that generation has left for these questions.
  void read_nft(const SievedChains& sieved) {
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

  LegacyPathRequest of_legacy() {
    return {.questions = &asked_, .budget = &budget_, .path_only = !path_.translated.empty()};
  }

  void take_legacy(LegacyState& read) {
    std::move(read.path.begin(), read.path.end(), std::back_inserter(path_.tables));
    if (!read.failures.empty()) readable_ = false;
  }

  /// Whether rules send packets of the questions elsewhere. Then the path is to be read again, as
  /// those packets meet other rules.
  bool asks_again() {
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

  /// A path with a part missing would answer wrongly: it is left out.
  void finish() {
    if (!readable_ || !reading_.state.doors || !reading_.state.nft || !reading_.state.legacy)
      return;
    describe_ip_sets(path_);
    std::sort(path_.tables.begin(), path_.tables.end(), [](const auto& a, const auto& b) {
      return std::tie(a.backend, a.family, a.name) < std::tie(b.backend, b.family, b.name);
    });
    reading_.state.packet_path = std::move(path_);
  }

 private:
  void add_gap(std::string_view what, const Error& error, Fact hides) {
    reading_.gaps.push_back(
        {.subject = subject(what, request_), .reason = to_string(error), .hides = hides});
  }

  const NetworkRequest& request_;
  Clock::time_point deadline_;
  NetworkReading& reading_;
  PacketPath path_ = {};
  const std::vector<NetworkLink>* links_ = nullptr;
  std::vector<PacketQuestion> asked_ = {};  // by the path's own packets and what becomes of them
  PathBudget budget_ = {};
  bool readable_ = true;
};

void take_links(Result<LinkReading>&& read, const NetworkRequest& request,
                NetworkReading& reading) {
  if (!read) {
    reading.gaps.push_back({.subject = subject("network interfaces", request),
                            .reason = to_string(read.error()),
                            .hides = Fact::node_networks});
    return;
  }
  // Then packets of the questions come from any node, which is the wider question.
  if (read->peers_failure)
    reading.gaps.push_back({.subject = subject("peers of vxlan interfaces", request),
                            .reason = to_string(*read->peers_failure)});
  reading.state.links = in_short(std::move(read->links));
  reading.state.tunnel_routes = std::move(read->tunnel_routes);
}

}  // namespace

NetworkReading read_network(const NetworkRequest& request, const KernelSupport& support) {
  NetworkReading reading;
  reading.state.network_namespace = request.network_namespace;
  const auto deadline = Clock::now() + request.timeout;
  const auto nft_gap = [&](std::string reason) {
    reading.gaps.push_back({.subject = subject("nft tables", request),
                            .reason = std::move(reason),
                            .hides = Fact::nft_rules});
  };

  PathReader path{request, deadline, reading};
  auto links = read_links(deadline);
  path.ask(links);
  NftReader nft{request, deadline};
  SievedChains sieved;
  switch (may_ask_nft(request, support)) {
    case Asking::nothing_there: take_nft({}, reading.state); break;
    case Asking::could_load: nft_gap("asking could load nf_tables: " + support.nft_evidence); break;
    case Asking::fine:
      if (auto read = nft.read(path.questions())) {
        reading.state.generation = read->generation;
        sieved = std::move(read->sieved);
        take_nft(std::move(*read), reading.state);
      } else {
        nft_gap(to_string(read.error()));
      }
  }
  const auto read_both = [&] {
    if (reading.state.generation) path.read_nft(sieved);
    LegacyState legacy = read_legacy({.proc_root = request.proc_root,
                                      .witness = request.witness,
                                      .deadline = deadline,
                                      .idle = request.idle,
                                      .path = path.of_legacy()},
                                     support);
    path.take_legacy(legacy);
    return legacy;
  };
  take_legacy(read_both(), request, reading);
  if (path.asks_again()) read_both();
  path.finish();
  take_links(std::move(links), request, reading);
  if (reading.state.generation) reading.state.libnftables = nft.finish(*reading.state.generation);
  return reading;
}

}  // namespace iptmode::kernel
