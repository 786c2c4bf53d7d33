// SPDX-License-Identifier: GPL-2.0-or-later
#include <cerrno>

#include "bus/firewalld_daemon.h"

namespace iptmode::bus {

Result<firewalld::FirewalldReading> ask_firewalld(int /*socket*/,
                                                  std::chrono::milliseconds /*timeout*/) {
  return sys_error(ENOSYS, "D-Bus", "not built in");
}

}  // namespace iptmode::bus
