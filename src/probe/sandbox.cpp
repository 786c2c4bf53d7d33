// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/sandbox.h"

#include <fcntl.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>

#include "probe/sandbox_child.h"
#include "sys/file.h"

namespace iptmode::probe {
namespace {

// After its time is over: what the guard has for ending the inner process and saying so, and what
// the kernel has for ending the guard.
constexpr std::chrono::milliseconds kEndingTime{300};
constexpr std::chrono::milliseconds kKillingTime{200};

struct Pipe {
  sys::UniqueFd read = {};
  sys::UniqueFd write = {};
};

/// The read end does not block; the write end does, for a program that knows nothing of it.
Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return sys_error(errno, "pipe2");
  Pipe pipe{.read = sys::UniqueFd{ends[0]}, .write = sys::UniqueFd{ends[1]}};
  if (::fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0) return sys_error(errno, "fcntl");
  return pipe;
}

/// So that a reader's whole answer fits and it can go while we are busy elsewhere. If it may not
/// grow, the reader waits for us instead.
void make_room(const Pipe& pipe, std::size_t bytes) {
  constexpr std::size_t kUsualSize = 65536;
  if (bytes > kUsualSize) (void)::fcntl(pipe.write.get(), F_SETPIPE_SZ, static_cast<int>(bytes));
}

Allowance allowance_of(const SandboxPlan& plan) {
  if (plan.arguments.empty()) return Allowance::read_files;
  if (plan.user_ns < 0) return Allowance::run_program;
  if (!plan.raw_sockets) return Allowance::speak_netlink;
  return plan.legacy ? Allowance::change_legacy : Allowance::speak_netlink_and_raw;
}

}  // namespace

SandboxChild::SandboxChild(const SandboxPlan& plan, sys::ChildProcess guard)
    : guard_{std::move(guard)},
      max_answer_{plan.read ? plan.max_answer : 0},
      max_output_{plan.max_output},
      timeout_{plan.timeout},
      deadline_{Clock::now() + plan.timeout} {
  if (!plan.read) answer_size_ = 0;
}

Result<SandboxChild> SandboxChild::start(const SandboxPlan& plan) {
  const auto& filter = seccomp_filter(allowance_of(plan));
  if (!filter) return tl::unexpected{filter.error()};
  auto status = make_pipe();
  if (!status) return tl::unexpected{status.error()};
  auto output = make_pipe();
  if (!output) return tl::unexpected{output.error()};
  if (plan.read) make_room(*output, plan.max_answer);
  auto errors = plan.errors_apart ? make_pipe() : Result<Pipe>{};
  if (!errors) return tl::unexpected{errors.error()};
  sys::UniqueFd leash{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  if (!leash) return sys_error(errno, "eventfd");

  const pid_t parent = ::getpid();
  const SandboxPipes pipes{.status = status->write.get(),
                           .output = output->write.get(),
                           .errors = errors->write.get(),
                           .leash = leash.get()};
  auto guard = sys::ChildProcess::start([&] { return run_sandbox(plan, *filter, pipes, parent); });
  if (!guard) return tl::unexpected{guard.error()};

  SandboxChild child{plan, std::move(*guard)};
  child.status_ = std::move(status->read);
  child.output_ = std::move(output->read);
  child.errors_ = std::move(errors->read);
  child.leash_ = std::move(leash);
  return child;
}

SandboxChild::~SandboxChild() {
  if (!leash_) return;  // over, or moved from
  if (phase_ == Phase::working) tell_to_end();
  wait();
}

std::size_t SandboxChild::max_bytes() const {
  return answer_size_.value_or(max_answer_) + max_output_;
}

void SandboxChild::read_output() {
  std::array<char, 16384> buffer;  // NOLINT(*-member-init): read() fills what is used
  while (output_) {
    const std::size_t room = max_bytes() - std::min(max_bytes(), received_.size());
    // One byte more than may be kept tells too much from just enough.
    const ssize_t count = sys::retry_eintr(
        [&] { return ::read(output_.get(), buffer.data(), std::min(room + 1, buffer.size())); });
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) return output_.reset();
    const auto arrived = static_cast<std::size_t>(count);
    received_.append(buffer.data(), std::min(arrived, room));
    if (arrived <= room) continue;
    outcome_.too_much_output = true;
    return output_.reset();
  }
}

