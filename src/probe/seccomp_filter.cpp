// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/seccomp_filter.h"

#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <memory>
#include <span>

#include "sys/unique_fd.h"

namespace iptmode::probe {
namespace {

// Resolved by name: some exist on one architecture only (open, stat, poll are not on arm64) and
// some not in an older libseccomp.
constexpr std::array kReading{
    "brk",         "clock_gettime",   "close",        "exit",           "exit_group",
    "fcntl",       "fstat",           "futex",        "getpid",         "getrandom",
    "gettid",      "lseek",           "lstat",        "madvise",        "mmap",
    "mprotect",    "mremap",          "munmap",       "newfstatat",     "open",
    "openat",      "pread64",         "read",         "readlink",       "readlinkat",
    "readv",       "restart_syscall", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn",
    "sched_yield", "sigaltstack",     "stat",         "statx",          "tgkill",
    "write",       "writev",
};

// On top of those: what the loader and libc of glibc and musl do at start, and execve itself.
// bind() is what nft builds call on their one netlink socket; nothing can be sent on it.
constexpr std::array kRunning{
    "access",
    "arch_prctl",
    "bind",
    "clock_nanosleep",
    "dup",
    "dup2",
    "dup3",
    "execve",
    "faccessat",
    "faccessat2",
    "getcwd",
    "getdents64",
    "getegid",
    "geteuid",
    "getgid",
    "getrlimit",
    "getsockname",
    "gettimeofday",
    "getuid",
    "nanosleep",
    "poll",
    "ppoll",
    "prlimit64",
    "rseq",
    "sched_getaffinity",
    "set_robust_list",
    "set_tid_address",
    "sysinfo",
    "uname",
};

// On top of those: libmnl's calls, in both forms that libc has for them, and the wait between a
// batch and its answers.
constexpr std::array kSpeaking{
    "getpeername", "getsockopt", "pselect6", "recvfrom",   "recvmsg",
    "select",      "sendmsg",    "sendto",   "setsockopt",
};

struct ReleaseFilter {
  void operator()(void* filter) const noexcept { ::seccomp_release(filter); }
};
using Filter = std::unique_ptr<void, ReleaseFilter>;

/// 0, or a negative errno value as all of libseccomp.
int allow(void* filter, std::span<const char* const> names) noexcept {
  for (const char* name : names) {
    const int number = ::seccomp_syscall_resolve_name(name);
    if (number < 0) continue;  // unknown here: the kernel has no such call to allow
    if (const int rc = ::seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 0); rc != 0) return rc;
  }
  return 0;
}

/// How an argument of a system call must be, by its lower 32 bits.
constexpr scmp_arg_cmp where(unsigned argument, std::uint32_t value) noexcept {
  return {.arg = argument, .op = SCMP_CMP_EQ, .datum_a = value, .datum_b = 0};
}
constexpr scmp_arg_cmp where_masked(unsigned argument, std::uint32_t mask,
                                    std::uint32_t value) noexcept {
  return {.arg = argument, .op = SCMP_CMP_MASKED_EQ, .datum_a = mask, .datum_b = value};
}

int allow_if(void* filter, int call, std::span<const scmp_arg_cmp> conditions) noexcept {
  return ::seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call,
                                  static_cast<unsigned>(conditions.size()), conditions.data());
}

int allow_netlink_and_isatty(void* filter) noexcept {
  constexpr std::array kNetfilter{where(0, AF_NETLINK), where(2, NETLINK_NETFILTER)};
  if (const int rc = allow_if(filter, SCMP_SYS(socket), kNetfilter); rc != 0) return rc;
  constexpr std::array kIsATerminal{where(1, TCGETS)};
  return allow_if(filter, SCMP_SYS(ioctl), kIsATerminal);
}

/// Without SOCK_CLOEXEC and SOCK_NONBLOCK, which are bits of the same argument.
int allow_raw_sockets(void* filter) noexcept {
  for (const std::uint32_t family : {std::uint32_t{AF_INET}, std::uint32_t{AF_INET6}}) {
    const std::array raw{where(0, family), where_masked(1, 0xfU, SOCK_RAW)};
    if (const int rc = allow_if(filter, SCMP_SYS(socket), raw); rc != 0) return rc;
  }
  return 0;
}

/// In a namespace with one process there is nobody to lock out, and outside of it nobody is.
int grant_locks_untaken(void* filter) noexcept {
  return ::seccomp_rule_add(filter, SCMP_ACT_ERRNO(0), SCMP_SYS(flock), 0);
}

int build(void* filter, Allowance allowance) noexcept {
  if (const int rc = ::seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
      rc != 0)
    return rc;
  // ENOSYS sends libc on to clone(), whose flags a filter could see; here that is refused as well.
  if (const int rc = ::seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
      rc != 0)
    return rc;
  if (const int rc = allow(filter, kReading); rc != 0) return rc;
  if (allowance == Allowance::read_files) return 0;
  if (const int rc = allow(filter, kRunning); rc != 0) return rc;
  if (const int rc = allow_netlink_and_isatty(filter); rc != 0) return rc;
  if (allowance == Allowance::run_program) return 0;
  if (const int rc = allow(filter, kSpeaking); rc != 0) return rc;
  if (allowance == Allowance::speak_netlink) return 0;
  if (const int rc = allow_raw_sockets(filter); rc != 0) return rc;
  return allowance == Allowance::change_legacy ? grant_locks_untaken(filter) : 0;
}

/// libseccomp writes its program to a descriptor only.
Result<SeccompFilter> export_program(void* filter) {
  const sys::UniqueFd file{::memfd_create("seccomp", MFD_CLOEXEC)};
  if (!file) return sys_error(errno, "memfd_create");
  if (const int rc = ::seccomp_export_bpf(filter, file.get()); rc != 0)
    return sys_error(-rc, "seccomp_export_bpf");
  const off_t size = ::lseek(file.get(), 0, SEEK_END);
  if (size <= 0) return sys_error(EIO, "seccomp_export_bpf");
  SeccompFilter program(static_cast<std::size_t>(size) / sizeof(sock_filter));
  if (::pread(file.get(), program.data(), static_cast<std::size_t>(size), 0) != size)
    return sys_error(EIO, "pread", "seccomp program");
  return program;
}

Result<SeccompFilter> compile(Allowance allowance) {
  const Filter filter{::seccomp_init(SCMP_ACT_ERRNO(EPERM))};
  if (!filter) return sys_error(ENOMEM, "seccomp_init");
  if (const int rc = build(filter.get(), allowance); rc != 0)
    return sys_error(-rc, "seccomp_rule_add");
  return export_program(filter.get());
}

}  // namespace

const Result<SeccompFilter>& seccomp_filter(Allowance allowance) {
  static const auto reading = compile(Allowance::read_files);
  static const auto running = compile(Allowance::run_program);
  if (allowance == Allowance::read_files) return reading;
  if (allowance == Allowance::run_program) return running;
  static const auto speaking = compile(Allowance::speak_netlink);
  if (allowance == Allowance::speak_netlink) return speaking;
  static const auto raw = compile(Allowance::speak_netlink_and_raw);
  if (allowance == Allowance::speak_netlink_and_raw) return raw;
  static const auto legacy = compile(Allowance::change_legacy);
  return legacy;
}

int install_seccomp_filter(const SeccompFilter& filter) noexcept {
  // The kernel copies the program; its interface just has no const.
  sock_fprog program{.len = static_cast<unsigned short>(filter.size()),
                     .filter = const_cast<sock_filter*>(filter.data())};  // NOLINT(*-const-cast)
  return ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
}

}  // namespace iptmode::probe
