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

/// One answer of rtnetlink(7). The bytes are gone after the next one.
struct RouteAnswer {
  std::string_view payload = {};  ///< its header (ifinfomsg, ifaddrmsg, rtmsg), then attributes

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

/// Hands every link, address or route of the calling thread's network namespace to `handler`:
/// `type` is RTM_GETLINK, RTM_GETADDR or RTM_GETROUTE, `family` AF_UNSPEC for all. Changes nothing.
/// Errors: errc::timed_out after `deadline`, errc::interrupted when the list changed meanwhile.
[[nodiscard]] Result<> dump_rtnetlink(std::uint16_t type, std::uint8_t family,
                                      std::chrono::steady_clock::time_point deadline,
                                      const std::function<void(const RouteAnswer&)>& handler);

}  // namespace iptmode::kernel
