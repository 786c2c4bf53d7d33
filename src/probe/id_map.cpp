// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/id_map.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <utility>

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

constexpr std::size_t kMaxLines = 340;
constexpr std::uint32_t kFirstOfNobody = 0xffff0000U;

}  // namespace

std::string map_to_nobody(std::span<const std::uint32_t> inner) {
  std::string map;
  std::uint32_t outer = kFirstOfNobody;
  for (const std::uint32_t id : inner.first(std::min(inner.size(), kMaxLines)))
    map += std::to_string(id) + ' ' + std::to_string(outer++) + " 1\n";
  return map;
}

Result<> write_id_map(pid_t process, const char* file, std::string_view map) {
  const std::string path = "/proc/" + std::to_string(process) + "/" + file;
  const auto fd = sys::open_at(AT_FDCWD, path, O_WRONLY);
  if (!fd) return tl::unexpected{fd.error()};
  const ssize_t written = ::write(fd->get(), map.data(), map.size());
  if (written < 0) return sys_error(errno, "write", path);
  return std::cmp_equal(written, map.size()) ? Result<>{} : sys_error(EIO, "write", path);
}

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
