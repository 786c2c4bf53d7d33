// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "iptmode/result.h"
#include "sys/child_process.h"
#include "sys/unique_fd.h"

namespace iptmode::probe {

/// Ids that shall be valid in there, for rules that name them. They stand for nobody outside, and
/// nobody in there can become one of them.
struct ScratchIds {
  std::vector<std::uint32_t> users = {};   ///< sorted, without doubles
  std::vector<std::uint32_t> groups = {};  ///< likewise

  [[nodiscard]] bool empty() const { return users.empty() && groups.empty(); }
};

/// An empty network namespace and the user namespace that owns it, made and filled by a child of
/// ours. Nobody who is outside is mapped in the user namespace: who is in there is nobody there.
/// Both are gone when the last descriptor is.
class ScratchNamespace {
 public:
  /// Starts the child. `fill` runs in it, inside the namespaces and with all capabilities over them
  /// and none else, and returns what is to be told to the parent.
  /// `ids` that the kernel does not take, or that are too many, are not there.
  [[nodiscard]] static Result<ScratchNamespace> start(const std::function<std::string()>& fill,
                                                      std::chrono::milliseconds timeout,
                                                      ScratchIds ids = {});

  /// Takes what has arrived, without waiting. True once it is over.
  bool advance();
  /// To wait for together with others: readable when advance() has something to do.
  [[nodiscard]] int waits_for() const noexcept { return answer_.get(); }

  /// Once it is over: what `fill` returned. Fails where the kernel gives no user namespace, with
  /// "unshare user, net".
  [[nodiscard]] Result<std::string> take_answer() { return std::move(result_); }
  /// Borrowed descriptors.
  [[nodiscard]] int user_ns() const noexcept { return user_.get(); }
  [[nodiscard]] int network() const noexcept { return network_.get(); }

 private:
  explicit ScratchNamespace(sys::ChildProcess child) : child_{std::move(child)} {}
  void let_it_fill();
  void finish();

  std::optional<sys::ChildProcess> child_;
  ScratchIds ids_ = {};
  sys::UniqueFd answer_ = {};
  std::string received_ = {};
  std::chrono::steady_clock::time_point deadline_ = {};
  Result<std::string> result_ = {};
  sys::UniqueFd user_ = {};
  sys::UniqueFd network_ = {};
};

}  // namespace iptmode::probe
