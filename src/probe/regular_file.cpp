// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/regular_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "sys/file.h"

namespace iptmode::probe {

Result<std::string> read_regular_file(const std::string& path, std::size_t max_bytes) {
  const auto fd = sys::open_at(AT_FDCWD, path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
  if (!fd) return tl::unexpected{fd.error()};
  struct stat status = {};
  if (::fstat(fd->get(), &status) != 0) return sys_error(errno, "fstat", path);
  if (!S_ISREG(status.st_mode)) return sys_error(EINVAL, "open", path);
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size > max_bytes) return sys_error(EFBIG, "read", path);

  // One byte more than the size, to notice a file that grows; a file of proc has size 0.
  std::string content(size == 0 ? max_bytes + 1 : size + 1, '\0');
  std::size_t filled = 0;
  while (filled < content.size()) {
    const ssize_t count = sys::retry_eintr(
        [&] { return ::read(fd->get(), content.data() + filled, content.size() - filled); });
    if (count < 0) return sys_error(errno, "read", path);
    if (count == 0) break;
    filled += static_cast<std::size_t>(count);
  }
  if (filled > max_bytes) return sys_error(EFBIG, "read", path);
  content.resize(filled);
  return content;
}

}  // namespace iptmode::probe
