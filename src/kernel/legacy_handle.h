// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cerrno>
#include <memory>
#include <string>

#include "iptmode/result.h"

namespace iptmode::kernel {

/// What libiptc copied of one table, until it is given back.
template <class Api>
struct ReleaseLegacyHandle {
  void operator()(typename Api::Handle* handle) const noexcept { Api::release(handle); }
};
template <class Api>
using LegacyHandle = std::unique_ptr<typename Api::Handle, ReleaseLegacyHandle<Api>>;

/// Takes the copy; again when the table changes meanwhile. `Api` is one of the two adapters, see
/// legacy_walk.h. The errors are those of read_legacy_table4().
template <class Api>
[[nodiscard]] Result<LegacyHandle<Api>> open_legacy_table(const std::string& name) {
  constexpr int kAttempts = 5;
  int errnum = 0;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    errno = 0;
    if (LegacyHandle<Api> handle{Api::init(name.c_str())}) return handle;
    errnum = errno == 0 ? EPROTO : errno;  // libiptc says "another version" with 0
    if (errnum != EAGAIN) break;
  }
  return sys_error(errnum, Api::kInitName, name);
}

}  // namespace iptmode::kernel
