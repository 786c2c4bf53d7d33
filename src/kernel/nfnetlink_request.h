// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "iptmode/result.h"

namespace iptmode::kernel {

/// One request to a part of nfnetlink other than nf_tables.
struct NfnetlinkRequest {
  std::uint8_t subsystem = 0;  ///< NFNL_SUBSYS_* of linux/netfilter/nfnetlink.h
  std::uint8_t message = 0;
  std::uint16_t flags = 0;  ///< NLM_F_CREATE, ...
  std::uint8_t family = 0;
  std::string attributes = {};
};

/// Asks in the network namespace of the calling thread. Returns the attributes of the answer; empty
/// when it is an acknowledgement alone. Errors are the kernel's.
[[nodiscard]] Result<std::string> ask(const NfnetlinkRequest& request);

/// Asks for a list and hands the attributes of each part of it to `handler`, which says whether to
/// go on; they are gone afterwards. errc::interrupted when the handler has ended it.
[[nodiscard]] Result<> dump(const NfnetlinkRequest& request,
                            const std::function<bool(std::string_view)>& handler);

}  // namespace iptmode::kernel
