// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace iptmode {

/// What a condition looks at. The comment says the form of its values: raw bytes, big-endian.
enum class Field : std::uint8_t {
  protocol,          ///< 1 byte: IPPROTO_*; for IPv6 the last header's
  source,            ///< 4 or 16 bytes
  destination,       ///< 4 or 16 bytes
  source_port,       ///< 2 bytes
  destination_port,  ///< 2 bytes
  in_interface,      ///< a name, or the beginning of one (see Condition::prefix)
  out_interface,     ///< the same
  mark,              ///< 4 bytes
  conntrack_mark,    ///< 4 bytes
  conntrack_state,   ///< 4 bytes: NF_CT_STATE_BIT() of linux/netfilter/nf_conntrack_common.h
  conntrack_status,  ///< 4 bytes: IPS_* of the same header
  tcp_flags,         ///< 1 byte: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32
  icmp_type,         ///< 1 byte; ICMP or ICMPv6 by the family
  icmp_code,         ///< 1 byte
  source_type,       ///< 4 bytes: RTN_* of linux/rtnetlink.h (addrtype, fib)
  destination_type,  ///< 4 bytes
  family,            ///< 1 byte: NFPROTO_IPV4, NFPROTO_IPV6; only in inet, netdev, bridge tables
  fragment,          ///< no value: the second and later fragments (-f)
  extension,         ///< an xt match or nft expression that is told by name and text only
};
[[nodiscard]] std::string_view to_string(Field field) noexcept;

/// Values from `low` to `high`, both included, of equal length.
struct Interval {
  std::string low = {};
  std::string high = {};
  bool operator==(const Interval&) const = default;
};

/// One thing that a rule demands of a packet: the field's bits under `mask` lie in one of `any_of`,
/// or, negated, in none. The same demand has one form, whatever encoding it comes from:
/// - a network (a mask of leading ones on an address) is an interval without mask;
/// - a mask of all ones is left out, and so is a condition that every packet meets ("-s
/// 0.0.0.0/0");
/// - bits of which one must be set ("--ctstate NEW,RELATED"; `ct state new,related`) are the mask
/// of
///   these bits, any_of 0, negated;
/// - values that touch are one interval; "--dport 1:65535" keeps its interval, 0:65535 is left out.
/// An empty `any_of` of another field than `fragment` and `extension` is never met (unless
/// negated).
struct Condition {
  Field field = Field::extension;
  bool negated = false;
  bool prefix = false;                ///< of an interface: the name begins with the value
  std::string mask = {};              ///< as long as the values; empty: all bits
  std::vector<Interval> any_of = {};  ///< sorted by `low`; empty for `fragment` and `extension`
  std::string name = {};              ///< of an extension: "statistic", "set", "limit", "lookup"
  std::string arguments = {};  ///< of an extension, as far as it is decoded: iptables' own words
  bool decoded =
      true;  ///< false: `arguments` does not hold all that decides (an unknown extension)
  bool operator==(const Condition&) const = default;
};

/// What a rule does with a packet that meets its conditions.
struct Action {
  enum class Kind : std::uint8_t {
    none,  ///< counts and goes on
    accept,
    drop,
    reject,
    jump,   ///< to `chain`
    go_to,  ///< to `chain`, without coming back
    back,   ///< RETURN
    queue,
    set_mark,  ///< and goes on: mark = (mark & ~clear) ^ change
    target,    ///< another extension, told by name and text: DNAT, LOG, CT, ...
  };
  Kind kind = Kind::none;
  std::string chain = {};
  std::string name = {};  ///< the target's name as iptables prints it: "REJECT", "MARK", "DNAT"
  std::string arguments = {};  ///< as iptables prints them: "--to-destination 10.0.0.1:80"
  std::uint32_t clear = 0;     ///< of set_mark
  std::uint32_t change = 0;    ///< of set_mark
  bool decoded = true;         ///< false: `arguments` does not say all
  bool operator==(const Action&) const = default;
};
[[nodiscard]] std::string_view to_string(Action::Kind kind) noexcept;

/// One rule as the kernel holds it, whatever backend and encoding; or as a text says it. All
/// conditions have to be met. Counters, handles and the order of conditions carry no meaning.
struct Rule {
  std::vector<Condition> conditions = {};
  Action action = {};
  std::string comment = {};
  bool operator==(const Rule&) const = default;
};

/// Adds what a rule demands, in the form that Condition describes; with what the rule already
/// demands of the same field it becomes one where both are plain intervals. Values need not be
/// sorted. Says nothing about a condition that every packet meets.
void demand(Rule& rule, Condition condition);

/// A number of `bytes` bytes as conditions hold it.
[[nodiscard]] std::string big_endian(std::uint64_t number, std::size_t bytes);

/// The rule in the words of iptables-save without "-A CHAIN": "-p tcp --dport 80 -j ACCEPT". What
/// is not decoded stands in brackets: "[lookup]". For people; not escaped.
[[nodiscard]] std::string to_string(const Rule& rule);

}  // namespace iptmode
