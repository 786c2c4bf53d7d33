// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace iptmode::redact {

enum class NameKind : std::uint8_t { host, object, name_space };

/// A name in a log line, which the word before it makes one.
struct JournalName {
  NameKind kind = NameKind::host;
  std::size_t at = 0;
  std::size_t length = 0;  ///< "worker-3", "web-0", "shop/web-0"
};

/// The name behind the word that starts exactly at `at`, in the forms in which k0s, kubelet and the
/// components log names: node="worker-3", pod="shop/web-0", podNamespace: "shop" in JSON,
/// nodes "worker-3" not found, system:node:worker-3, https://worker-3:6443, lookup worker-3; quotes
/// may have backslashes.
[[nodiscard]] std::optional<JournalName> journal_name_at(std::string_view text, std::size_t at);

/// The host's name of a line of `journalctl -o short-iso`: "2026-01-31T10:20:30+0000 worker-3
/// k0s[812]: ...". Empty when the line is none.
[[nodiscard]] std::string_view host_of_line(std::string_view line);

}  // namespace iptmode::redact
