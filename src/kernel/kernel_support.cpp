// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/kernel_support.h"

#include <sys/utsname.h>

#include <string_view>
#include <utility>

#include "kernel/kernel_config.h"
#include "kernel/kernel_extensions.h"
#include "kernel/kernel_files.h"
#include "kernel/network_reader.h"

namespace iptmode::kernel {
namespace {

// From here on the legacy tables need CONFIG_NETFILTER_XTABLES_LEGACY (Linux commit 9fce66583f06).
constexpr KernelRelease kLegacyIsAnOption{.version = 6, .series = 17};

/// The option that builds ip_tables. Newer kernels, and some older ones in later stable releases,
/// have CONFIG_IP_NF_IPTABLES_LEGACY for it; there CONFIG_IP_NF_IPTABLES only opens the menu.
std::string_view legacy_option(std::string_view config) {
  constexpr std::string_view kOwnName = "CONFIG_IP_NF_IPTABLES_LEGACY";
  return mentions(config, kOwnName) ? kOwnName : "CONFIG_IP_NF_IPTABLES";
}

KernelAnswer judge_legacy(KernelFiles& files, bool monolithic) {
  if (files.has_legacy_tables()) return {Support::yes, "/proc/net/ip_tables_names"};
  constexpr std::string_view kSwitch = "CONFIG_NETFILTER_XTABLES_LEGACY";
  if (files.release() >= kLegacyIsAnOption && files.configured(kSwitch) == ConfigValue::no)
    return {Support::no, std::string{kSwitch} + " is not set"};
  KernelAnswer answer = files.judge_build("ip_tables", legacy_option(files.config().value_or("")));
  // ip_tables makes its file in every network namespace, so without modules to come it is not here.
  if (answer.support == Support::unknown && monolithic && files.shows_network())
    return {Support::no, "no /proc/net/ip_tables_names, no modules"};
  return answer;
}

KernelAnswer judge_nft(KernelFiles& files) {
  const std::string module = "nf_tables";
  if (files.in_sysfs(module)) return {Support::yes, "/sys/module/nf_tables"};
  if (files.loaded(module)) return {Support::yes, "/proc/modules"};
  return files.judge_build(module, "CONFIG_NF_TABLES");
}

}  // namespace

KernelSupport read_support_of(int proc_root, int host_root, const std::string& release) {
  KernelFiles files{proc_root, host_root, release};
  KernelAnswer legacy = judge_legacy(files, is_monolithic(proc_root));
  KernelAnswer nft = judge_nft(files);
  return {.legacy = legacy.support,
          .nft = nft.support,
          .legacy_evidence = std::move(legacy.evidence),
          .nft_evidence = std::move(nft.evidence),
          .extensions = read_extensions(files)};
}

KernelSupport read_kernel_support(int proc_root, int host_root) {
  utsname name = {};
  const std::string release = ::uname(&name) == 0 ? name.release : "";
  return read_support_of(proc_root, host_root, release);
}

}  // namespace iptmode::kernel
