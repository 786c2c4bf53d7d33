// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "model/packet_match.h"

namespace iptmode::packet {

/// Whether a packet meets a match that is told by name and text: states mixed with translations,
/// the reverse path, sets. Others depend.
[[nodiscard]] Truth extension(const Sight& sight, const Condition& condition);

}  // namespace iptmode::packet
