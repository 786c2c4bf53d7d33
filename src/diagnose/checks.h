// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <array>

#include "iptmode/diagnose.h"

/// One function for each check: it returns the whole row of the table, its text included. The
/// function has the name of its file and of the check's id.
namespace iptmode::checks {

/// For a row's `needs`.
template <Fact... facts>
inline constexpr std::array kNeeds{facts...};

[[nodiscard]] Check backend_mismatch();
[[nodiscard]] Check mode_split();
[[nodiscard]] Check owner_in_both();
[[nodiscard]] Check hint_in_both();
[[nodiscard]] Check hint_mismatch();
[[nodiscard]] Check hint_absent();
[[nodiscard]] Check rules_missing();
[[nodiscard]] Check wrapper_unresolved();
[[nodiscard]] Check wrapper_frozen();
[[nodiscard]] Check wrapper_bypassed();
[[nodiscard]] Check image_lacks_backend();
[[nodiscard]] Check install_inconsistent();
[[nodiscard]] Check calico_backend();
[[nodiscard]] Check calico_ipip();
[[nodiscard]] Check identity_conflict();
[[nodiscard]] Check version_skew();
[[nodiscard]] Check version_known_bad();
[[nodiscard]] Check version_unknown();
[[nodiscard]] Check reader_misreads();
[[nodiscard]] Check reader_blind();
[[nodiscard]] Check nat_order();
[[nodiscard]] Check drop_in_other();
[[nodiscard]] Check required_ports();
[[nodiscard]] Check legacy_unavailable();
[[nodiscard]] Check nft_unavailable();
[[nodiscard]] Check legacy_empty();
[[nodiscard]] Check proxy_mode_leftover();
[[nodiscard]] Check rule_corrupt();
[[nodiscard]] Check native_in_compat();
[[nodiscard]] Check tainted_base();
[[nodiscard]] Check duplicate_rules();
[[nodiscard]] Check nft_userdata_crash();
[[nodiscard]] Check xt_missing();
[[nodiscard]] Check nftables_service_flush();
[[nodiscard]] Check ufw_active();
[[nodiscard]] Check docker_coexist();
[[nodiscard]] Check hostport_orphan();
[[nodiscard]] Check firewalld_backend();
[[nodiscard]] Check firewalld_zone();
[[nodiscard]] Check firewalld_flush();
[[nodiscard]] Check impostor();
[[nodiscard]] Check incomplete();

}  // namespace iptmode::checks
