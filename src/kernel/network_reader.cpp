// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/network_reader.h"

#include <poll.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "kernel/kernel_support.h"
#include "kernel/legacy_reader.h"
#include "kernel/libnftables_child.h"
#include "kernel/link_reader.h"
#include "kernel/nft_dump.h"
#include "kernel/nft_socket.h"
#include "kernel/path_reader.h"

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

void take_nft(NftReading&& read, NetworkState& state) {
  state.nft = std::move(read.tables);
  state.hints[Backend::nf_tables] = read.hints;
}

void take_legacy(LegacyState&& read, const NetworkRequest& request, NetworkReading& reading) {
  for (const auto& [what, error] : read.failures)
    reading.gaps.push_back({.subject = gap_subject(what, request),
                            .reason = to_string(error),
                            .hides = Fact::legacy_rules});
  if (!read.failures.empty() && read.tables.empty()) return;
  reading.state.legacy = std::move(read.tables);
  if (read.failures.empty()) reading.state.hints[Backend::legacy] = read.hints;
}

void take_links(Result<LinkReading>&& read, const NetworkRequest& request,
                NetworkReading& reading) {
  if (!read) {
    reading.gaps.push_back({.subject = gap_subject("network interfaces", request),
                            .reason = to_string(read.error()),
                            .hides = Fact::node_networks});
    return;
  }
  // Then packets of the questions come from any node, which is the wider question.
  if (read->peers_failure)
    reading.gaps.push_back({.subject = gap_subject("peers of vxlan interfaces", request),
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
    reading.gaps.push_back({.subject = gap_subject("nft tables", request),
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
