// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "iptmode/kernel_state.h"
#include "kernel/kernel_config.h"

namespace iptmode::kernel {

/// Whether the kernel has something, and what says so.
struct KernelAnswer {
  Support support = Support::unknown;
  std::string evidence = {};
};

/// The files that tell what one kernel release was built with and what it has loaded. Each is read
/// when it is asked for, once. Loads nothing.
class KernelFiles {
 public:
  /// The descriptors are borrowed; `release` is uname(2)'s.
  KernelFiles(int proc_root, int host_root, std::string release);

  [[nodiscard]] bool has_legacy_tables() const;
  [[nodiscard]] bool shows_network() const;
  [[nodiscard]] bool in_sysfs(const std::string& module) const;
  [[nodiscard]] bool loaded(const std::string& module);
  /// A line of a file of /proc/net (of pid 1): "ip_tables_matches".
  [[nodiscard]] bool registered(const char* file, std::string_view name);
  [[nodiscard]] bool loading_is_disabled() const;
  /// In "modules.builtin" or "modules.dep"; nothing when that list cannot be read.
  [[nodiscard]] std::optional<bool> listed_in(const char* list, const std::string& module);
  [[nodiscard]] const std::optional<std::string>& config();
  [[nodiscard]] ConfigValue configured(std::string_view option);
  [[nodiscard]] KernelRelease release() const;

  /// What the kernel's build says, when nothing shows that the code is there now. The evidence of
  /// what can be loaded is kLoadable.
  [[nodiscard]] KernelAnswer judge_build(const std::string& module, std::string_view option);

 private:
  using Text = std::optional<std::string>;
  [[nodiscard]] const Text& proc_file(const std::string& path);
  [[nodiscard]] const Text& module_list(const std::string& list);
  [[nodiscard]] Text read_config() const;

  int proc_root_;
  int host_root_;
  std::string release_;
  std::map<std::string, Text> texts_ = {};
  std::optional<Text> config_ = {};
};

}  // namespace iptmode::kernel
