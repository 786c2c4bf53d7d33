// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/missing_capabilities.h"

#include <array>
#include <string_view>

namespace iptmode::collect {

namespace {

struct Need {
  std::string_view capability = {};
  std::string_view purpose = {};
  Fact hides = {};
};

constexpr std::array kNeeds{
    Need{"CAP_SYS_PTRACE", "look at other users' processes", Fact::processes},
    Need{"CAP_SYS_ADMIN", "enter the components' mount namespaces", Fact::installations},
    Need{"CAP_SYS_ADMIN", "enter the host's mount namespace", Fact::host_iptables},
    Need{"CAP_SYS_ADMIN", "look into k0s' bin directory", Fact::k0s},
    Need{"CAP_SYS_CHROOT", "enter the components' root directories", Fact::installations},
    Need{"CAP_SYS_CHROOT", "enter the host's root directory", Fact::host_iptables},
    Need{"CAP_SYS_CHROOT", "look into k0s' bin directory", Fact::k0s},
    Need{"CAP_DAC_READ_SEARCH", "read directories of other users", Fact::installations},
    Need{"CAP_NET_ADMIN", "read nf_tables", Fact::nft_rules},
    Need{"CAP_NET_ADMIN", "read legacy tables", Fact::legacy_rules},
    Need{"CAP_NET_RAW", "open the socket that legacy tables are read with", Fact::legacy_rules},
    Need{"CAP_SETUID", "give up root in children", Fact::installations},
    Need{"CAP_SETGID", "give up root in children", Fact::installations},
    Need{"CAP_SETPCAP", "empty the bounding set of children", Fact::installations},
};

}  // namespace

std::vector<Gap> gaps_of_missing_capabilities(std::span<const std::string> missing) {
  std::vector<Gap> gaps;
  for (const std::string& capability : missing) {
    const std::size_t before = gaps.size();
    for (const Need& need : kNeeds)
      if (need.capability == capability)
        gaps.push_back({.subject = capability,
                        .reason = "not held, needed to " + std::string{need.purpose},
                        .hides = need.hides});
    if (gaps.size() == before) gaps.push_back({.subject = capability, .reason = "not held"});
  }
  return gaps;
}

}  // namespace iptmode::collect
