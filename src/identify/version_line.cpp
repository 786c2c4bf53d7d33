// SPDX-License-Identifier: GPL-2.0-or-later
#include "iptmode/identify.h"

namespace iptmode {

Result<Identity> parse_version_line(std::string_view output) {
  constexpr std::string_view kName = "iptables v";
  constexpr std::size_t kMaxLine = 200;  // real lines have 27 bytes
  constexpr Version kFirstWithSuffix{1, 8, 0};

  const std::string_view line = output.substr(0, output.find('\n'));
  const auto bad = [&] { return parse_error("output of iptables -V", line); };
  if (line.size() > kMaxLine || !line.starts_with(kName)) return bad();

  const std::string_view rest = line.substr(kName.size());
  const std::size_t space = rest.find(' ');
  const auto version = version_from_string(rest.substr(0, space));
  if (!version) return bad();
  if (space == std::string_view::npos) {
    if (*version >= kFirstWithSuffix) return bad();
    return Identity{.backend = Backend::legacy, .version = version};
  }

  std::string_view suffix = rest.substr(space + 1);
  if (!suffix.starts_with('(') || !suffix.ends_with(')')) return bad();
  suffix.remove_prefix(1);
  suffix.remove_suffix(1);
  const auto backend = backend_from_string(suffix);
  if (!backend) return bad();
  return Identity{.backend = backend, .version = version};
}

}  // namespace iptmode
