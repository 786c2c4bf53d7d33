// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>

#include "iptmode/kernel_state.h"
#include "iptmode/result.h"
#include "sys/child_process.h"
#include "sys/unique_fd.h"

namespace iptmode::kernel {

/// What the child tells its parent, in one write. The parent takes it for foreign text: libnftables
/// has read what others put into the kernel.
struct ListedChains {
  enum class Outcome : std::uint32_t { listed, refused };
  Outcome outcome = Outcome::refused;
  std::uint64_t chains = 0;
  std::array<char, 240> problem = {};  ///< when refused: what libnftables says, ends in NUL
};

/// Runs `nft -j list chains` of libnftables in this process. Only for a child: Debian 12's release
/// dies on some sets that newer releases write.
[[nodiscard]] ListedChains list_chains_with_libnftables();

/// Asks libnftables for its list of chains in a child that holds CAP_NET_ADMIN and no other
/// capability, no descriptor of ours and bounded memory and time. `list chains` loads chains only:
/// no rule, no set, no extension of xtables.
class LibnftablesChild {
 public:
  using Lister = ListedChains (*)();

  /// Starts in the calling thread's network namespace. `lister` is another one in tests only.
  [[nodiscard]] static Result<LibnftablesChild> start(Lister lister = list_chains_with_libnftables);

  struct Patience {
    std::chrono::milliseconds timeout = {};
    std::function<void()> idle = {};  ///< called while waiting
  };
  /// Waits for the answer and compares it with the number of chains that netlink gave. Ends the
  /// child; one that does not even end by SIGKILL is abandoned.
  [[nodiscard]] Libnftables finish(std::uint64_t chains, const Patience& patience);

 private:
  LibnftablesChild(sys::ChildProcess child, sys::UniqueFd answer) noexcept
      : child_{std::move(child)}, answer_{std::move(answer)} {}

  sys::ChildProcess child_;
  sys::UniqueFd answer_;
};

}  // namespace iptmode::kernel
