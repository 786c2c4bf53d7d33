// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// The forms of names of hosts and of Kubernetes objects.
namespace iptmode::redact {

[[nodiscard]] bool is_lower_or_digit(char c);
[[nodiscard]] bool is_alnum(char c);
[[nodiscard]] char lower(char c);
[[nodiscard]] std::string in_lower_case(std::string_view text);
[[nodiscard]] bool inside_a_word(std::string_view text, std::size_t at);
/// Has a lower-case letter: what has none is a number, an address or a mark.
[[nodiscard]] bool has_letter(std::string_view label);

/// What starts at `at` and could be a name of Kubernetes: lower-case letters, digits and `also`,
/// at most 253; empty if nothing could.
[[nodiscard]] std::string_view label_at(std::string_view text, std::size_t at,
                                        std::string_view also);

struct ObjectName {
  std::string_view name_space = {};
  std::string_view name = {};
  [[nodiscard]] std::size_t length() const { return name_space.size() + 1 + name.size(); }
};

/// "default/web". Not 0x4000/0x4000, 10.0.0.0/8 or part of a path.
[[nodiscard]] std::optional<ObjectName> object_name_at(std::string_view text, std::size_t at);

/// Looks like a name where it stands alone: a service can be called "node", and a host "api".
[[nodiscard]] bool is_telling(std::string_view label);

/// The words of this program, of iptables and of addresses: what is called so keeps its name.
[[nodiscard]] bool is_vocabulary(std::string_view name);

}  // namespace iptmode::redact
