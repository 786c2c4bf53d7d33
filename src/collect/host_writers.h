// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "iptmode/host_writer.h"

namespace iptmode::collect {

/// A line of a script that runs the iptables of its search path so that it writes rules.
struct IptablesCall {
  std::size_t line = 0;   ///< from 1
  std::string text = {};  ///< the line, cut
};

/// The lines in which `iptables`, `ip6tables` or one of their `-restore` is a command: at the
/// beginning of a command, or by its path. Comments, listings (-L, -S, -V, -save), names with a
/// backend in them (iptables-legacy) and programs in k0s' directories do not count. At most a few.
[[nodiscard]] std::vector<IptablesCall> calls_in_script(std::string_view text);

/// The same in the Exec lines of a systemd unit or a drop-in.
[[nodiscard]] std::vector<IptablesCall> calls_in_unit(std::string_view text);

/// The programs that the Exec lines of a unit start by an absolute path, for a look into scripts.
[[nodiscard]] std::vector<std::string> programs_of_unit(std::string_view text);

/// Whether a file begins as a script does; anything else is not searched.
[[nodiscard]] bool is_script(std::string_view text);

/// The last value of `key` in a file of lines `key = value`, without quotes; empty without one.
[[nodiscard]] std::string last_value(std::string_view text, std::string_view key);

/// Whether Docker's daemon.json leaves iptables alone: "iptables": false or the nftables backend.
[[nodiscard]] bool docker_leaves_iptables(std::string_view text);

}  // namespace iptmode::collect
