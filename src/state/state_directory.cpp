// SPDX-License-Identifier: GPL-2.0-or-later
#include "state/state_directory.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "sys/file.h"

namespace iptmode::state {

namespace {

using namespace std::chrono_literals;

constexpr mode_t kOwnDirectory = 0700;
constexpr mode_t kOwnFile = 0600;

Result<> write_all(int fd, std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const ssize_t written = sys::retry_eintr([&] { return ::write(fd, text.data(), text.size()); });
    if (written < 0) return sys_error(errno, "write", path);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

// Always the same name, so that a run that is killed leaves at most one behind. The lock keeps
// others away from it; one that is left over is written anew.
Result<> write_temporary(int directory, const std::string& name, std::string_view text) {
  (void)::unlinkat(directory, name.c_str(), 0);
  const sys::UniqueFd fd{::openat(directory, name.c_str(),
                                  O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kOwnFile)};
  if (!fd) return sys_error(errno, "openat", name);
  if (auto written = write_all(fd.get(), text, name); !written) return written;
  if (::fsync(fd.get()) != 0) return sys_error(errno, "fsync", name);
  return {};
}

}  // namespace

std::string state_path() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing here changes the environment
  const char* const given = std::getenv("STATE_DIRECTORY");
  const std::string_view all = given == nullptr ? "" : given;
  const std::string first{all.substr(0, all.find(':'))};
  return first.empty() ? "/var/lib/iptmode" : first;
}

Result<StateDirectory> StateDirectory::open(const std::string& path) {
  auto fd = sys::open_at(AT_FDCWD, path, O_RDONLY | O_DIRECTORY);
  if (!fd) return tl::unexpected(fd.error());
  struct stat status {};
  if (::fstat(fd->get(), &status) != 0) return sys_error(errno, "fstat", path);
  const bool shared = (status.st_mode & (S_IWGRP | S_IWOTH)) != 0;
  if (status.st_uid != ::geteuid() || shared)
    return sys_error(EACCES, "others can write to the state directory", path);
  return StateDirectory{std::move(*fd), path};
}

Result<StateDirectory> StateDirectory::create(const std::string& path) {
  if (::mkdir(path.c_str(), kOwnDirectory) != 0 && errno != EEXIST)
    return sys_error(errno, "mkdir", path);
  return open(path);
}

Result<sys::UniqueFd> StateDirectory::lock() const {
  sys::UniqueFd file{
      ::openat(fd_.get(), "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, kOwnFile)};
  if (!file) return sys_error(errno, "openat", path_ + "/lock");
  struct flock whole {};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  while (::fcntl(file.get(), F_OFD_SETLK, &whole) != 0) {
    if (errno != EAGAIN && errno != EACCES) return sys_error(errno, "fcntl", path_ + "/lock");
    if (std::chrono::steady_clock::now() > deadline)
      return sys_error(ETIMEDOUT, "another run holds", path_ + "/lock");
    std::this_thread::sleep_for(20ms);
  }
  return file;
}

Result<std::optional<std::string>> StateDirectory::read(const std::string& name,
                                                        std::size_t max_bytes) const {
  const auto fd = sys::open_at(fd_.get(), name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if (!fd && fd.error().code == std::errc::no_such_file_or_directory) return std::nullopt;
  if (!fd) return tl::unexpected(fd.error());
  struct stat status {};
  if (::fstat(fd->get(), &status) != 0) return sys_error(errno, "fstat", name);
  if (!S_ISREG(status.st_mode)) return sys_error(EINVAL, "not a regular file:", name);
  auto text = sys::read_bounded(fd->get(), max_bytes, 5s);
  if (!text) return tl::unexpected(text.error());
  return std::optional<std::string>{std::move(*text)};
}

Result<> StateDirectory::replace(const std::string& name, std::string_view text) const {
  const std::string temporary = name + ".new";
  if (auto written = write_temporary(fd_.get(), temporary, text); !written) {
    (void)::unlinkat(fd_.get(), temporary.c_str(), 0);  // a full disk gets its space back
    return written;
  }
  return rename(temporary, name);
}

Result<> StateDirectory::rename(const std::string& from, const std::string& to) const {
  if (::renameat(fd_.get(), from.c_str(), fd_.get(), to.c_str()) != 0)
    return sys_error(errno, "rename", path_ + "/" + from);
  return sync();
}

// So that a new name survives a power cut as well as the content does.
Result<> StateDirectory::sync() const {
  if (::fsync(fd_.get()) != 0 && errno != EINVAL) return sys_error(errno, "fsync", path_);
  return {};
}

}  // namespace iptmode::state
