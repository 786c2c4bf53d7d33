// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/arguments.h"

#include <algorithm>

namespace iptmode::collect {

namespace {

/// What follows the dashes of `argument`; nothing when it is no flag.
std::optional<std::string_view> flag_body(std::string_view argument) {
  if (!argument.starts_with('-')) return std::nullopt;
  argument.remove_prefix(argument.starts_with("--") ? 2 : 1);
  return argument;
}

}  // namespace

std::vector<std::string> split_zero_terminated(std::string_view bytes) {
  while (bytes.ends_with('\0')) bytes.remove_suffix(1);
  std::vector<std::string> strings;
  if (bytes.empty()) return strings;
  for (;;) {
    const auto end = bytes.find('\0');
    strings.emplace_back(bytes.substr(0, end));
    if (end == std::string_view::npos) return strings;
    bytes.remove_prefix(end + 1);
  }
}

std::optional<std::string> flag_value(std::span<const std::string> arguments,
                                      std::string_view name) {
  std::optional<std::string> value;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto body = flag_body(arguments[i]);
    if (!body || !body->starts_with(name)) continue;
    if (body->size() > name.size() && (*body)[name.size()] == '=')
      value = body->substr(name.size() + 1);
    else if (body->size() == name.size() && i + 1 < arguments.size())
      value = arguments[++i];
  }
  return value;
}

std::optional<bool> switch_value(std::span<const std::string> arguments, std::string_view name) {
  std::optional<bool> value;
  for (const std::string& argument : arguments) {
    const auto body = flag_body(argument);
    if (!body || !body->starts_with(name)) continue;
    const std::string_view rest = body->substr(name.size());
    // The words that Go's strconv.ParseBool takes for true and false.
    if (rest.empty() || rest == "=true" || rest == "=1" || rest == "=t" || rest == "=T" ||
        rest == "=TRUE" || rest == "=True")
      value = true;
    else if (rest == "=false" || rest == "=0" || rest == "=f" || rest == "=F" || rest == "=FALSE" ||
             rest == "=False")
      value = false;
  }
  return value;
}

std::optional<std::string> environment_value(std::string_view environ_bytes,
                                             std::string_view name) {
  while (!environ_bytes.empty()) {
    const std::string_view entry = environ_bytes.substr(0, environ_bytes.find('\0'));
    if (entry.size() > name.size() && entry[name.size()] == '=' && entry.starts_with(name))
      return std::string{entry.substr(name.size() + 1)};
    environ_bytes.remove_prefix(std::min(entry.size() + 1, environ_bytes.size()));
  }
  return std::nullopt;
}

std::string_view base_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);  // npos + 1 is 0: no slash, the whole
}

std::string_view directory_of(std::string_view path) {
  const auto slash = path.rfind('/');
  if (slash == std::string_view::npos) return {};
  return slash == 0 ? path.substr(0, 1) : path.substr(0, slash);
}

}  // namespace iptmode::collect
