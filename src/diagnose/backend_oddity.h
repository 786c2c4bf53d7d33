// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "diagnose/standing.h"
#include "iptmode/finding.h"
#include "iptmode/snapshot.h"

// Who stands beside the others, why, and how bad that is; backend_mismatch puts it into words.
namespace iptmode::checks {

/// One domain, measured.
struct MismatchView {
  const Snapshot& snapshot;
  const NetworkState& network;
  const std::vector<Standing>& standings;
  Backend node = {};  ///< where most of Kubernetes' components are
};

/// Why somebody is the odd one out.
enum class Oddity : std::uint8_t {
  none,
  effect,      ///< its rules are in the other backend
  binary,      ///< nothing in the kernel yet, its next call goes to the other backend
  next_write,  ///< its rules are where they belong, its next call goes to the other backend
  in_both,     ///< it has rules in both, and its calls go to the other backend
  ipv6,        ///< its IPv6 rules alone are in the other backend
};
[[nodiscard]] Oddity oddity_of(const Standing& standing, Backend node);

/// Those on the node's side that this one has to get along with.
[[nodiscard]] std::vector<const Standing*> counterparts_of(const Standing& odd,
                                                           const MismatchView& view);

/// Others have IPv6 rules on the node's side that act on the same packets.
[[nodiscard]] bool meets_ipv6(const Standing& odd, const MismatchView& view);

/// Critical where live rules of both sides lose packets for certain; a warning while there is no
/// rule that could handle a packet wrongly.
[[nodiscard]] Severity severity_of(const Standing& odd, Oddity oddity, const MismatchView& view);

}  // namespace iptmode::checks
