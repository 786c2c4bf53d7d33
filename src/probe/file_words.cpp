// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/file_words.h"

#include <sys/stat.h>

#include <cerrno>
#include <system_error>

namespace iptmode::probe {

std::string reason(int errnum) {
  if (errnum == ELOOP) return "a loop of links, or more than 40 of them";
  return std::generic_category().message(errnum);
}

bool is_absent(int errnum) noexcept {
  return errnum == ENOENT || errnum == ENOTDIR;
}

bool is_denial(int errnum) noexcept {
  return errnum == EACCES || errnum == EPERM;
}

std::string_view kind_of(mode_t mode) noexcept {
  if (S_ISDIR(mode)) return "a directory";
  if (S_ISFIFO(mode)) return "a FIFO";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

}  // namespace iptmode::probe
