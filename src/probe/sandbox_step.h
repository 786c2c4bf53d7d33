// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace iptmode::probe {

/// What a child does before it reads or runs anything, in this order. Each one that fails ends it.
enum class Step : std::uint8_t {
  open_host_files,
  empty_bounding_set,
  enter_mount_namespace,
  enter_root,
  isolate,
  make_private,
  make_read_only,
  change_root,
  check_program,
  fork_inner,
  guard,
  new_session,
  descriptors,
  limits,
  no_new_privileges,
  change_user,
  join_user_namespace,
  drop_capabilities,
  die_with_parent,
  not_dumpable,
  confine,
  exec,
};

/// The call behind a step, as messages name it.
constexpr std::string_view to_string(Step step) noexcept {
  switch (step) {
    case Step::open_host_files: return "open /dev/null";
    case Step::empty_bounding_set: return "empty the bounding set";
    case Step::enter_mount_namespace: return "setns mnt";
    case Step::enter_root: return "fchdir root";
    case Step::isolate: return "unshare";
    case Step::make_private: return "mount private";
    case Step::make_read_only: return "mount read-only";
    case Step::change_root: return "chroot";
    case Step::check_program: return "program";
    case Step::fork_inner: return "fork";
    case Step::guard: return "guard";
    case Step::new_session: return "setsid";
    case Step::descriptors: return "dup2";
    case Step::limits: return "setrlimit";
    case Step::no_new_privileges: return "prctl no_new_privs";
    case Step::change_user: return "setresuid";
    case Step::join_user_namespace: return "setns user";
    case Step::drop_capabilities: return "capset";
    case Step::die_with_parent: return "prctl pdeathsig";
    case Step::not_dumpable: return "prctl dumpable";
    case Step::confine: return "seccomp";
    case Step::exec: return "exec";
  }
  return "invalid";
}

/// What the child tells its parent through the status pipe; fits a single atomic write.
struct StatusNote {
  enum class Kind : std::uint8_t {
    step_failed,  ///< `value` is the errno of `step`
    answered,     ///< our own code has read; `value` is the length of its answer in bytes
    ended,        ///< `value` is the wait status of the process that read or ran
    stuck,        ///< SIGKILL did not end that process
  };
  Kind kind = Kind::step_failed;
  Step step = {};
  std::int32_t value = 0;
};

}  // namespace iptmode::probe
