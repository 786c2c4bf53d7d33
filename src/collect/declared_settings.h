// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "iptmode/component.h"
#include "iptmode/kernel_state.h"
#include "iptmode/result.h"

namespace iptmode::collect {

/// The longest value of a setting that is kept; real ones are words of a dozen letters.
inline constexpr std::size_t kMaxSetting = 128;

/// The files with settings of `component` that must be read in its own mount namespace; absolute
/// paths only.
[[nodiscard]] std::vector<std::string> settings_files(ComponentKind kind,
                                                      std::span<const std::string> arguments);

/// --iptables-mode and --data-dir of k0s' command line.
[[nodiscard]] Declared declared_by_k0s(std::span<const std::string> arguments);

/// The switches of kube-router that decide what it writes. It takes no backend: "auto". It leaves
/// iptables alone only when network policies go to nftables and the other two parts are off.
[[nodiscard]] Declared declared_by_kube_router(std::span<const std::string> arguments);

/// The three variables of felix that choose its dataplane (projectcalico/calico,
/// felix/config/config_params.go). Nothing else of the environment is kept: it may hold secrets.
[[nodiscard]] Declared declared_by_felix(std::string_view environ_bytes);

/// FELIX_NFTABLESMODE=Auto follows kube-proxy: nftables when the native table `kube-proxy` has
/// chains (felix/nftables/utils.go).
void resolve_felix_auto(Declared& felix, const NetworkState& network);

/// FirewallBackend of firewalld.conf(5): the first valid line counts, the default is nftables.
[[nodiscard]] Declared declared_by_firewalld(std::string_view configuration);

/// Whether kube-proxy knows a mode of this name on Linux; it does not start with another.
[[nodiscard]] bool is_proxy_mode(std::string_view word);

/// The proxy mode of kube-proxy's configuration file (KubeProxyConfiguration, key `mode`), or the
/// empty word, which means iptables. `text` comes from a container: it is bounded by the caller,
/// and whatever it holds becomes a parse_error, never an exception.
[[nodiscard]] Result<std::string> parse_proxy_mode_file(std::string_view text);

/// The answer to GET /proxyMode: one of the known modes, a parse_error otherwise, because anybody
/// on the node may listen on that port.
[[nodiscard]] Result<std::string> parse_proxy_mode_answer(std::string_view body);

/// kube-proxy in `mode`; `origin` says where that was read: "--proxy-mode", "config mode".
[[nodiscard]] Declared declared_proxy_mode(const std::string& mode, std::string_view origin);

}  // namespace iptmode::collect
