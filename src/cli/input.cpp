// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/input.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>

#include "archive/unpack.h"
#include "iptmode/snapshot_json.h"
#include "sys/file.h"

namespace iptmode::cli {

namespace {

constexpr std::string_view kStandardInput = "-";
const std::string snapshot_name = "snapshot.json";
constexpr std::size_t kMaxInput = std::size_t{64} << 20U;  // a bundle is not larger, unpacked
// Who types a snapshot in, or waits for a node's over a slow line, knows when to stop.
constexpr std::chrono::hours kPatience{24};

bool is_directory(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 && S_ISDIR(status.st_mode);
}

/// More is read of an archive than of a snapshot. What cannot be looked into first, a pipe, may be
/// either.
std::size_t limit_of(int fd) {
  std::array<char, 512> head{};
  const auto size = ::pread(fd, head.data(), head.size(), 0);
  if (size < 0) return kMaxInput;
  const std::string_view begin{head.data(), static_cast<std::size_t>(size)};
  return archive::looks_like_archive(begin) ? kMaxInput : kMaxSnapshotBytes;
}

// A link in somebody else's bundle leads to our own files.
Result<std::string> read_directory(int directory, const std::string& file) {
  const auto fd = sys::open_at(directory, snapshot_name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if (!fd && fd.error().code == std::errc::no_such_file_or_directory)
    return sys_error(EISDIR, "read", file);
  if (!fd) return tl::unexpected(fd.error());
  struct stat status {};
  if (::fstat(fd->get(), &status) != 0) return sys_error(errno, "fstat", snapshot_name);
  if (!S_ISREG(status.st_mode)) return sys_error(EINVAL, "not a regular file:", snapshot_name);
  return sys::read_bounded(fd->get(), kMaxSnapshotBytes, std::chrono::seconds{5});
}

Result<std::string> read_input(const std::string& file, std::chrono::seconds timeout) {
  if (file == kStandardInput) return sys::read_bounded(STDIN_FILENO, kMaxInput, kPatience);
  // A pipe (`diagnose <(zcat x.gz)`) is welcome; without a writer it must not hold us up.
  const auto fd = sys::open_at(AT_FDCWD, file, O_RDONLY | O_NONBLOCK);
  if (!fd) return tl::unexpected(fd.error());
  if (is_directory(fd->get())) return read_directory(fd->get(), file);
  return sys::read_bounded(fd->get(), limit_of(fd->get()), timeout);
}

}  // namespace

Result<Snapshot> read_snapshot(const std::string& file, std::chrono::seconds timeout) {
  const auto bytes = read_input(file, timeout);
  if (!bytes) return tl::unexpected(bytes.error());
  if (!archive::looks_like_archive(*bytes)) return snapshot_from_json(*bytes);
  const auto stored =
      archive::unpack_member(*bytes, snapshot_name, {.member_bytes = kMaxSnapshotBytes});
  if (!stored) return tl::unexpected(stored.error());
  return snapshot_from_json(*stored);
}

// A system's own words for a file; the reader's for what is in it.
std::string reason_of(const Error& error) {
  for (const std::string_view reader : {"snapshot: ", "bundle: "})
    if (error.context.starts_with(reader)) return error.context.substr(reader.size());
  return error.code.message();
}

}  // namespace iptmode::cli
