// SPDX-License-Identifier: GPL-2.0-or-later
#include "evidence/gather.h"

#include <algorithm>
#include <array>
#include <utility>

#include "evidence/sight.h"

namespace iptmode::evidence {

namespace {

struct Step {
  std::string_view what = {};
  std::string_view path = {};  ///< what is missing when there is no time for it
  void (*run)(Sight&) = nullptr;
};

// What cannot take long comes first.
constexpr std::array kSteps{Step{"kernel", "kernel", read_kernel},
                            Step{"k0s", "k0s/status.json", read_k0s},
                            Step{"firewalld", "firewalld", read_firewalld_files},
                            Step{"legacy rules", "rules/legacy", read_legacy_rules},
                            Step{"places", "places", list_places},
                            Step{"k0s' journal", "k0s/journal.txt", read_journal},
                            Step{"nft rules", "rules/nft.txt", read_nft_rules}};

}  // namespace

std::chrono::milliseconds Sight::left() const {
  using namespace std::chrono;
  return std::max(duration_cast<milliseconds>(deadline - steady_clock::now()), milliseconds{0});
}

void Sight::add(std::string path, std::string about, std::string content, std::string cut) {
  evidence.items.push_back({.path = std::move(path),
                            .about = std::move(about),
                            .content = std::move(content),
                            .cut = std::move(cut)});
}

void Sight::miss(std::string path, std::string reason) {
  evidence.missing.push_back({.path = std::move(path), .reason = std::move(reason)});
}

void Sight::miss(std::string path, const Error& error) {
  miss(std::move(path), to_string(error));
}

Result<bundle::Evidence> gather(const Snapshot& snapshot, const GatherRequest& request) {
  const auto proc = collect::ProcDirectory::open(request.proc_root);
  if (!proc) return tl::unexpected(proc.error());
  auto host = collect::HostRoot::open(request.host_root, proc->fd());
  if (!host) return tl::unexpected(host.error());
  bundle::Evidence evidence;
  Sight sight{.snapshot = snapshot,
              .proc = *proc,
              .host = *host,
              .deadline = request.deadline,
              .max_item_bytes = request.max_item_bytes,
              .run_programs = request.run_programs,
              .evidence = evidence};
  for (const Step& step : kSteps) {
    if (sight.left().count() == 0) {
      sight.miss(std::string{step.path}, "the time was over (--timeout)");
      continue;
    }
    if (request.progress) request.progress(step.what);
    step.run(sight);
  }
  return evidence;
}

}  // namespace iptmode::evidence
