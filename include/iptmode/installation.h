// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "iptmode/backend.h"
#include "iptmode/version.h"

namespace iptmode {

/// What the file behind a name is, from the file alone.
enum class ProgramForm : std::uint8_t {
  multi,             ///< xtables-*-multi or a copy of it: an ELF file that holds every applet
  shell_wrapper_v1,  ///< iptables-wrappers of 2020: counts rules, a tie is legacy
  shell_wrapper_v2,  ///< iptables-wrappers of 2022: kubelet's hint, then counts, a tie is nft
  go_wrapper,        ///< iptables-wrappers from 2023: kubelet's hint, default nft
  standalone,        ///< another ELF file: one applet built alone, nft, ipset
  script,            ///< a script that is no known wrapper
  missing,           ///< no such name in the search path
  dangling,          ///< the name is a link whose end does not exist, or a loop
  unreadable,        ///< it is there and could not be read; `problem` says why
  not_a_file,        ///< a directory, FIFO, socket or device
};

[[nodiscard]] std::string_view to_string(ProgramForm form) noexcept;
[[nodiscard]] bool is_wrapper(ProgramForm form) noexcept;

/// What one observation of a program said. Each part is absent when it could not be told.
struct Identity {
  std::optional<Backend> backend = {};
  std::optional<Version> version = {};
  bool operator==(const Identity&) const = default;
};

/// One name in one place, followed to its end inside that place's own root directory.
struct Program {
  std::string name = {};  ///< "iptables-save"
  std::string path = {};  ///< where the name was found: "/usr/sbin/iptables-save"; empty if missing
  std::vector<std::string> chain = {};  ///< each path on the way, `path` first, the final file last
  ProgramForm form = ProgramForm::missing;
  Identity by_file = {};  ///< from the ELF file or the script; a wrapper has no backend
  std::string nft_version =
      {};  ///< of an nft or a libnftables, from its file: "1.0.6", "1.0.6.1"; empty otherwise
  std::optional<Identity> by_run =
      {};  ///< from `<file> iptables -V` in the sandbox, when it was run and answered
  std::string run_problem =
      {};  ///< why a run was tried and gave nothing; empty if not tried or answered
  std::string problem = {};  ///< why it is unreadable, dangling or not a file
  std::uint64_t device = 0;  ///< identity of the final file, with `inode`; 0 if none
  std::uint64_t inode = 0;
  std::uint32_t mode = 0;  ///< permission bits of the final file
  bool operator==(const Program&) const = default;

  /// The final file; empty when there is none.
  [[nodiscard]] std::string resolved() const {
    return chain.empty() ? std::string{} : chain.back();
  }
  /// What is believed: the run where there was one, else the file.
  [[nodiscard]] Identity identity() const;
  /// The file says one thing and the run another.
  [[nodiscard]] bool contradicts_itself() const;
};

/// The names that are looked up in every place. The first six are `kSixNames`.
[[nodiscard]] const std::vector<std::string_view>& all_program_names();
[[nodiscard]] const std::vector<std::string_view>& six_names();

/// A place that iptables comes from: the host, k0s' bin directory, a component's mount namespace.
struct Installation {
  std::vector<std::string> search_path =
      {};  ///< directories in the order of lookup, inside that root
  std::vector<Program> programs =
      {};  ///< one for each of all_program_names(), in that order, or fewer
  std::vector<Program> multis =
      {};  ///< xtables-nft-multi, xtables-legacy-multi as found beside them
  /// libnftables.so.1 where it was found, named so: firewalld uses it without an `nft` beside.
  std::vector<Program> libraries = {};
  bool wrapper_present =
      false;  ///< a file named iptables-wrapper lies in the search path or in `/`
  bool operator==(const Installation&) const = default;

  [[nodiscard]] const Program* find(std::string_view name) const;
  /// `iptables`; where that is missing (k0s before 1.25), the first of the six names that exists.
  [[nodiscard]] const Program* primary() const;
  /// The version with which this place could serve `backend`, whatever its links say now: from the
  /// multis and the iptables-nft*/iptables-legacy* names. A present file of unknown version gives
  /// Available with no version.
  struct Available {
    bool present = false;
    std::optional<Version> version = {};
  };
  [[nodiscard]] Available available(Backend backend) const;
  /// Whether the six names that exist have one backend and one version.
  [[nodiscard]] bool variants_agree() const;
  [[nodiscard]] bool empty() const;  ///< none of the six names exists
};

}  // namespace iptmode
