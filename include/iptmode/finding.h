// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace iptmode {

/// How much harm a finding means. The order is the order of harm.
enum class Severity : std::uint8_t {
  info,      ///< worth knowing, nothing to do
  warning,   ///< harmless now; a restart, an upgrade or a new rule can change that
  error,     ///< some traffic is or will be handled wrongly
  critical,  ///< traffic is lost or rules are corrupted, now or at the next sync
};
inline constexpr std::array kAllSeverities{Severity::info, Severity::warning, Severity::error,
                                           Severity::critical};
[[nodiscard]] std::string_view to_string(Severity severity) noexcept;
[[nodiscard]] std::optional<Severity> severity_from_string(std::string_view text) noexcept;

/// One fault: what is wrong, the facts that prove it, what mends it. All text is for people and may
/// hold foreign bytes, which the renderers escape.
struct Finding {
  Severity severity = Severity::info;
  std::string subject = {};                ///< "kube-router (pid 1402)"
  std::string message = {};                ///< one or two sentences: what is wrong and what it does
  std::vector<std::string> evidence = {};  ///< the facts, one a line
  std::vector<std::string> remedy = {};    ///< what to do, one step a line; commands fit this node
  bool suppressed = false;                 ///< by an exception; still shown and counted
  bool operator==(const Finding&) const = default;
};

enum class CheckStatus : std::uint8_t { pass, warn, fail, skip, unknown };
[[nodiscard]] std::string_view to_string(CheckStatus status) noexcept;

/// What a check function returns: findings, or a reason why it does not apply or cannot tell.
struct CheckOutcome {
  std::vector<Finding> findings = {};
  std::optional<std::string> skipped = {};    ///< "kube-proxy runs in nftables mode"
  std::vector<std::string> seen = {};         ///< what it asked and was answered, one a line
  std::optional<std::string> undecided = {};  ///< "the backend of k0s' iptables is not known"
};

}  // namespace iptmode
