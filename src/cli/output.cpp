// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/output.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include "sys/file.h"
#include "sys/unique_fd.h"

namespace iptmode::cli {

namespace {

constexpr mode_t kReadableByAll = 0644;  // monitoring agents read the report as another user

/// A temporary file that goes away again unless it is renamed.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& target) : path_{target + ".XXXXXX"} {
    fd_.reset(::mkostemp(path_.data(), O_CLOEXEC));
    created_ = static_cast<bool>(fd_);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  TemporaryFile(TemporaryFile&&) = delete;
  TemporaryFile& operator=(TemporaryFile&&) = delete;
  ~TemporaryFile() {
    if (created_) ::unlink(path_.c_str());
  }

  [[nodiscard]] int fd() const { return fd_.get(); }
  [[nodiscard]] bool created() const { return created_; }
  [[nodiscard]] Result<> become(const std::string& target) {
    if (::rename(path_.c_str(), target.c_str()) != 0) return sys_error(errno, "rename", target);
    created_ = false;
    return {};
  }

 private:
  std::string path_;
  sys::UniqueFd fd_;
  bool created_ = false;
};

bool is_something_else(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode);
}

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// So that the new name survives a power cut as well as the content does.
Result<> sync_directory(const std::string& path) {
  const auto directory = sys::open_at(AT_FDCWD, path, O_RDONLY | O_DIRECTORY);
  if (!directory) return tl::unexpected(directory.error());
  // A file system that cannot do it (EINVAL) has nothing to lose.
  if (::fsync(directory->get()) != 0 && errno != EINVAL) return sys_error(errno, "fsync", path);
  return {};
}

}  // namespace

Result<> write_to(int fd, std::string_view text, std::string_view what) {
  while (!text.empty()) {
    const ssize_t written = sys::retry_eintr([&] { return ::write(fd, text.data(), text.size()); });
    if (written < 0) return sys_error(errno, "write", what);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<> replace_file(const std::string& path, std::string_view text) {
  if (is_something_else(path)) return sys_error(EINVAL, "not a regular file:", path);
  TemporaryFile temporary{path};
  if (!temporary.created()) return sys_error(errno, "create a file beside", path);
  if (auto written = write_to(temporary.fd(), text, path); !written) return written;
  if (::fchmod(temporary.fd(), kReadableByAll) != 0) return sys_error(errno, "fchmod", path);
  if (::fsync(temporary.fd()) != 0) return sys_error(errno, "fsync", path);
  if (auto renamed = temporary.become(path); !renamed) return renamed;
  return sync_directory(directory_of(path));
}

}  // namespace iptmode::cli
