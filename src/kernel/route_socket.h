// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string_view>

#include "iptmode/result.h"

namespace iptmode::kernel {

/// A list of rtnetlink(7).
struct RouteQuestion {
  std::uint16_t type = 0;   ///< RTM_GETLINK, RTM_GETADDR, RTM_GETROUTE, RTM_GETNEIGH
  std::uint8_t family = 0;  ///< AF_UNSPEC: all; of forwarding databases AF_BRIDGE
  int link = 0;             ///< index; the kernel heeds it for forwarding databases only; 0: all
};

/// One answer of rtnetlink(7). The bytes are gone after the next one.
struct RouteAnswer {
  std::string_view payload = {};  ///< its header (ifinfomsg, ifaddrmsg, ...), then attributes

  /// The header; false when the answer is too short for it.
  template <class Header>
  [[nodiscard]] bool read(Header& header) const noexcept {
    if (payload.size() < sizeof header) return false;
    std::memcpy(&header, payload.data(), sizeof header);
    return true;
  }
  /// Behind a header of that type.
  template <class Header>
  [[nodiscard]] std::string_view attributes() const noexcept {
    constexpr std::size_t kAligned = (sizeof(Header) + 3U) & ~std::size_t{3};
    return payload.substr(payload.size() < kAligned ? payload.size() : kAligned);
  }
};

/// Hands every part of the list, of the calling thread's network namespace, to `handler`. Changes
/// nothing. Errors: errc::timed_out after `deadline`, errc::interrupted when the list changed
/// meanwhile.
[[nodiscard]] Result<> dump_rtnetlink(const RouteQuestion& asked,
                                      std::chrono::steady_clock::time_point deadline,
                                      const std::function<void(const RouteAnswer&)>& handler);

}  // namespace iptmode::kernel
