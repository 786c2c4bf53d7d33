// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace iptmode::collect {

/// The strings of /proc/<pid>/cmdline or environ: each ends in a zero byte, the last one may not.
/// Empty strings in the middle stay, because they are arguments; a trailing run of zero bytes,
/// which a process leaves when it shortens its title, goes.
[[nodiscard]] std::vector<std::string> split_zero_terminated(std::string_view bytes);

/// The value of a flag, as `--name=value` or `--name value`; one dash is as good as two (Go's flag
/// package). The last one wins. A flag at the very end without a value is absent.
[[nodiscard]] std::optional<std::string> flag_value(std::span<const std::string> arguments,
                                                    std::string_view name);

/// A switch as pflag reads it: `--name` is true, `--name=false` is false, a word after a blank is
/// no value. The last one wins.
[[nodiscard]] std::optional<bool> switch_value(std::span<const std::string> arguments,
                                               std::string_view name);

/// The value of a variable in /proc/<pid>/environ. The first one wins, as getenv(3).
[[nodiscard]] std::optional<std::string> environment_value(std::string_view environ_bytes,
                                                           std::string_view name);

/// The part after the last slash.
[[nodiscard]] std::string_view base_name(std::string_view path);
/// The part before the last slash: "/usr/bin/kubelet" is "/usr/bin", "/kubelet" is "/"; empty
/// without a slash.
[[nodiscard]] std::string_view directory_of(std::string_view path);

}  // namespace iptmode::collect
