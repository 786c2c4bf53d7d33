// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <functional>
#include <string>

#include "kernel/network_reader.h"
#include "sys/unique_fd.h"

namespace iptmode::kernel {

/// Runs `body` in a child with a network namespace of its own and takes over its failures. The
/// child's assertions print as usual. Ends the test after 30 seconds.
void in_fresh_network(const std::function<void()>& body);

/// Runs a shell command; fails the test when it fails. Returns what it printed.
std::string shell(const std::string& command);

/// Feeds `text` to a command.
void feed(const std::string& command, const std::string& text);

/// Lines that begin with `prefix`.
[[nodiscard]] std::uint64_t lines_with(const std::string& text, std::string_view prefix);

/// The descriptor of a directory.
[[nodiscard]] sys::UniqueFd directory(const std::string& path);

inline const KernelSupport kBoth{.legacy = Support::yes, .nft = Support::yes};

/// Reads the calling process's network namespace.
[[nodiscard]] NetworkReading read_own(const KernelSupport& support = kBoth,
                                      const std::function<void(NetworkRequest&)>& change = {});

/// Gives up every capability, or all but one.
void drop_capabilities_but(int capability);
void drop_capabilities();

/// The table of that name; fails the test when there is none.
[[nodiscard]] const LegacyTable& legacy_table(const NetworkReading& reading, IpFamily family,
                                              std::string_view name);
[[nodiscard]] const NftTable& nft_table(const NetworkReading& reading, std::string_view family,
                                        std::string_view name);

}  // namespace iptmode::kernel
