// SPDX-License-Identifier: GPL-2.0-or-later
#include "archive/libarchive.h"

#include <dlfcn.h>

#include <cerrno>

namespace iptmode::archive {

namespace {

constexpr const char* kName = "libarchive.so.13";

Result<Libarchive> load() {
  // Never closed: it is used until the end.
  void* const library = ::dlopen(kName, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return sys_error(ENOTSUP, "bundles need", kName);
  Libarchive api{library};
  if (!api.complete()) return sys_error(ENOTSUP, "another library than was expected:", kName);
  return api;
}

}  // namespace

void* Libarchive::find(const char* name) {
  void* const function = ::dlsym(library_, name);
  if (function == nullptr) complete_ = false;
  return function;
}

const Result<Libarchive>& libarchive() {
  static const Result<Libarchive> api = load();
  return api;
}

}  // namespace iptmode::archive
