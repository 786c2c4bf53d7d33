// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <array>

#include "diagnose/checks.h"

namespace iptmode {

std::span<const Check> all_checks() {
  // The order of the report: what the components do, then which versions meet, then the kernel,
  // and other firewalls, then what could not be seen.
  static const std::array table{
      checks::backend_mismatch(),
      checks::mode_split(),
      checks::owner_in_both(),
      checks::hint_in_both(),
      checks::hint_mismatch(),
      checks::hint_absent(),
      checks::rules_missing(),
      checks::wrapper_unresolved(),
      checks::wrapper_frozen(),
      checks::wrapper_bypassed(),
      checks::image_lacks_backend(),
      checks::install_inconsistent(),
      checks::calico_backend(),
      checks::calico_ipip(),
      checks::identity_conflict(),
      checks::version_skew(),
      checks::version_known_bad(),
      checks::version_unknown(),
      checks::reader_misreads(),
      checks::reader_blind(),
      checks::rule_corrupt(),
      checks::native_in_compat(),
      checks::tainted_base(),
      checks::duplicate_rules(),
      checks::nft_userdata_crash(),
      checks::nat_order(),
      checks::drop_in_other(),
      checks::required_ports(),
      checks::legacy_unavailable(),
      checks::nft_unavailable(),
      checks::xt_missing(),
      checks::legacy_empty(),
      checks::proxy_mode_leftover(),
      checks::nftables_service_flush(),
      checks::ufw_active(),
      checks::docker_coexist(),
      checks::hostport_orphan(),
      checks::firewalld_backend(),
      checks::firewalld_zone(),
      checks::firewalld_flush(),
      checks::impostor(),
      checks::incomplete(),
  };
  return table;
}

const Check* find_check(std::string_view id) {
  const auto checks = all_checks();
  const auto found = std::ranges::find(checks, id, &Check::id);
  return found == checks.end() ? nullptr : &*found;
}

}  // namespace iptmode
