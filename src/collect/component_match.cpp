// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/component_match.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "collect/arguments.h"

namespace iptmode::collect {

namespace {

using Arguments = std::span<const std::string>;

/// How the arguments take part in the decision.
enum class Form : std::uint8_t {
  plain,       ///< the name is enough
  k0s,         ///< `k0s worker`, `k0s controller`: any other subcommand is a short-lived tool
  calico,      ///< `calico-node -felix` and its helpers
  multi_call,  ///< `calico component felix`
  containerd,  ///< k0s' own before any other
  script,      ///< a Python program: the executable is the interpreter
};

struct Row {
  std::string_view name = {};  ///< base name of the executable, or of the script
  ComponentKind kind = {};
  Form form = Form::plain;
};

constexpr std::array kRows{
    Row{"k0s", ComponentKind::k0s, Form::k0s},
    Row{"kubelet", ComponentKind::kubelet},
    Row{"containerd", ComponentKind::containerd, Form::containerd},
    Row{"kube-proxy", ComponentKind::kube_proxy},
    Row{"kube-router", ComponentKind::kube_router},
    Row{"calico-node", ComponentKind::calico_node, Form::calico},
    Row{"calico-felix", ComponentKind::calico_node},
    Row{"calico", ComponentKind::calico_node, Form::multi_call},
    Row{"flanneld", ComponentKind::flanneld},
    Row{"cilium-agent", ComponentKind::cilium_agent},
    Row{"antrea-agent", ComponentKind::antrea_agent},
    Row{"dockerd", ComponentKind::dockerd},
    Row{"firewalld", ComponentKind::firewalld, Form::script},
    Row{"fail2ban-server", ComponentKind::fail2ban, Form::script},
    Row{"tailscaled", ComponentKind::tailscaled},
    Row{"keepalived", ComponentKind::keepalived},
    Row{"libvirtd", ComponentKind::libvirtd},
    Row{"virtnetworkd", ComponentKind::libvirtd},
};

constexpr std::size_t kCommLength = 15;  // TASK_COMM_LEN of linux/sched.h, less the zero byte
constexpr std::string_view kInterpreter = "python";

/// calico-node's long-running parts beside felix (node/cmd/calico-node of projectcalico/calico);
/// -felix-ready, -bird-live and the like are probes that exit at once.
constexpr std::array<std::string_view, 6> kCalicoHelpers{
    "-confd",           "-monitor-addresses", "-allocate-tunnel-addrs",
    "-status-reporter", "-monitor-token",     "-node-services"};

std::optional<ComponentMatch> match_calico(const Row& row, Arguments arguments) {
  for (const std::string& argument :
       arguments.subspan(std::min<std::size_t>(1, arguments.size()))) {
    const std::string_view part =
        argument.starts_with("--") ? std::string_view{argument}.substr(1) : argument;
    if (part == "-felix") return ComponentMatch{row.kind, "calico-node -felix", 0};
    if (std::ranges::find(kCalicoHelpers, part) != kCalicoHelpers.end())
      return ComponentMatch{row.kind, "calico-node " + std::string{part}, 1};
  }
  return std::nullopt;
}

std::optional<ComponentMatch> match_multi_call(const Row& row, Arguments arguments) {
  if (arguments.size() < 3 || arguments[1] != "component" || arguments[2] != "felix")
    return std::nullopt;
  return ComponentMatch{row.kind, "calico component felix", 0};
}

std::optional<ComponentMatch> match_k0s(const Row& row, Arguments arguments) {
  constexpr std::array<std::string_view, 3> kTakeValue{"--data-dir", "--status-socket", "--config"};
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (std::ranges::find(kTakeValue, std::string_view{argument}) != kTakeValue.end()) {
      ++i;
    } else if (!argument.starts_with('-')) {
      // `server` was the name of `controller` up to k0s 0.10.
      if (argument != "worker" && argument != "controller" && argument != "server") break;
      return ComponentMatch{row.kind, "k0s " + argument, 0};
    }
  }
  return std::nullopt;
}

ComponentMatch match_containerd(const Row& row, std::string_view executable, Arguments arguments) {
  const auto of_k0s = [](std::string_view text) { return text.find("k0s") != text.npos; };
  const bool ours = of_k0s(executable) || std::ranges::any_of(arguments, of_k0s);
  return {row.kind, std::string{row.name}, ours ? 0 : 1};
}

/// The script that an interpreter runs: its first argument that is no option.
std::string_view script_of(Arguments arguments) {
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (!argument.starts_with('-')) return argument;
    if (argument == "-c" || argument == "-m") return {};  // code or a module, not a file
    if (argument == "-W" || argument == "-X") ++i;
  }
  return {};
}

std::optional<ComponentMatch> match_row(const Row& row, std::string_view executable,
                                        Arguments arguments) {
  switch (row.form) {
    case Form::plain: return ComponentMatch{row.kind, std::string{row.name}, 0};
    case Form::k0s: return match_k0s(row, arguments);
    case Form::calico: return match_calico(row, arguments);
    case Form::multi_call: return match_multi_call(row, arguments);
    case Form::containerd: return match_containerd(row, executable, arguments);
    case Form::script: return ComponentMatch{row.kind, std::string{row.name}, 0};
  }
  return std::nullopt;
}

}  // namespace

bool may_be_component(std::string_view comm) {
  if (comm.starts_with(kInterpreter)) return true;
  return std::ranges::any_of(
      kRows, [&](const Row& row) { return row.name.substr(0, kCommLength) == comm; });
}

std::optional<ComponentMatch> match_component(std::string_view executable, Arguments arguments) {
  const bool interpreted = base_name(executable).starts_with(kInterpreter);
  const std::string_view name = base_name(interpreted ? script_of(arguments) : executable);
  for (const Row& row : kRows)
    if (row.name == name && (!interpreted || row.form == Form::script))
      return match_row(row, executable, arguments);
  return std::nullopt;
}

std::string_view without_deleted_mark(std::string_view executable) {
  constexpr std::string_view kMark = " (deleted)";
  if (executable.ends_with(kMark)) executable.remove_suffix(kMark.size());
  return executable;
}

}  // namespace iptmode::collect
