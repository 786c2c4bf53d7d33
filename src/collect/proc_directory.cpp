// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/proc_directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <memory>
#include <optional>

#include "sys/file.h"

namespace iptmode::collect {

namespace {

// The kernel limits arguments and environment together to 6 MiB (execve(2)); a component's are some
// KiB, and more than this is not worth its memory.
constexpr std::size_t kMaxFile = std::size_t{1} << 20U;

struct CloseDirectory {
  void operator()(DIR* directory) const noexcept { ::closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

std::optional<pid_t> pid_from(std::string_view name) {
  pid_t pid = 0;
  const char* const end = name.data() + name.size();
  const auto [at, error] = std::from_chars(name.data(), end, pid);
  if (error != std::errc{} || at != end || pid <= 0) return std::nullopt;
  return pid;
}

std::string path_of(pid_t pid, std::string_view file) {
  return std::to_string(pid).append("/").append(file);
}

}  // namespace

bool has_exited(const Error& error) {
  return error.code == std::errc::no_such_file_or_directory ||
         error.code == std::errc::no_such_process;
}

Result<ProcDirectory> ProcDirectory::open(const std::string& path) {
  auto fd = sys::open_at(AT_FDCWD, path, O_RDONLY | O_DIRECTORY);
  if (!fd) return tl::unexpected{fd.error()};
  return ProcDirectory{std::move(*fd)};
}

Result<std::vector<pid_t>> ProcDirectory::pids() {
  // A descriptor of its own: fdopendir(3) takes it over, and its position with it.
  auto fd = sys::open_at(directory_.get(), ".", O_RDONLY | O_DIRECTORY);
  if (!fd) return tl::unexpected{fd.error()};
  const Directory entries{::fdopendir(fd->get())};
  if (!entries) return sys_error(errno, "fdopendir", "proc");
  (void)fd->release();
  std::vector<pid_t> pids;
  for (;;) {
    errno = 0;
    const dirent* const entry = ::readdir(entries.get());  // NOLINT(concurrency-mt-unsafe): own DIR
    if (entry == nullptr && errno != 0) return sys_error(errno, "readdir", "proc");
    if (entry == nullptr) return pids;
    if (const auto pid = pid_from(&entry->d_name[0])) pids.push_back(*pid);
  }
}

Result<std::string> ProcDirectory::read(pid_t pid, const char* file) {
  constexpr std::string_view kComm = "comm";
  const std::string path = path_of(pid, file);
  if (file != kComm) return sys::read_file(directory_.get(), path, kMaxFile);
  // Every process is asked for this one, so it is read without a second read for end of file.
  const auto fd = sys::open_at(directory_.get(), path, O_RDONLY);
  if (!fd) return tl::unexpected{fd.error()};
  std::array<char, 32> buffer{};
  const ssize_t size =
      sys::retry_eintr([&] { return ::read(fd->get(), buffer.data(), buffer.size()); });
  if (size < 0) return sys_error(errno, "read", path);
  std::string_view comm{buffer.data(), static_cast<std::size_t>(size)};
  if (comm.ends_with('\n')) comm.remove_suffix(1);
  return std::string{comm};
}

Result<std::string> ProcDirectory::link(pid_t pid, const char* name) {
  return sys::read_link(directory_.get(), path_of(pid, name));
}

Result<pid_t> ProcDirectory::own_pid() const {
  const auto target = sys::read_link(directory_.get(), "self");
  if (!target) return tl::unexpected{target.error()};
  const auto pid = pid_from(*target);
  if (!pid) return parse_error("pid", *target);
  return *pid;
}

}  // namespace iptmode::collect
