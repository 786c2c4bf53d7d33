// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>
#include <string>

#include "iptmode/snapshot.h"

namespace iptmode::checks {

/// What an iptables-wrapper would pick if it chose now.
struct WrapperChoice {
  std::optional<Backend> backend = {};  ///< absent: it cannot be told from what was read
  std::string reason = {};              ///< "kubelet's hint is in nf_tables"
  /// kubelet's hint decided: it will decide alike until the tables are emptied or the node boots.
  bool by_hint = false;
};

/// The wrapper of this place, before the rules of `network`. The forms differ: that of 2020 counts
/// rules and takes legacy on a tie; that of 2022 follows kubelet's hint, nf_tables first, and then
/// counts; that of 2023 follows the hint and else takes nf_tables. A variant that the place does
/// not have shows the wrapper nothing. Where the file itself was not seen, the answer is one that
/// the two later forms share.
[[nodiscard]] WrapperChoice wrapper_choice(const Installation& place, const NetworkState& network);

/// Which of the wrappers this place has: by the link that leads to it, else by the file that lies
/// beside the links it has made; `missing` where it was not seen.
[[nodiscard]] ProgramForm wrapper_form(const Installation& place);

/// The wrapper lies in `/`, where no search path leads: it was copied into the image and never
/// installed, so it never chose and never will.
[[nodiscard]] bool wrapper_was_never_installed(const Installation& place);

/// `iptables` of this place leads to a wrapper that has not chosen yet.
[[nodiscard]] bool wrapper_is_pending(const Installation& place);

}  // namespace iptmode::checks
