// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/read_only_view.h"

#include <fcntl.h>
#include <sys/mount.h>

#include <array>
#include <cerrno>
#include <optional>

#include "sys/file.h"

namespace iptmode::probe {
namespace {

constexpr std::size_t kMaxMountinfo = std::size_t{16} << 20U;  // 100,000 mounts, the default limit

bool is_octal(char c) {
  return c >= '0' && c <= '7';
}

/// Space, tab, newline and backslash are written as \ooo.
std::string undo_escapes(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    if (text.size() >= 4 && text[0] == '\\' && is_octal(text[1]) && is_octal(text[2]) &&
        is_octal(text[3])) {
      plain += static_cast<char>((text[1] - '0') * 64 + (text[2] - '0') * 8 + (text[3] - '0'));
      text.remove_prefix(4);
    } else {
      plain += text.front();
      text.remove_prefix(1);
    }
  }
  return plain;
}

std::string_view take_until(std::string_view& text, char separator) {
  const auto end = std::min(text.find(separator), text.size());
  const auto taken = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return taken;
}

/// Only what a remount would otherwise clear. The way access times are kept is not listed: since
/// Linux 3.17 a remount that names none of those flags preserves them, locked ones too.
unsigned long restrictions(std::string_view options) {
  unsigned long flags = 0;
  while (!options.empty()) {
    const auto option = take_until(options, ',');
    if (option == "noexec") flags |= MS_NOEXEC;
    if (option == "nosymfollow") flags |= MS_NOSYMFOLLOW;
  }
  return flags;
}

/// "36 35 98:0 /mnt1 /mnt/a\040b rw,noexec master:1 - ext3 /dev/root rw"
std::optional<MountLine> parse_line(std::string_view line) {
  std::array<std::string_view, 6> fields{};
  for (std::string_view& field : fields) field = take_until(line, ' ');
  if (!fields[4].starts_with('/') || fields[5].empty()) return std::nullopt;
  return MountLine{.path = undo_escapes(fields[4]), .flags = restrictions(fields[5])};
}

/// A mount that another one hides is not reached by its path; nobody else reaches it either.
bool remount(const MountLine& mount) noexcept {
  const unsigned long flags = MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV | mount.flags;
  if (::mount(nullptr, mount.path.c_str(), nullptr, flags, nullptr) == 0) return true;
  // The mount point was removed in another namespace: no path leads there any more.
  return errno == ENOENT && mount.path.ends_with("//deleted");
}

int remount_one_by_one(int host_proc) noexcept {
  // A descriptor of the directory, so that `self` is this process and the file is opened only now:
  // mountinfo shows the namespace that its reader had when opening it.
  const auto text = sys::read_file(host_proc, "self/mountinfo", kMaxMountinfo);
  if (!text) return errno = text.error().code.value(), -1;
  const auto mounts = parse_mountinfo(*text);
  if (!mounts || mounts->empty()) return errno = EINVAL, -1;
  for (const MountLine& mount : *mounts)
    if (!remount(mount)) return -1;
  return 0;
}

}  // namespace

Result<std::vector<MountLine>> parse_mountinfo(std::string_view text) {
  std::vector<MountLine> mounts;
  while (!text.empty()) {
    const auto line = take_until(text, '\n');
    auto mount = parse_line(line);
    if (!mount) return parse_error("line of mountinfo", line);
    mounts.push_back(std::move(*mount));
  }
  return mounts;
}

int make_mounts_private() noexcept {
  return ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
}

int make_mounts_read_only(int host_proc, bool without_mount_setattr) noexcept {
  if (!without_mount_setattr) {
    mount_attr attributes = {};
    attributes.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
    if (::mount_setattr(AT_FDCWD, "/", AT_RECURSIVE, &attributes, sizeof attributes) == 0) return 0;
    // EPERM too: a seccomp profile around this program can refuse calls that it does not know.
    if (errno != ENOSYS && errno != EPERM) return -1;
  }
  return remount_one_by_one(host_proc);
}

}  // namespace iptmode::probe
