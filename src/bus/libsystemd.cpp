// SPDX-License-Identifier: GPL-2.0-or-later
#include "bus/libsystemd.h"

namespace iptmode::bus {

const Result<Libsystemd>& libsystemd() {
  static const auto api = sys::load_library<Libsystemd>("libsystemd.so.0");
  return api;
}

}  // namespace iptmode::bus
