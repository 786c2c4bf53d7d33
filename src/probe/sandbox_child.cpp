// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/sandbox_child.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <span>

#include "probe/descriptors.h"
#include "probe/guard.h"
#include "probe/read_only_view.h"
#include "probe/seccomp_filter.h"
#include "sys/file.h"

namespace iptmode::probe {
namespace {

constexpr int kExitStatusOfFailure = 127;

struct Context {
  const SandboxPlan& plan;      // NOLINT(*-ref-data-members): lives as long as the process
  const SeccompFilter& filter;  // NOLINT(*-ref-data-members)
  SandboxPipes pipes = {};
  pid_t parent = 0;
  int null = -1;       ///< the host's /dev/null: the container's is a device, and nodev
  int host_proc = -1;  ///< the host's /proc; -1 where there is none
  int user_ns = -1;    ///< the plan's
  std::array<int, 2> start = {-1, -1};  ///< one byte from the guard: begin; its end: it has died
};

// --- steps of the guard
// ---------------------------------------------------------------------------

int open_host_files(Context& context) {
  context.null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  context.host_proc = ::open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
  return context.null < 0 ? -1 : 0;
}

int close_bounding_set(Context& /*context*/) {
  return empty_bounding_set();
}

int enter_mount_namespace(Context& context) {
  return context.plan.mount_ns < 0 ? 0 : ::setns(context.plan.mount_ns, CLONE_NEWNS);
}

// The working directory is carried into the copied mounts by unshare(2); an open descriptor is not.
int enter_root(Context& context) {
  return ::fchdir(context.plan.root);
}

// A network namespace is the dearest of them to make and to end, and there is nothing in an empty
// one to share: no interface that is up, no address and no rules to meet at, and the only socket
// that a child may have, of nfnetlink, cannot name a receiver other than the kernel.
int isolate(Context& context) {
  const int network = context.plan.network;
  if (network >= 0 && ::setns(network, CLONE_NEWNET) != 0) return -1;
  return ::unshare(CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP | CLONE_NEWPID |
                   (network < 0 ? CLONE_NEWNET : 0));
}

int make_private(Context& /*context*/) {
  return make_mounts_private();
}

int make_read_only(Context& context) {
  return make_mounts_read_only(context.host_proc, context.plan.without_mount_setattr);
}

// Only now: until here "/" was the root of the namespace and the calls above reached every mount,
// and a process that was merely chroot()ed has no mount point at its root.
int change_root(Context& /*context*/) {
  return ::chroot(".");
}

// Between the look at the file and this another may have taken its place. Only here, for inside a
// user namespace every owner looks like nobody.
int check_program(Context& context) {
  if (!context.plan.file) return 0;
  const ExpectedFile& expected = *context.plan.file;
  struct stat status = {};
  if (::stat(context.plan.program.c_str(), &status) != 0) return -1;
  if (status.st_dev != expected.device || status.st_ino != expected.inode)
    return errno = ESTALE, -1;
  const bool is_roots = status.st_uid == 0 && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
  return expected.of_root && !is_roots ? (errno = EPERM, -1) : 0;
}

// --- steps of the inner process
// -------------------------------------------------------------------

// Without a session of its own, kill(0, SIGKILL) from a uid 0 without capabilities reaches the
// auditor's process group through the pid namespace.
int new_session(Context& /*context*/) {
  return ::setsid() < 0 ? -1 : 0;
}

int arrange_descriptors(Context& context) {
  // Numbers 0 to 2 may be taken: by our own pipes, when this program was started without them.
  if (context.pipes.errors < 0) context.pipes.errors = context.pipes.output;
  context.user_ns = context.plan.user_ns >= 0 ? context.plan.user_ns : context.null;
  for (int* fd : {&context.null, &context.pipes.output, &context.pipes.errors,
                  &context.pipes.status, &context.start[0], &context.user_ns})
    if (*fd < 3 && (*fd = ::fcntl(*fd, F_DUPFD_CLOEXEC, 3)) < 0) return -1;
  if (::dup2(context.null, 0) < 0 || ::dup2(context.pipes.output, 1) < 0) return -1;
  if (::dup2(context.null, 2) < 0) return -1;
  std::array kept{
      0, 1, 2, context.pipes.status, context.pipes.errors, context.start[0], context.user_ns};
  return close_all_but(kept);
}

int limit_resources(Context& /*context*/) {
  return lower_limits();
}

int forbid_new_privileges(Context& /*context*/) {
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

int change_user(Context& context) {
  if (context.plan.user_ns >= 0 && keep_capabilities_on_change_of_user() != 0) return -1;
  return become(context.plan.account) != 0 ? -1 : forbid_processes();
}

// Who joins a user namespace gets every capability in it and loses all others.
int join_user_namespace(Context& context) {
  if (context.plan.user_ns >= 0) {
    if (keep_only_sys_admin() != 0) return -1;
    if (::setns(context.user_ns, CLONE_NEWUSER) != 0) return -1;
  }
  return ::close(context.user_ns);
}

int drop_capabilities(Context& context) {
  return context.plan.user_ns >= 0 ? keep_only_net_capabilities(context.plan.raw_sockets)
                                   : drop_all_capabilities();
}

// After the change of user, which clears the signal. getppid(2) is 0 in here whether the guard
// lives or not, so the guard says itself that it is there and ready.
int die_with_guard(Context& context) {
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) return -1;
  char byte = 0;
  const ssize_t count =
      sys::retry_eintr([&] { return ::read(context.start[0], &byte, sizeof byte); });
  if (count != 1) ::_exit(kExitStatusOfFailure);
  return ::close(context.start[0]);
}

int forbid_dumps(Context& /*context*/) {
  return ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

int confine(Context& context) {
  return install_seccomp_filter(context.filter);
}

// What a program says of its trouble is wanted; what our own code says is not.
int exec_program(const Context& context, const std::string& program) {
  if (::dup2(context.pipes.errors, 2) < 0) return -1;
  std::vector<char*> arguments;
  for (const std::string& argument : context.plan.arguments)
    arguments.push_back(const_cast<char*>(argument.c_str()));  // NOLINT(*-const-cast): execve(2)
  arguments.push_back(nullptr);
  auto path = std::to_array("PATH=/usr/sbin:/usr/bin:/sbin:/bin");
  auto locale = std::to_array("LC_ALL=C");
  std::string lock = "XTABLES_LOCKFILE=" + program;  // since 1.8.5; else /run/xtables.lock
  const std::array<char*, 4> variables{path.data(), locale.data(),
                                       context.plan.legacy ? lock.data() : nullptr, nullptr};
  return ::execve(program.c_str(), arguments.data(), variables.data());
}

// --- order
// ----------------------------------------------------------------------------------------

struct StepEntry {
  Step id = {};
  int (*run)(Context&) = nullptr;
};

// The order is the security argument. The bounding set first, while /proc is the host's (libcap-ng
// reads it). Private and read-only before chroot, so that mounts outside the root are covered too.
// Not dumpable from the start: a container that shares the host's pid namespace must not get at
// this process, or at the file it runs, through /proc while it has dropped its capabilities but not
// yet the rest.
constexpr std::array kGuardSteps{
    StepEntry{Step::not_dumpable, forbid_dumps},
    StepEntry{Step::open_host_files, open_host_files},
    StepEntry{Step::empty_bounding_set, close_bounding_set},
    StepEntry{Step::enter_mount_namespace, enter_mount_namespace},
    StepEntry{Step::enter_root, enter_root},
    StepEntry{Step::isolate, isolate},
    StepEntry{Step::make_private, make_private},
    StepEntry{Step::make_read_only, make_read_only},
    StepEntry{Step::change_root, change_root},
    StepEntry{Step::check_program, check_program},
};

// no_new_privs before anything that could be executed; the user before the capabilities that a
// change of user needs; nothing may need a call that `confine` forbids.
constexpr std::array kInnerSteps{
    StepEntry{Step::new_session, new_session},
    StepEntry{Step::descriptors, arrange_descriptors},
    StepEntry{Step::limits, limit_resources},
    StepEntry{Step::no_new_privileges, forbid_new_privileges},
    StepEntry{Step::change_user, change_user},
    StepEntry{Step::join_user_namespace, join_user_namespace},
    StepEntry{Step::drop_capabilities, drop_capabilities},
    StepEntry{Step::die_with_parent, die_with_guard},
    StepEntry{Step::not_dumpable, forbid_dumps},
    StepEntry{Step::confine, confine},
};

[[noreturn]] void fail(const Context& context, Step step, int errnum) {
  send_note(context.pipes.status,
            {.kind = StatusNote::Kind::step_failed, .step = step, .value = errnum});
  ::_exit(kExitStatusOfFailure);
}

void run_steps(Context& context, std::span<const StepEntry> steps) {
  for (const StepEntry& step : steps)
    if (step.run(context) != 0) fail(context, step.id, errno);
}

/// What a process starts with is inherited through execve(2).
void reset_signals() {
  ::signal(SIGPIPE, SIG_DFL);
  ::signal(SIGCHLD, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
}

bool write_all(int fd, std::string_view rest) {
  while (!rest.empty()) {
    const ssize_t count = ::write(fd, rest.data(), rest.size());
    if (count <= 0) return false;
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

/// Reads and answers; returns the program to become.
std::string read_there(const Context& context) {
  Reading reading = context.plan.read();
  if (!write_all(1, reading.answer)) ::_exit(kExitStatusOfFailure);
  send_note(context.pipes.status, {.kind = StatusNote::Kind::answered,
                                   .step = {},
                                   .value = static_cast<std::int32_t>(reading.answer.size())});
  if (reading.program.empty()) ::_exit(0);
  return std::move(reading.program);
}

// Our own code reads under the filter of the program that it may become, in the very box that is
// built to hold that program when it is hostile: whoever takes our code over with a file gains
// nothing that he could not have by being run. The pipe for notes closes at exec, so a program
// never speaks for us.
[[noreturn]] void run_inner(Context& context) noexcept {
  reset_signals();
  run_steps(context, kInnerSteps);
  const std::string program =
      context.plan.program.empty() ? read_there(context) : context.plan.program;
  (void)exec_program(context, program);
  fail(context, Step::exec, errno);
}

}  // namespace

int run_sandbox(const SandboxPlan& plan, const SeccompFilter& filter, const SandboxPipes& pipes,
                pid_t parent) {
  Context context{.plan = plan, .filter = filter, .pipes = pipes, .parent = parent};
  run_steps(context, kGuardSteps);
  if (::pipe2(context.start.data(), O_CLOEXEC) != 0) fail(context, Step::fork_inner, errno);
  const pid_t inner = ::fork();
  if (inner < 0) fail(context, Step::fork_inner, errno);
  if (inner == 0) run_inner(context);
  const GuardPlan guard{.status = pipes.status,
                        .leash = pipes.leash,
                        .start = context.start[1],
                        .inner_uid = plan.account.uid,
                        .parent = parent};
  if (become_guard(guard) != 0) {
    const int errnum = errno;
    ::kill(inner, SIGKILL);
    fail(context, Step::guard, errnum);
  }
  guard_inner(guard, inner);
  return 0;
}

}  // namespace iptmode::probe
