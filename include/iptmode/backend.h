// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace iptmode {

/// The kernel side that an iptables binary talks to.
enum class Backend : std::uint8_t { legacy, nf_tables };
inline constexpr std::array kAllBackends{Backend::legacy, Backend::nf_tables};

/// The name as `iptables -V` prints it. No default: -Wswitch finds a missing case.
constexpr std::string_view to_string(Backend backend) noexcept {
  switch (backend) {
    case Backend::legacy: return "legacy";
    case Backend::nf_tables: return "nf_tables";
  }
  return "invalid";
}

constexpr std::optional<Backend> backend_from_string(std::string_view text) noexcept {
  for (const Backend backend : kAllBackends)
    if (to_string(backend) == text) return backend;
  return std::nullopt;
}

constexpr Backend other(Backend backend) noexcept {
  return backend == Backend::legacy ? Backend::nf_tables : Backend::legacy;
}

/// The address family of an iptables table: iptables or ip6tables.
enum class IpFamily : std::uint8_t { ipv4, ipv6 };
inline constexpr std::array kAllIpFamilies{IpFamily::ipv4, IpFamily::ipv6};

constexpr std::string_view to_string(IpFamily family) noexcept {
  switch (family) {
    case IpFamily::ipv4: return "ipv4";
    case IpFamily::ipv6: return "ipv6";
  }
  return "invalid";
}

}  // namespace iptmode
