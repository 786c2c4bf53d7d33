// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/kernel_config.h"

#include <charconv>
#include <cstddef>

namespace iptmode::kernel {
namespace {

/// Takes a number from the front of `text`.
std::optional<unsigned> take_number(std::string_view& text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

/// What follows the first line that begins with `prefix`, to the end of that line.
std::optional<std::string_view> line_after(std::string_view text, std::string_view prefix) {
  for (std::size_t at = text.find(prefix); at != std::string_view::npos;
       at = text.find(prefix, at + 1)) {
    if (at != 0 && text[at - 1] != '\n') continue;
    const std::string_view rest = text.substr(at + prefix.size());
    return rest.substr(0, rest.find('\n'));
  }
  return std::nullopt;
}

}  // namespace

std::optional<KernelRelease> parse_kernel_release(std::string_view release) {
  const auto version = take_number(release);
  if (!version || !release.starts_with('.')) return std::nullopt;
  release.remove_prefix(1);
  const auto series = take_number(release);
  if (!series) return std::nullopt;
  return KernelRelease{.version = *version, .series = *series};
}

ConfigValue config_value(std::string_view config, std::string_view option) {
  const auto value = line_after(config, std::string{option} + "=");
  if (value == "y") return ConfigValue::built_in;
  return value == "m" ? ConfigValue::module : ConfigValue::no;
}

bool mentions(std::string_view config, std::string_view option) {
  return line_after(config, std::string{option} + "=") ||
         line_after(config, "# " + std::string{option} + " ");
}

bool lists_module(std::string_view list, const std::string& module) {
  // "kernel/net/netfilter/nf_tables.ko", also .ko.xz and .ko.zst
  return list.find("/" + module + ".ko") != std::string_view::npos;
}

bool has_line(std::string_view text, std::string_view line) {
  for (std::size_t at = text.find(line); at != std::string_view::npos;
       at = text.find(line, at + 1)) {
    const std::size_t end = at + line.size();
    if ((at == 0 || text[at - 1] == '\n') && (end == text.size() || text[end] == '\n')) return true;
  }
  return false;
}

bool is_loaded(std::string_view proc_modules, const std::string& module) {
  return line_after(proc_modules, module + " ").has_value();
}

}  // namespace iptmode::kernel
