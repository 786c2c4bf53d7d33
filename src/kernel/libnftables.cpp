// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/libnftables.h"

namespace iptmode::kernel {

Result<LoadedNftables> load_libnftables() {
  return sys::load_library<LoadedNftables>("libnftables.so.1");
}

}  // namespace iptmode::kernel
