// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/kernel_support.h"

#include <fcntl.h>
#include <sys/utsname.h>

#include <array>
#include <cerrno>
#include <optional>
#include <string_view>
#include <utility>

#include "kernel/gunzip.h"
#include "kernel/kernel_config.h"
#include "kernel/network_reader.h"
#include "sys/file.h"

namespace iptmode::kernel {
namespace {

constexpr std::size_t kMaxFile = std::size_t{8} << 20U;  // modules.dep of a full kernel: 0.7 MiB
// From here on the legacy tables need CONFIG_NETFILTER_XTABLES_LEGACY (Linux commit 9fce66583f06).
constexpr KernelRelease kLegacyIsAnOption{.version = 6, .series = 17};

struct Answer {
  Support support = Support::unknown;
  std::string evidence = {};
};

/// The option that builds ip_tables. Newer kernels, and some older ones in later stable releases,
/// have CONFIG_IP_NF_IPTABLES_LEGACY for it; there CONFIG_IP_NF_IPTABLES only opens the menu.
std::string_view legacy_option(std::string_view config) {
  constexpr std::string_view kOwnName = "CONFIG_IP_NF_IPTABLES_LEGACY";
  return mentions(config, kOwnName) ? kOwnName : "CONFIG_IP_NF_IPTABLES";
}

/// Looks for one kernel's files; each is read when it is asked for.
class KernelFiles {
 public:
  KernelFiles(int proc_root, int host_root, std::string release)
      : proc_root_{proc_root}, host_root_{host_root}, release_{std::move(release)} {}

  [[nodiscard]] bool has_legacy_tables() const {
    return exists(proc_root_, "1/net/ip_tables_names") ||
           exists(proc_root_, "1/net/ip6_tables_names");
  }
  [[nodiscard]] bool shows_network() const { return exists(proc_root_, "1/net/protocols"); }
  [[nodiscard]] bool in_sysfs(const std::string& module) const {
    return exists(host_root_, "sys/module/" + module);
  }
  [[nodiscard]] bool loaded(const std::string& module) const {
    const auto modules = sys::read_file(proc_root_, "modules", kMaxFile);
    return modules && is_loaded(*modules, module);
  }
  [[nodiscard]] bool loading_is_disabled() const {
    const auto disabled = sys::read_file(proc_root_, "sys/kernel/modules_disabled", 16);
    return disabled && disabled->starts_with('1');
  }
  /// Nothing when the list cannot be read.
  [[nodiscard]] std::optional<bool> listed_in(const char* list, const std::string& module) const {
    for (const char* directory : {"lib/modules/", "usr/lib/modules/"}) {
      const auto text = sys::read_file(host_root_, directory + release_ + "/" + list, kMaxFile);
      if (text) return lists_module(*text, module);
    }
    return std::nullopt;
  }
  [[nodiscard]] const std::optional<std::string>& config() {
    if (!config_read_) config_ = read_config();
    config_read_ = true;
    return config_;
  }
  [[nodiscard]] ConfigValue configured(std::string_view option) {
    return config() ? config_value(*config(), option) : ConfigValue::unknown;
  }
  [[nodiscard]] KernelRelease release() const {
    return parse_kernel_release(release_).value_or(KernelRelease{});
  }

 private:
  static bool exists(int dir, const std::string& path) {
    return sys::open_at(dir, path, O_PATH).has_value();
  }
  [[nodiscard]] std::optional<std::string> read_config() const {
    if (const auto packed = sys::read_file(proc_root_, "config.gz", kMaxFile))
      if (auto config = gunzip(*packed, kMaxFile)) return std::move(*config);
    for (const std::string& path :
         {"boot/config-" + release_, "lib/modules/" + release_ + "/config"})
      if (auto config = sys::read_file(host_root_, path, kMaxFile)) return std::move(*config);
    return std::nullopt;
  }

  int proc_root_;
  int host_root_;
  std::string release_;
  bool config_read_ = false;
  std::optional<std::string> config_ = {};
};

/// What the kernel's build says, when nothing shows that the code is there now.
Answer judge_build(KernelFiles& files, const std::string& module, std::string_view option) {
  const auto built_in = files.listed_in("modules.builtin", module);
  if (built_in == true) return {Support::yes, "modules.builtin"};
  const ConfigValue value = files.configured(option);
  if (value == ConfigValue::built_in) return {Support::yes, std::string{option} + "=y"};
  if (value == ConfigValue::no) return {Support::no, std::string{option} + " is not set"};
  const auto loadable = files.listed_in("modules.dep", module);
  if (loadable == true && files.loading_is_disabled())
    return {Support::no, "kernel.modules_disabled=1"};
  if (loadable == true) return {Support::yes, std::string{kLoadable}};
  if (loadable == false && (built_in == false || value == ConfigValue::module))
    return {Support::no, "no module " + module};
  if (value == ConfigValue::module)
    return {Support::unknown, std::string{option} + "=m, modules.dep was not read"};
  return {Support::unknown, "neither the kernel's configuration nor its modules were read"};
}

Answer judge_legacy(KernelFiles& files, bool monolithic) {
  if (files.has_legacy_tables()) return {Support::yes, "/proc/net/ip_tables_names"};
  constexpr std::string_view kSwitch = "CONFIG_NETFILTER_XTABLES_LEGACY";
  if (files.release() >= kLegacyIsAnOption && files.configured(kSwitch) == ConfigValue::no)
    return {Support::no, std::string{kSwitch} + " is not set"};
  Answer answer = judge_build(files, "ip_tables", legacy_option(files.config().value_or("")));
  // ip_tables makes its file in every network namespace, so without modules to come it is not here.
  if (answer.support == Support::unknown && monolithic && files.shows_network())
    return {Support::no, "no /proc/net/ip_tables_names, no modules"};
  return answer;
}

Answer judge_nft(KernelFiles& files) {
  const std::string module = "nf_tables";
  if (files.in_sysfs(module)) return {Support::yes, "/sys/module/nf_tables"};
  if (files.loaded(module)) return {Support::yes, "/proc/modules"};
  return judge_build(files, module, "CONFIG_NF_TABLES");
}

}  // namespace

bool is_monolithic(int proc_root) {
  const auto modules = sys::open_at(proc_root, "modules", O_PATH);
  // proc itself must be there: an empty directory is no kernel without modules.
  return !modules && modules.error().code == std::errc::no_such_file_or_directory &&
         sys::open_at(proc_root, "version", O_PATH).has_value();
}

KernelSupport read_support_of(int proc_root, int host_root, const std::string& release) {
  KernelFiles files{proc_root, host_root, release};
  Answer legacy = judge_legacy(files, is_monolithic(proc_root));
  Answer nft = judge_nft(files);
  return {.legacy = legacy.support,
          .nft = nft.support,
          .legacy_evidence = std::move(legacy.evidence),
          .nft_evidence = std::move(nft.evidence)};
}

KernelSupport read_kernel_support(int proc_root, int host_root) {
  utsname name = {};
  const std::string release = ::uname(&name) == 0 ? name.release : "";
  return read_support_of(proc_root, host_root, release);
}

}  // namespace iptmode::kernel