/// What is too much is read and forgotten, so that nobody waits in front of a full pipe; a bounded
/// part of it at a time.
void SandboxChild::read_errors() {
  constexpr std::size_t kMaxErrors = 4096;
  constexpr int kAtOnce = 16;
  std::array<char, 4096> buffer;  // NOLINT(*-member-init): read() fills what is used
  for (int turn = 0; errors_ && turn < kAtOnce; ++turn) {
    const ssize_t count =
        sys::retry_eintr([&] { return ::read(errors_.get(), buffer.data(), buffer.size()); });
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) return errors_.reset();
    const std::size_t room = kMaxErrors - outcome_.errors.size();
    outcome_.errors.append(buffer.data(), std::min(static_cast<std::size_t>(count), room));
  }
}

void SandboxChild::take_note(const StatusNote& note) {
  switch (note.kind) {
    case StatusNote::Kind::step_failed:
      outcome_.failure = {.step = note.step, .errnum = note.value};
      return;
    case StatusNote::Kind::answered:
      // Only once, or whoever took our own code over could prolong its time for ever.
      if (answer_size_) return;
      answer_size_ = std::min(static_cast<std::size_t>(std::max(note.value, 0)), max_answer_);
      if (phase_ == Phase::working) deadline_ = Clock::now() + timeout_;
      return;
    case StatusNote::Kind::ended: outcome_.wait_status = note.value; return;
    case StatusNote::Kind::stuck: outcome_.stuck = true; return;
  }
}

// A bounded number of them: our own code could be taken over while it still holds the pipe.
void SandboxChild::read_notes() {
  constexpr int kAtOnce = 8;
  for (int turn = 0; status_ && turn < kAtOnce; ++turn) {
    StatusNote note;
    const ssize_t count =
        sys::retry_eintr([&] { return ::read(status_.get(), &note, sizeof note); });
    if (count < 0 && errno == EAGAIN) return;
    if (count != sizeof note) return status_.reset();
    take_note(note);
  }
}

void SandboxChild::tell_to_end() {
  phase_ = Phase::ending;
  deadline_ = Clock::now() + kEndingTime;
  constexpr std::uint64_t kOnce = 1;
  (void)!::write(leash_.get(), &kOnce, sizeof kOnce);
}

void SandboxChild::split_output() {
  if (!answer_size_) {
    outcome_.output = std::move(received_);
    return;
  }
  const std::size_t size = std::min(*answer_size_, received_.size());
  outcome_.output = received_.substr(size, max_output_);
  received_.resize(size);
  if (max_answer_ != 0) outcome_.answer = std::move(received_);
}

/// The guard has nothing left to say. Whoever could still hold the output is dead or abandoned.
void SandboxChild::finish_guard() {
  read_output();
  read_errors();
  output_.reset();
  errors_.reset();
  split_output();
  if (!guard_.end(kKillingTime)) outcome_.stuck = true;
  status_.reset();
  leash_.reset();
  phase_ = Phase::over;
}

bool SandboxChild::advance() {
  if (phase_ == Phase::over) return true;
  read_notes();
  read_output();
  read_errors();
  // Whoever hangs in the kernel holds the pipe open.
  if (!status_ || outcome_.stuck) return finish_guard(), true;
  if (phase_ == Phase::working) {
    if (outcome_.too_much_output) return tell_to_end(), false;
    if (Clock::now() < deadline_) return false;
    outcome_.timed_out = true;
    return tell_to_end(), false;
  }
  if (Clock::now() < deadline_) return false;
  return finish_guard(), true;  // the guard itself does not answer
}

void SandboxChild::add_waits(std::vector<pollfd>& waits) const {
  for (const sys::UniqueFd* fd : {&status_, &output_, &errors_})
    if (*fd) waits.push_back({.fd = fd->get(), .events = POLLIN, .revents = 0});
}

void SandboxChild::wait() {
  while (!advance()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - Clock::now());
    std::vector<pollfd> waits;
    add_waits(waits);
    (void)::poll(waits.data(), waits.size(), static_cast<int>(std::max<long>(left.count(), 0)));
  }
}

}  // namespace iptmode::probe
