// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnose/proxy_mode.h"

#include <string>

namespace iptmode::checks {

std::string_view to_string(ProxyMode mode) noexcept {
  switch (mode) {
    case ProxyMode::iptables: return "iptables";
    case ProxyMode::ipvs: return "ipvs";
    case ProxyMode::nftables: return "nftables";
  }
  return "invalid";
}

std::optional<ProxyMode> proxy_mode_of(const Component& proxy) {
  const std::string& told = proxy.declared.mode;
  if (proxy.declared.native_nft || told == "nftables") return ProxyMode::nftables;
  if (told == "ipvs") return ProxyMode::ipvs;
  if (told == "iptables" || told.empty()) return ProxyMode::iptables;
  return std::nullopt;
}

}  // namespace iptmode::checks
