// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <vector>

#include "iptmode/snapshot.h"

/// How findings call the things they are about: the same thing has one name in every check.
namespace iptmode::checks {

/// "kube-router (pid 1402)"
[[nodiscard]] std::string subject_of(const Component& component);

/// "k0s (/var/lib/k0s/bin)"
[[nodiscard]] std::string subject_of(const K0s& k0s);

inline constexpr std::string_view kHostSubject = "host";

/// "kube-proxy, kube-router and kubelet"; "" for none.
[[nodiscard]] std::string join_names(const std::vector<std::string>& names);

/// "1 rule", "56 rules"
[[nodiscard]] std::string count_of(std::uint64_t count, std::string_view noun);

/// "KUBE-NWPLCY-*, KUBE-POD-FW-*, KUBE-ROUTER-*", the first three, "... and 7 more"; "" for none.
[[nodiscard]] std::string some_of(const std::vector<std::string>& patterns);

/// The link chain in one line: "/sbin/iptables -> /sbin/xtables-legacy-multi (1.8.9, legacy)";
/// for a missing one "no iptables in /usr/sbin:/sbin".
[[nodiscard]] std::string describe_iptables(const Installation& installation);

}  // namespace iptmode::checks
