// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "iptmode/report.h"

namespace iptmode::html {

/// One box on the left of the picture.
struct Writer {
  std::string name = {};                     ///< "kube-router"
  std::string detail = {};                   ///< "iptables 1.8.9, pid 1402"
  std::optional<Backend> next = {};          ///< what its next call of iptables writes to
  std::map<Backend, std::string> held = {};  ///< what it has there: "55 rules", "hint"
  std::optional<Severity> fault = {};
};

/// Who writes, or could, on the node itself; who has no iptables and no rule is left out.
[[nodiscard]] std::vector<Writer> writers_of(const Report& report);

/// One box on the right.
struct Holder {
  Backend backend = {};
  std::string state = {};                ///< "109 rules", "no tables", "not read"
  std::vector<std::string> owners = {};  ///< "kube-proxy: 55 rules", most first
};
[[nodiscard]] std::vector<Holder> holders_of(const Report& report);

}  // namespace iptmode::html
