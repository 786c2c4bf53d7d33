// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "collect/sources.h"
#include "sys/unique_fd.h"

namespace iptmode::collect {

/// The host's root directory: --host-root, or pid 1's root, or, where that may not be opened, our
/// own. Links in it are followed inside it (openat2(2) with RESOLVE_IN_ROOT, Linux 5.6); only
/// regular files and directories are opened for reading.
class HostRoot final : public HostFiles {
 public:
  [[nodiscard]] static Result<HostRoot> open(const std::string& host_root, int proc_root);

  [[nodiscard]] Result<std::uint32_t> directory_mode(const std::string& path) override;
  [[nodiscard]] Result<std::string> read(const std::string& path, std::size_t max_bytes) override;
  [[nodiscard]] Result<std::vector<std::string>> names(const std::string& path) override;
  /// A descriptor with O_PATH of anything: names it, opens nothing.
  [[nodiscard]] Result<sys::UniqueFd> locate(const std::string& path) const;
  [[nodiscard]] int fd() const noexcept { return directory_.get(); }

 private:
  explicit HostRoot(sys::UniqueFd directory) noexcept : directory_{std::move(directory)} {}
  sys::UniqueFd directory_;
};

}  // namespace iptmode::collect
