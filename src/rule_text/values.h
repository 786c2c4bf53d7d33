// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "iptmode/backend.h"
#include "iptmode/rule.h"

/// The values of options, from iptables' words to the raw big-endian bytes of a Condition. Each
/// gives nothing for what it does not understand.
namespace iptmode::rule_text {

/// "0x4000", "16384", "010" (octal, as strtoul takes it), at most `max`.
[[nodiscard]] std::optional<std::uint32_t> number_of(std::string_view text,
                                                     std::uint32_t max = 0xffffffff);

/// The last `size` bytes of a number, the most significant first.
[[nodiscard]] std::string bytes_of(std::uint32_t value, std::size_t size);
/// At most four bytes, the most significant first.
[[nodiscard]] std::uint32_t value_of(std::string_view bytes);

/// "tcp", "6", "ipv6-icmp"; 0 for "all".
[[nodiscard]] std::optional<std::uint8_t> protocol_of(std::string_view text);
/// "tcp" for 6; the number where iptables has no name.
[[nodiscard]] std::string protocol_name(std::uint8_t protocol);

/// 4 or 16 bytes.
[[nodiscard]] std::optional<std::string> address_of(std::string_view text, IpFamily family);
/// "10.0.0.0/8" or "10.0.0.0/255.0.0.0": a condition on `field` with an interval for a prefix, with
/// a mask for any other mask.
[[nodiscard]] std::optional<Condition> network_of(Field field, std::string_view text,
                                                  IpFamily family);
/// "10.0.0.1-10.0.0.9"
[[nodiscard]] std::optional<Condition> address_range_of(Field field, std::string_view text,
                                                        IpFamily family);

/// "80", "80:90", ":90", "80:", "80,443,8000:8080"; sorted.
[[nodiscard]] std::optional<Condition> ports_of(Field field, std::string_view text);

/// "0x4000/0x4000" of four bytes; without a mask all bits count.
[[nodiscard]] std::optional<Condition> mark_of(Field field, std::string_view text);

/// "eth0", "veth+".
[[nodiscard]] Condition interface_of(Field field, std::string_view text);

/// "8", "8/0", "echo-request"; of `code` nothing where it does not matter.
struct IcmpType {
  std::uint8_t type = 0;
  std::optional<std::uint8_t> code = {};
};
[[nodiscard]] std::optional<IcmpType> icmp_type_of(std::string_view text, IpFamily family);

}  // namespace iptmode::rule_text
