// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string_view>

namespace iptmode::cli {

/// One line on standard error for as long as it lives, then gone. Only for a terminal: who reads
/// standard error from a pipe or a file sees nothing.
class Progress {
 public:
  Progress(bool wanted, std::string_view text);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  Progress(Progress&&) = delete;
  Progress& operator=(Progress&&) = delete;

  /// Another text in the place of the one before.
  void say(std::string_view text) const;

 private:
  bool wanted_;
};

}  // namespace iptmode::cli
