// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string_view>

#include <nlohmann/json.hpp>

#include "iptmode/report.h"

namespace iptmode::report {

/// Keys keep the order in which they are written: the contract fixes it.
using Json = nlohmann::ordered_json;

/// Foreign bytes as a JSON string: escaped, so valid UTF-8 and harmless on a terminal.
[[nodiscard]] Json json_text(std::string_view bytes);

/// Seconds since 1970 as "2026-01-31T10:20:30Z".
[[nodiscard]] Json json_time(std::int64_t seconds);

/// `installation` of the contract, null where it could not be looked at.
[[nodiscard]] Json json_installation(const std::optional<Installation>& installation);

/// `k0s`: null where there is none.
[[nodiscard]] Json json_k0s(const std::optional<K0s>& k0s);

/// `components`, in the order of the snapshot.
[[nodiscard]] Json json_components(const Snapshot& snapshot);

/// `kernel`: the node's own network namespace.
[[nodiscard]] Json json_kernel(const Snapshot& snapshot);

/// `firewalld`: null where it is not installed or could not be read.
[[nodiscard]] Json json_firewalld(const std::optional<Firewalld>& firewalld);

/// `domains`: the firewalls of other network namespaces that hold a node.
[[nodiscard]] Json json_domains(const Snapshot& snapshot);

/// `checks`, an object by id, in the order of the checks.
[[nodiscard]] Json json_checks(const std::vector<CheckResult>& checks);

/// `exceptions`, in the order of their file.
[[nodiscard]] Json json_exceptions(const std::vector<ExceptionUse>& uses);

}  // namespace iptmode::report
