// SPDX-License-Identifier: GPL-2.0-or-later
#include "cross_reading/trial.h"

#include <fcntl.h>

#include <utility>

#include "kernel/owner_ids.h"
#include "probe/id_map.h"
#include "probe/wire.h"
#include "sys/file.h"

namespace iptmode::cross_reading {
namespace {

constexpr std::uint32_t kOthersReadAndExecute = 0005;
constexpr std::size_t kMaxText = 4096;
constexpr const char* kMatches = "/proc/thread-self/net/ip6_tables_matches";
constexpr std::size_t kMaxMatches = 65536;

/// A match that the kernel does not have yet would be loaded for the asking: into the machine.
Result<> find_match(const std::string& name) {
  const auto names = sys::read_file(AT_FDCWD, kMatches, kMaxMatches);
  if (!names) return tl::unexpected{names.error()};
  const bool is_there = ("\n" + *names).find("\n" + name + "\n") != std::string::npos;
  return is_there ? Result<>{} : sys_error(ENOENT, "match of ip6_tables", name);
}

Result<std::vector<SetAside>> prepare(const TrialPlan& plan) {
  for (const std::string& match : plan.ipv6_matches)
    if (auto found = find_match(match); !found) return tl::unexpected{found.error()};
  return kernel::rebuild(plan.tables);
}

/// Runs in the child that fills a namespace.
std::string fill(const TrialPlan& plan) {
  probe::WireWriter answer;
  const auto aside = prepare(plan);
  answer.number(aside ? 0 : static_cast<std::uint64_t>(aside.error().code.value()));
  answer.text(aside ? std::string_view{} : std::string_view{aside.error().context});
  answer.number(aside ? aside->size() : 0);
  if (aside)
    for (const SetAside& shape : *aside) {
      answer.number(static_cast<std::uint64_t>(shape.family));
      answer.text(shape.table);
      answer.number(shape.shape);
      answer.text(shape.reason);
    }
  return answer.bytes();
}

bool names_ip_sets(const std::vector<kernel::ScratchTable>& tables) {
  for (const kernel::ScratchTable& table : tables)
    for (const std::uint32_t shape : table.shapes)
      if (!table.table->shapes.at(shape).ip_sets.empty()) return true;
  return false;
}

Result<std::vector<SetAside>> decode(const std::string& bytes) {
  probe::WireReader answer{bytes};
  const auto errnum = static_cast<int>(answer.number(4096));
  const std::string context = answer.text(kMaxText);
  const std::uint64_t count = answer.number(bytes.size());
  std::vector<SetAside> aside;
  for (std::uint64_t i = 0; i < count && answer.ok(); ++i) {
    SetAside& shape = aside.emplace_back();
    shape.family = answer.number(1) == 0 ? IpFamily::ipv4 : IpFamily::ipv6;
    shape.table = answer.text(kMaxText);
    shape.shape = static_cast<std::uint32_t>(answer.number(UINT32_MAX));
    shape.reason = answer.text(kMaxText);
  }
  if (!answer.complete()) return sys_error(EPIPE, "rebuild tables");
  if (errnum != 0) return sys_error(errnum, context);
  return aside;
}

}  // namespace

Trial::Trial(const Candidate& candidate, TrialPlan plan, probe::ScratchNamespace scratch)
    : candidate_{&candidate}, plan_{std::move(plan)}, scratch_{std::move(scratch)} {
  const bool is_process = candidate.place.process.pid != 0;
  owner_ = is_process ? probe::root_of_user_namespace(candidate.place.process.proc_dir.get())
                      : probe::Account{.uid = 0, .gid = 0};
  const bool open_to_all = (candidate.mode & kOthersReadAndExecute) == kOthersReadAndExecute;
  if (!open_to_all && owner_) account_ = *owner_;
}

Result<Trial> Trial::start(const Candidate& candidate, TrialPlan plan) {
  kernel::OwnerIds ids = kernel::owner_ids(plan.tables);
  auto scratch = probe::ScratchNamespace::start(
      [&] { return fill(plan); }, plan.run_timeout,
      {.users = std::move(ids.users), .groups = std::move(ids.groups)});
  if (!scratch) return tl::unexpected{scratch.error()};
  return Trial{candidate, std::move(plan), std::move(*scratch)};
}

probe::SandboxPlan Trial::plan_of_run(const probe::Account& account) const {
  const probe::Place& place = candidate_->place;
  const bool is_process = place.process.pid != 0;
  const IptablesReader& reader = candidate_->reader;
  probe::SandboxPlan plan{
      .mount_ns = is_process ? place.process.mount_ns.get() : -1,
      .root = is_process ? place.process.root.get() : place.root.get(),
      .network = scratch_.network(),
      .user_ns = scratch_.user_ns(),
      .raw_sockets = candidate_->legacy || names_ip_sets(plan_.tables),
      .legacy = candidate_->legacy,
      .account = account,
      .program = reader.path,
      .file =
          probe::ExpectedFile{
              .device = reader.device, .inode = reader.inode, .of_root = candidate_->of_root},
      .errors_apart = true,
      // Not the name of an applet: then a multi-call file takes that from the next argument.
      .arguments = {"xtables-multi"},
      .max_output = kMaxSaveOutput,
      .timeout = plan_.run_timeout};
  const std::vector<std::string>& arguments = plan_.runs.at(result_.runs.size());
  plan.arguments.insert(plan.arguments.end(), arguments.begin(), arguments.end());
  return plan;
}

void Trial::start_run(const probe::Account& account) {
  account_ = account;
  auto started = probe::SandboxChild::start(plan_of_run(account));
  if (started) {
    child_.emplace(std::move(*started));
  } else {
    result_.failure = started.error();
  }
}

void Trial::take_answer() {
  filled_ = true;
  const auto aside = scratch_.take_answer().and_then(decode);
  if (aside) {
    result_.set_aside = *aside;
  } else {
    result_.failure = aside.error();
  }
}

void Trial::take_run() {
  probe::SandboxOutcome outcome = child_->take_outcome();
  child_.reset();
  const bool was_denied = outcome.failure && outcome.failure->errnum == EACCES;
  if (was_denied && owner_ && account_ != *owner_) return start_run(*owner_);
  result_.runs.push_back(std::move(outcome));
}

bool Trial::advance() {
  if (!filled_) {
    if (!scratch_.advance()) return false;
    take_answer();
  }
  for (;;) {
    if (result_.failure) return true;
    if (child_) {
      if (!child_->advance()) return false;
      take_run();
    } else if (result_.runs.size() < plan_.runs.size()) {
      start_run(account_);
    } else {
      return true;
    }
  }
}

void Trial::add_waits(std::vector<pollfd>& waits) const {
  if (!filled_) waits.push_back({.fd = scratch_.waits_for(), .events = POLLIN, .revents = 0});
  if (child_) child_->add_waits(waits);
}

}  // namespace iptmode::cross_reading
