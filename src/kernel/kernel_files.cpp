// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/kernel_files.h"

#include <fcntl.h>

#include <utility>

#include "kernel/gunzip.h"
#include "kernel/kernel_support.h"
#include "kernel/network_reader.h"
#include "sys/file.h"

namespace iptmode::kernel {
namespace {

constexpr std::size_t kMaxFile = std::size_t{8} << 20U;  // modules.dep of a full kernel: 0.7 MiB

bool exists(int dir, const std::string& path) {
  return sys::open_at(dir, path, O_PATH).has_value();
}

std::optional<std::string> text_at(int dir, const std::string& path) {
  auto text = sys::read_file(dir, path, kMaxFile);
  if (!text) return std::nullopt;
  return std::move(*text);
}

}  // namespace

bool is_monolithic(int proc_root) {
  const auto modules = sys::open_at(proc_root, "modules", O_PATH);
  // proc itself must be there: an empty directory is no kernel without modules.
  return !modules && modules.error().code == std::errc::no_such_file_or_directory &&
         exists(proc_root, "version");
}

KernelFiles::KernelFiles(int proc_root, int host_root, std::string release)
    : proc_root_{proc_root}, host_root_{host_root}, release_{std::move(release)} {}

bool KernelFiles::has_legacy_tables() const {
  return exists(proc_root_, "1/net/ip_tables_names") ||
         exists(proc_root_, "1/net/ip6_tables_names");
}

bool KernelFiles::shows_network() const {
  return exists(proc_root_, "1/net/protocols");
}

bool KernelFiles::in_sysfs(const std::string& module) const {
  return exists(host_root_, "sys/module/" + module);
}

bool KernelFiles::loaded(const std::string& module) {
  const Text& modules = proc_file("modules");
  return modules && is_loaded(*modules, module);
}

bool KernelFiles::registered(const char* file, std::string_view name) {
  const Text& names = proc_file(std::string{"1/net/"} + file);
  return names && has_line(*names, name);
}

bool KernelFiles::loading_is_disabled() const {
  const auto disabled = sys::read_file(proc_root_, "sys/kernel/modules_disabled", 16);
  return disabled && disabled->starts_with('1');
}

std::optional<bool> KernelFiles::listed_in(const char* list, const std::string& module) {
  const Text& text = module_list(list);
  if (!text) return std::nullopt;
  return lists_module(*text, module);
}

const std::optional<std::string>& KernelFiles::config() {
  if (!config_) config_ = read_config();
  return *config_;
}

ConfigValue KernelFiles::configured(std::string_view option) {
  return config() ? config_value(*config(), option) : ConfigValue::unknown;
}

KernelRelease KernelFiles::release() const {
  return parse_kernel_release(release_).value_or(KernelRelease{});
}

const KernelFiles::Text& KernelFiles::proc_file(const std::string& path) {
  const auto [entry, is_new] = texts_.try_emplace("proc/" + path);
  if (is_new) entry->second = text_at(proc_root_, path);
  return entry->second;
}

const KernelFiles::Text& KernelFiles::module_list(const std::string& list) {
  const auto [entry, is_new] = texts_.try_emplace(list);
  if (!is_new) return entry->second;
  for (const char* directory : {"lib/modules/", "usr/lib/modules/"}) {
    entry->second = text_at(host_root_, directory + release_ + "/" + list);
    if (entry->second) break;
  }
  return entry->second;
}

std::optional<std::string> KernelFiles::read_config() const {
  if (const auto packed = sys::read_file(proc_root_, "config.gz", kMaxFile))
    if (auto config = gunzip(*packed, kMaxFile)) return std::move(*config);
  for (const std::string& path : {"boot/config-" + release_, "lib/modules/" + release_ + "/config"})
    if (auto config = text_at(host_root_, path)) return config;
  return std::nullopt;
}

KernelAnswer KernelFiles::judge_build(const std::string& module, std::string_view option) {
  const auto built_in = listed_in("modules.builtin", module);
  if (built_in == true) return {Support::yes, "modules.builtin"};
  const ConfigValue value = configured(option);
  if (value == ConfigValue::built_in) return {Support::yes, std::string{option} + "=y"};
  if (value == ConfigValue::no) return {Support::no, std::string{option} + " is not set"};
  const auto loadable = listed_in("modules.dep", module);
  if (loadable == true && loading_is_disabled()) return {Support::no, "kernel.modules_disabled=1"};
  if (loadable == true) return {Support::yes, std::string{kLoadable}};
  if (loadable == false && (built_in == false || value == ConfigValue::module))
    return {Support::no, "no module " + module};
  if (value == ConfigValue::module)
    return {Support::unknown, std::string{option} + "=m, modules.dep was not read"};
  return {Support::unknown, "neither the kernel's configuration nor its modules were read"};
}

}  // namespace iptmode::kernel
