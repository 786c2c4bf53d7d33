// SPDX-License-Identifier: GPL-2.0-or-later
#include <fcntl.h>
#include <sys/wait.h>

#include <algorithm>
#include <set>

#include "evidence/listing.h"
#include "evidence/sight.h"
#include "iptmode/installation.h"
#include "probe/id_map.h"
#include "probe/sandbox.h"
#include "sys/file.h"
#include "sys/process_ref.h"

namespace iptmode::evidence {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMaxListing = std::size_t{64} << 10U;
constexpr std::size_t kMaxNames = 512;

/// Somewhere to list files.
struct Place {
  std::string path = {};  ///< of the item
  std::string about = {};
  sys::ProcessRef process = {};  ///< of a container; pid 0: the host
  std::vector<std::string> directories = {};
  std::vector<std::string> names = {};
};

std::vector<std::string> known_names() {
  std::vector<std::string> names(all_program_names().begin(), all_program_names().end());
  for (const char* name : {"xtables-nft-multi", "xtables-legacy-multi", "xtables-multi",
                           "iptables-wrapper", "ebtables", "arptables"})
    if (std::ranges::find(names, name) == names.end()) names.emplace_back(name);
  return names;
}

probe::SandboxPlan plan_of(const Place& place, int host_root, const probe::Account& account) {
  return {
      .mount_ns = place.process.pid == 0 ? -1 : place.process.mount_ns.get(),
      .root = place.process.pid == 0 ? host_root : place.process.root.get(),
      .account = account,
      .read =
          [&place] { return probe::Reading{.answer = listing(place.directories, place.names)}; },
      .max_answer = kMaxListing,
      .timeout = 2000ms};
}

Result<std::string> look(const Place& place, int host_root, const probe::Account& account) {
  auto child = probe::SandboxChild::start(plan_of(place, host_root, account));
  if (!child) return tl::unexpected(child.error());
  child->wait();
  probe::SandboxOutcome outcome = child->take_outcome();
  if (outcome.answer) return std::move(*outcome.answer);
  if (outcome.failure) return sys_error(outcome.failure->errnum, to_string(outcome.failure->step));
  return sys_error(outcome.timed_out         ? ETIMEDOUT
                   : outcome.too_much_output ? EFBIG
                                             : EIO,
                   "list", place.path);
}

void list_place(Sight& sight, const Place& place) {
  auto text = look(place, sight.host.fd(), probe::kNobody);
  // What nobody may not look into, the place's root may, without any capability.
  const bool denied = !text || text->find(": Permission denied\n") != text->npos || text->empty();
  const auto root = place.process.pid == 0
                        ? std::optional{probe::Account{.uid = 0, .gid = 0}}
                        : probe::root_of_user_namespace(place.process.proc_dir.get());
  if (denied && root)
    if (auto again = look(place, sight.host.fd(), *root); again) text = std::move(again);
  if (!text) return sight.miss(place.path, text.error());
  sight.add(place.path, place.about, text->empty() ? "no iptables in here\n" : std::move(*text));
}

void list_k0s_directory(Sight& sight) {
  const std::string path = "places/k0s.txt";
  const auto& k0s = sight.snapshot.k0s;
  if (!k0s || k0s->bin_dir.empty()) return sight.miss(path, "there is no k0s here");
  auto names = sight.host.names(k0s->bin_dir);
  if (!names) return sight.miss(path, names.error());
  std::ranges::sort(*names);
  if (names->size() > kMaxNames) names->resize(kMaxNames);
  list_place(sight, {.path = path,
                     .about = "files of k0s' bin directory, as `ls -lah` shows them",
                     .directories = {k0s->bin_dir},
                     .names = std::move(*names)});
}

void list_component(Sight& sight, const Component& component) {
  const std::string name = std::string{to_string(component.kind)};
  const std::string path = "places/" + name + "-" + std::to_string(component.pid) + ".txt";
  auto process = sys::open_process(sight.proc.fd(), component.pid, component.mount_namespace);
  if (!process) return sight.miss(path, process.error());
  list_place(sight, {.path = path,
                     .about = "iptables of " + name + ", as `ls -lah` shows it",
                     .process = std::move(*process),
                     .directories = component.installation->search_path,
                     .names = known_names()});
}

}  // namespace

void list_places(Sight& sight) {
  list_k0s_directory(sight);
  if (sight.snapshot.host)
    list_place(sight, {.path = "places/host.txt",
                       .about = "iptables of the host, as `ls -lah` shows it",
                       .directories = sight.snapshot.host->search_path,
                       .names = known_names()});
  std::set<NamespaceId> seen;
  for (const Component& component : sight.snapshot.components) {
    if (!component.installation || !seen.insert(component.mount_namespace).second) continue;
    if (sight.left().count() == 0)
      sight.miss("places/" + std::string{to_string(component.kind)},
                 "the time was over (--timeout)");
    else
      list_component(sight, component);
  }
}

}  // namespace iptmode::evidence
