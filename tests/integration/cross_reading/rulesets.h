// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <filesystem>
#include <vector>

#include "releases.h"

namespace iptmode::cross_reading::test {

/// The rules of iptables-save in a directory: name.v4, name.v6. Sorted.
[[nodiscard]] std::vector<std::filesystem::path> rulesets_in(const std::filesystem::path& folder);

/// Loads such a file into the calling process's network namespace with `writer`, with the sets and
/// counters that it names.
void load(const Release& writer, const std::filesystem::path& path);

/// The same with the rules of tests/cross_reading/cells: each in a chain of its own.
void load_cells(const Release& writer, const std::filesystem::path& path);

}  // namespace iptmode::cross_reading::test
