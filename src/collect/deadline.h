// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <algorithm>
#include <chrono>

namespace iptmode::collect {

/// A point in time after which nothing new is begun.
class Deadline {
 public:
  explicit Deadline(std::chrono::milliseconds from_now)
      : end_{std::chrono::steady_clock::now() + from_now} {}

  /// What is left, at most `cap`; zero when the time is over.
  [[nodiscard]] std::chrono::milliseconds left(std::chrono::milliseconds cap) const {
    using std::chrono::milliseconds;
    const auto rest =
        std::chrono::duration_cast<milliseconds>(end_ - std::chrono::steady_clock::now());
    return std::clamp(rest, milliseconds{0}, cap);
  }

 private:
  std::chrono::steady_clock::time_point end_;
};

}  // namespace iptmode::collect
