// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace iptmode::evidence {

/// Of a journal, newest first, the whole lines that name iptables, xtables or nft, oldest first.
/// The value after a word like "token" or "password" is replaced by "***".
[[nodiscard]] std::string journal_lines(std::string_view reversed);

}  // namespace iptmode::evidence
