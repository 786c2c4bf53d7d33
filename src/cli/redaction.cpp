// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/redaction.h"

#include <sys/random.h>

#include <cerrno>
#include <string>

namespace iptmode::cli {

Result<Redactor> new_redactor(const Redaction& redaction) {
  constexpr std::size_t kKeyBytes = 32;
  std::string key(kKeyBytes, '\0');
  const auto size = ::getrandom(key.data(), key.size(), 0);
  if (size != static_cast<ssize_t>(key.size())) return sys_error(errno, "getrandom");
  return Redactor{redaction, key};
}

}  // namespace iptmode::cli
