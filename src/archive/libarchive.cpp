// SPDX-License-Identifier: GPL-2.0-or-later
#include "archive/libarchive.h"

namespace iptmode::archive {

const Result<Libarchive>& libarchive() {
  static const auto api = sys::load_library<Libarchive>("libarchive.so.13");
  return api;
}

}  // namespace iptmode::archive
