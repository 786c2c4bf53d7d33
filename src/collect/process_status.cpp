// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/process_status.h"

#include <linux/capability.h>

#include <charconv>
#include <optional>

namespace iptmode::collect {

namespace {

/// The whole of `text` as a number.
std::optional<std::uint64_t> number_from(std::string_view text, int base) {
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, value, base);
  if (error != std::errc{} || at != end || text.empty()) return std::nullopt;
  return value;
}

}  // namespace

Result<std::uint64_t> parse_effective_capabilities(std::string_view status) {
  constexpr std::string_view kKey = "CapEff:\t";
  // At the start of a line only: the line Name holds bytes that the process chose.
  auto at = status.starts_with(kKey) ? 0 : status.find(std::string{"\n"}.append(kKey));
  if (at == status.npos) return parse_error("process status", status.substr(0, status.find('\n')));
  at += at == 0 ? kKey.size() : kKey.size() + 1;
  const std::string_view digits = status.substr(at, status.find('\n', at) - at);
  const auto value = number_from(digits, 16);
  if (!value) return parse_error("CapEff", digits);
  return *value;
}

bool has_net_admin(std::uint64_t capabilities) {
  return ((capabilities >> CAP_NET_ADMIN) & 1U) != 0;
}

Result<NamespaceId> parse_namespace_link(std::string_view type, std::string_view target) {
  const auto bad = [&] { return parse_error("namespace link", target); };
  if (!target.starts_with(type)) return bad();
  std::string_view rest = target.substr(type.size());
  if (!rest.starts_with(":[") || !rest.ends_with(']')) return bad();
  rest = rest.substr(2, rest.size() - 3);
  const auto inode = number_from(rest, 10);
  if (!inode || *inode == 0) return bad();
  return *inode;
}

}  // namespace iptmode::collect
