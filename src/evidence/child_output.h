// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

#include "iptmode/result.h"

namespace iptmode::evidence {

/// What a child wrote, as far as it came.
struct ChildOutput {
  std::string text = {};  ///< untrusted
  std::string problem =
      {};  ///< "signal 11", "exit status 1", "no end in 5000 ms"; empty: all is well
};

/// Runs `body` in a child that ends when it returns. `body` gets the descriptor to write to; the
/// child's exit status is its result. What is longer or takes longer is cut, and the child ended.
[[nodiscard]] Result<ChildOutput> run_in_child(const std::function<int(int)>& body,
                                               std::size_t max_bytes,
                                               std::chrono::milliseconds timeout);

}  // namespace iptmode::evidence
