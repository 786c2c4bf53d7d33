// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/progress.h"

#include <unistd.h>

#include <fmt/format.h>

#include "cli/output.h"

namespace iptmode::cli {

namespace {

// Back to the beginning of the line, and the rest of it erased (ECMA-48 8.3.41).
constexpr std::string_view kErase = "\r\x1b[K";

}  // namespace

Progress::Progress(bool wanted, std::string_view text) : wanted_{wanted} {
  if (wanted_) (void)write_to(STDERR_FILENO, fmt::format("{} ...", text), "standard error");
}

Progress::~Progress() {
  if (wanted_) (void)write_to(STDERR_FILENO, kErase, "standard error");
}

void Progress::say(std::string_view text) const {
  if (wanted_)
    (void)write_to(STDERR_FILENO, fmt::format("{}{} ...", kErase, text), "standard error");
}

}  // namespace iptmode::cli
