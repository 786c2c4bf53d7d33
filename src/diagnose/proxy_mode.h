// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "iptmode/component.h"

namespace iptmode::checks {

/// The modes of kube-proxy that there are today.
enum class ProxyMode : std::uint8_t { iptables, ipvs, nftables };
[[nodiscard]] std::string_view to_string(ProxyMode mode) noexcept;

/// The mode that a kube-proxy runs in; nothing where it is not known. An empty word is its default.
/// "userspace", gone with 1.26, is not told apart.
[[nodiscard]] std::optional<ProxyMode> proxy_mode_of(const Component& proxy);

}  // namespace iptmode::checks
