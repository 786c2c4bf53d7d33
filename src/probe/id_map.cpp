// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/id_map.h"

#include <algorithm>
#include <charconv>

#include "sys/file.h"

namespace iptmode::probe {
namespace {

constexpr std::size_t kMaxMap = 16384;  // 340 lines of at most 33 bytes

/// The number at the front, which is taken away. Nothing if there is none.
std::optional<uid_t> take_number(std::string_view& text) noexcept {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  uid_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

}  // namespace

std::optional<uid_t> outer_root_id(std::string_view map) noexcept {
  while (!map.empty()) {
    const auto inner = take_number(map);
    const auto outer = take_number(map);
    if (!inner || !outer) return std::nullopt;
    if (*inner == 0) return outer;
    map.remove_prefix(std::min(map.find('\n'), map.size() - 1) + 1);
  }
  return std::nullopt;
}

std::optional<Account> root_of_user_namespace(int proc_dir) {
  const auto users = sys::read_file(proc_dir, "uid_map", kMaxMap);
  const auto groups = sys::read_file(proc_dir, "gid_map", kMaxMap);
  if (!users || !groups) return std::nullopt;
  const auto uid = outer_root_id(*users);
  const auto gid = outer_root_id(*groups);
  if (!uid || !gid) return std::nullopt;
  return Account{.uid = *uid, .gid = *gid};
}

}  // namespace iptmode::probe
