// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <chrono>

#include "firewalld/reading.h"
#include "iptmode/result.h"

namespace iptmode::bus {

/// Asks firewalld on the system bus whose socket `socket` names: a descriptor opened with O_PATH,
/// borrowed. Only calls that read: nothing is reloaded, stored or started. Where nobody owns
/// firewalld's name the answer has no `bus_owner`. Everything together takes at most `timeout`.
///
/// Errors: errc::connection_refused, errc::permission_denied, errc::timed_out;
/// errc::function_not_supported in a program that was built without D-Bus.
[[nodiscard]] Result<firewalld::FirewalldReading> ask_firewalld(int socket,
                                                                std::chrono::milliseconds timeout);

}  // namespace iptmode::bus
