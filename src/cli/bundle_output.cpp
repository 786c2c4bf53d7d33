// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/bundle_output.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "cli/output.h"
#include "sys/file.h"
#include "sys/unique_fd.h"

namespace iptmode::cli {

namespace {

constexpr mode_t kOwnFile = 0600;
constexpr mode_t kOwnDirectory = 0700;

/// Ctrl-C and its kin wait until what has begun is whole.
class DelayedSignals {
 public:
  DelayedSignals() {
    sigset_t signals;
    ::sigemptyset(&signals);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) ::sigaddset(&signals, signal);
    ::pthread_sigmask(SIG_BLOCK, &signals, &before_);
  }
  DelayedSignals(const DelayedSignals&) = delete;
  DelayedSignals& operator=(const DelayedSignals&) = delete;
  DelayedSignals(DelayedSignals&&) = delete;
  DelayedSignals& operator=(DelayedSignals&&) = delete;
  ~DelayedSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_ = {};
};

std::string without_slashes(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

std::string parent_of(const std::string& path) {
  const std::string parent = std::filesystem::path{path}.parent_path().string();
  return parent.empty() ? "." : parent;
}

Result<> fill(int fd, std::string_view content, const std::string& path) {
  if (auto written = write_to(fd, content, path); !written) return written;
  if (::fsync(fd) != 0) return sys_error(errno, "fsync", path);
  return {};
}

Result<> put_in_place(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) == 0) return {};
  const int errnum = errno;
  (void)::unlink(from.c_str());
  return sys_error(errnum, "rename", to);
}

/// Through a file without a name, which is gone with this process.
Result<> write_unnamed(const sys::UniqueFd& fd, std::string_view content, const std::string& path) {
  if (auto filled = fill(fd.get(), content, path); !filled) return filled;
  const std::string unnamed = "/proc/self/fd/" + std::to_string(fd.get());
  const std::string whole = path + "." + std::to_string(::getpid());
  if (::linkat(AT_FDCWD, unnamed.c_str(), AT_FDCWD, whole.c_str(), AT_SYMLINK_FOLLOW) != 0)
    return sys_error(errno, "linkat", whole);
  return put_in_place(whole, path);
}

/// Where a file system or a missing /proc does not allow that.
Result<> write_named(std::string_view content, const std::string& path) {
  std::string name = path + ".XXXXXX";
  const sys::UniqueFd fd{::mkostemp(name.data(), O_CLOEXEC)};
  if (!fd) return sys_error(errno, "create a file beside", path);
  if (auto filled = fill(fd.get(), content, path); !filled) {
    (void)::unlink(name.c_str());
    return filled;
  }
  return put_in_place(name, path);
}

Result<> write_files(const std::string& directory, const bundle::Bundle& bundle) {
  for (const bundle::Item& item : bundle.files) {
    const std::string path = directory + "/" + item.path;
    for (std::size_t slash = path.find('/', directory.size() + 1); slash != path.npos;
         slash = path.find('/', slash + 1))
      if (::mkdir(path.substr(0, slash).c_str(), kOwnDirectory) != 0 && errno != EEXIST)
        return sys_error(errno, "mkdir", path.substr(0, slash));
    const sys::UniqueFd fd{::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kOwnFile)};
    if (!fd) return sys_error(errno, "open", path);
    if (auto filled = fill(fd.get(), item.content, path); !filled) return filled;
  }
  return {};
}

}  // namespace

Result<> write_private_file(const std::string& path, std::string_view content) {
  const DelayedSignals delayed;
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode))
    return sys_error(EINVAL, "not a regular file:", path);
  const sys::UniqueFd fd{
      ::open(parent_of(path).c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, kOwnFile)};
  const bool unnamed = fd && ::access("/proc/self/fd", X_OK) == 0;
  return unnamed ? write_unnamed(fd, content, path) : write_named(content, path);
}

std::string obstacle_to_directory(const std::string& path) {
  namespace fs = std::filesystem;
  const std::string target = without_slashes(path);
  std::error_code error;
  const fs::file_status status = fs::symlink_status(target, error);
  if (fs::exists(status)) {
    if (!fs::is_directory(status)) return "it is there and no directory";
    const bool empty = fs::is_empty(target, error);
    return error ? error.message() : empty ? std::string{} : "the directory is not empty";
  }
  if (!fs::is_directory(parent_of(target), error)) return "there is no directory to make it in";
  return {};
}

Result<> write_directory(const std::string& path, const bundle::Bundle& bundle) {
  const DelayedSignals delayed;
  const std::string target = without_slashes(path);
  std::string work = target + ".XXXXXX";
  if (::mkdtemp(work.data()) == nullptr) return sys_error(errno, "mkdtemp", work);
  auto written = write_files(work, bundle);
  // rename(2) takes the place of an empty directory, and of no other.
  if (written && ::rename(work.c_str(), target.c_str()) != 0)
    written = sys_error(errno, "rename", target);
  std::error_code ignored;
  if (!written) std::filesystem::remove_all(work, ignored);
  return written;
}

}  // namespace iptmode::cli
