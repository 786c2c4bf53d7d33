// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "iptmode/result.h"
#include "sys/unique_fd.h"

namespace iptmode::state {

/// The first directory of $STATE_DIRECTORY, which systemd sets for StateDirectory=, or
/// /var/lib/iptmode.
[[nodiscard]] std::string state_path();

/// The directory in which results are kept between runs. Whatever happens at any moment, a file in
/// it is the old one or the new one.
class StateDirectory {
 public:
  /// Fails with errc::no_such_file_or_directory where it was never made, and with
  /// errc::permission_denied when somebody else than its owner, this user, can write to it.
  [[nodiscard]] static Result<StateDirectory> open(const std::string& path);
  /// As open(), but makes it with mode 0700 where it is not there.
  [[nodiscard]] static Result<StateDirectory> create(const std::string& path);

  /// Keeps other runs from writing until the result is closed, by whatever end of this process.
  /// Fails with errc::timed_out after ten seconds.
  [[nodiscard]] Result<sys::UniqueFd> lock() const;

  /// Nothing where there is no such file. Fails for a link, a pipe, or more than `max_bytes`.
  [[nodiscard]] Result<std::optional<std::string>> read(const std::string& name,
                                                        std::size_t max_bytes) const;
  /// Temporary file, fsync, rename, fsync of the directory; mode 0600. Lock first.
  [[nodiscard]] Result<> replace(const std::string& name, std::string_view text) const;
  /// Puts `from` in the place of `to`. Lock first.
  [[nodiscard]] Result<> rename(const std::string& from, const std::string& to) const;

 private:
  StateDirectory(sys::UniqueFd fd, std::string path) : fd_{std::move(fd)}, path_{std::move(path)} {}
  [[nodiscard]] Result<> sync() const;

  sys::UniqueFd fd_;
  std::string path_;
};

}  // namespace iptmode::state
