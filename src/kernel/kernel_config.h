// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace iptmode::kernel {

/// "6.18.44-generic" is {6, 18}.
struct KernelRelease {
  unsigned version = 0;
  unsigned series = 0;
  auto operator<=>(const KernelRelease&) const = default;
};
[[nodiscard]] std::optional<KernelRelease> parse_kernel_release(std::string_view release);

enum class ConfigValue : std::uint8_t { unknown, no, module, built_in };

/// The value of a tristate option in a kernel's .config. `no` when it is not set or not mentioned:
/// Kconfig leaves out what an option that is off would need.
[[nodiscard]] ConfigValue config_value(std::string_view config, std::string_view option);

/// Whether the option is in the .config at all, set or "is not set".
[[nodiscard]] bool mentions(std::string_view config, std::string_view option);

/// Whether modules.builtin or modules.dep (depmod(8)) names a module: "nf_tables".
[[nodiscard]] bool lists_module(std::string_view list, const std::string& module);

/// Whether a line of `text` is exactly `line`.
[[nodiscard]] bool has_line(std::string_view text, std::string_view line);

/// Whether /proc/modules has it.
[[nodiscard]] bool is_loaded(std::string_view proc_modules, const std::string& module);

}  // namespace iptmode::kernel
