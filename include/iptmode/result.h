// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <tl/expected.hpp>

namespace iptmode {

/// What went wrong, as a value. `code` says which error; `context` says what was being done and to
/// what, for example "openat /proc/7/ns/mnt".
struct Error {
  std::error_code code = {};
  std::string context = {};
  bool operator==(const Error&) const = default;
};

/// A value or an Error. One alias, so that the move to std::expected is one line.
template <class T = void>
using Result = tl::expected<T, Error>;

/// Fails with an errno value. Pass `errno` directly, as the first argument.
[[nodiscard]] tl::unexpected<Error> sys_error(int errnum, std::string_view call,
                                              std::string_view subject = {});

/// Fails because `text`, which somebody else wrote, is not a `what`. Compares equal to
/// std::errc::invalid_argument. The text is escaped and cut.
[[nodiscard]] tl::unexpected<Error> parse_error(std::string_view what, std::string_view text);

/// "openat /proc/7/ns/mnt: Permission denied"
[[nodiscard]] std::string to_string(const Error& error);

/// Unwraps at a boundary that cannot go on. Throws std::system_error.
template <class T>
T value_or_throw(Result<T> result) {
  if (!result) throw std::system_error(result.error().code, result.error().context);
  return std::move(*result);
}

}  // namespace iptmode
