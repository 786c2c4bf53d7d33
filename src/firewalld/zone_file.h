// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "iptmode/firewalld.h"
#include "iptmode/result.h"

namespace iptmode::firewalld {

/// The longest file that is parsed; the caller reads no more.
inline constexpr std::size_t kMaxFile = std::size_t{256} << 10U;

/// What a service opens, and the services that it includes: firewalld.service(5).
struct ServiceFile {
  std::vector<std::string> ports = {};      ///< "6443/tcp", "4789/udp"
  std::vector<std::string> protocols = {};  ///< "gre"
  std::vector<std::string> includes = {};   ///< "kubelet"
  bool operator==(const ServiceFile&) const = default;
};

// A parse_error is returned for what is no XML, has another root element, or a target that
// firewalld refuses. Elements that it does not know are left out, as firewalld leaves them out.
// Entities of a document type are not expanded.

/// firewalld.zone(5). `is_default` and `service_ports` stay as they are: the file does not know.
[[nodiscard]] Result<FirewalldZone> parse_zone_file(std::string_view name, std::string_view text);

[[nodiscard]] Result<ServiceFile> parse_service_file(std::string_view text);

/// firewalld.policy(5).
[[nodiscard]] Result<FirewalldPolicy> parse_policy_file(std::string_view name,
                                                        std::string_view text);

/// firewalld.conf(5) as firewalld reads it: the first valid line of a key counts, a value that it
/// does not know and a key that is not there give the default. NftablesTableOwner has no default
/// here: releases before 2.1 do not know it.
[[nodiscard]] FirewalldSettings parse_settings_file(std::string_view text);

/// "yes" and "true", whatever the case of their letters.
[[nodiscard]] bool is_yes(std::string_view text);

/// Sorts each list and leaves out what is there twice.
void put_in_order(FirewalldZone& zone);
void put_in_order(FirewalldPolicy& policy);

}  // namespace iptmode::firewalld
