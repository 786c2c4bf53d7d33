// SPDX-License-Identifier: GPL-2.0-or-later
#include "sys/loaded_library.h"

#include <dlfcn.h>

namespace iptmode::sys {

Result<void*> open_library(const char* name) {
  void* const handle = ::dlopen(name, RTLD_NOW | RTLD_LOCAL);
  if (handle != nullptr) return handle;
  const char* const words = ::dlerror();  // NOLINT(*-mt-unsafe): kept by thread, dlerror(3)
  return sys_error(ENOTSUP, "dlopen", words != nullptr ? words : name);
}

LoadedLibrary::Symbol LoadedLibrary::find(const char* name) {
  void* const address = handle_ == nullptr ? nullptr : ::dlsym(handle_, name);
  if (address == nullptr) complete_ = false;
  return Symbol{address};
}

}  // namespace iptmode::sys
