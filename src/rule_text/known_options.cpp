// SPDX-License-Identifier: GPL-2.0-or-later
#include "rule_text/known_options.h"

#include <algorithm>
#include <array>
#include <utility>

#include "rule_text/values.h"

namespace iptmode::rule_text {
namespace {

using Bits = std::pair<std::string_view, std::uint32_t>;

// NF_CT_STATE_BIT() of linux/netfilter/nf_conntrack_common.h.
constexpr std::array kStates{Bits{"INVALID", 1}, Bits{"ESTABLISHED", 2}, Bits{"RELATED", 4},
                             Bits{"NEW", 8}, Bits{"UNTRACKED", 64}};
// IPS_* of the same header; SNAT and DNAT as states mean these.
constexpr std::array kStatuses{Bits{"EXPECTED", 1}, Bits{"SEEN_REPLY", 2}, Bits{"ASSURED", 4},
                               Bits{"CONFIRMED", 8}};
constexpr std::array kTranslated{Bits{"SNAT", 16}, Bits{"DNAT", 32}};
constexpr std::array kFlags{Bits{"FIN", 1},  Bits{"SYN", 2},  Bits{"RST", 4},  Bits{"PSH", 8},
                            Bits{"ACK", 16}, Bits{"URG", 32}, Bits{"ALL", 63}, Bits{"NONE", 0}};
// RTN_* of linux/rtnetlink.h
constexpr std::array kAddressTypes{
    Bits{"UNSPEC", 0},   Bits{"UNICAST", 1},   Bits{"LOCAL", 2},     Bits{"BROADCAST", 3},
    Bits{"ANYCAST", 4},  Bits{"MULTICAST", 5}, Bits{"BLACKHOLE", 6}, Bits{"UNREACHABLE", 7},
    Bits{"PROHIBIT", 8}, Bits{"THROW", 9},     Bits{"NAT", 10},      Bits{"XRESOLVE", 11}};

/// Each word of a list with commas; nothing when one is not in the table.
template <std::size_t Size>
std::optional<std::vector<std::uint32_t>> numbers_of(const std::array<Bits, Size>& table,
                                                     std::string_view list) {
  std::vector<std::uint32_t> numbers;
  for (;;) {
    const std::size_t comma = list.find(',');
    const auto* const found = std::ranges::find(table, list.substr(0, comma), &Bits::first);
    if (found == table.end() || numbers.size() > table.size()) return std::nullopt;
    numbers.push_back(found->second);
    if (comma == std::string_view::npos) return numbers;
    list.remove_prefix(comma + 1);
  }
}

template <std::size_t Size>
std::optional<std::uint32_t> bits_of(const std::array<Bits, Size>& table, std::string_view list) {
  const auto numbers = numbers_of(table, list);
  if (!numbers) return std::nullopt;
  std::uint32_t bits = 0;
  for (const std::uint32_t number : *numbers) bits |= number;
  return bits;
}

/// At least one of the bits is set.
Condition any_bit_of(Field field, std::uint32_t bits) {
  const std::string zero = bytes_of(0, 4);
  return {.field = field, .negated = true, .mask = bytes_of(bits, 4), .any_of = {{zero, zero}}};
}

std::optional<Condition> states_of(std::string_view list) {
  if (const auto bits = bits_of(kStates, list)) return any_bit_of(Field::conntrack_state, *bits);
  if (const auto bits = bits_of(kTranslated, list))
    return any_bit_of(Field::conntrack_status, *bits);
  return std::nullopt;
}

std::optional<Condition> statuses_of(std::string_view list) {
  const auto bits = bits_of(kStatuses, list);
  if (!bits) return std::nullopt;
  return any_bit_of(Field::conntrack_status, *bits);
}

std::optional<Condition> address_types_of(Field field, std::string_view list) {
  auto types = numbers_of(kAddressTypes, list);
  if (!types) return std::nullopt;
  std::ranges::sort(*types);
  Condition condition{.field = field};
  for (const std::uint32_t type : *types)
    condition.any_of.push_back({bytes_of(type, 4), bytes_of(type, 4)});
  return condition;
}

std::optional<Condition> flags_of(std::string_view mask, std::string_view set) {
  const auto looked_at = bits_of(kFlags, mask);
  const auto wanted = bits_of(kFlags, set);
  if (!looked_at || !wanted) return std::nullopt;
  const std::string value = bytes_of(*wanted, 1);
  return Condition{
      .field = Field::tcp_flags, .mask = bytes_of(*looked_at, 1), .any_of = {{value, value}}};
}

std::optional<Condition> protocol_condition(std::string_view text) {
  const auto protocol = protocol_of(text);
  if (!protocol) return std::nullopt;
  if (*protocol == 0) return Condition{.field = Field::protocol};
  const std::string value = bytes_of(*protocol, 1);
  return Condition{.field = Field::protocol, .any_of = {{value, value}}};
}

struct Context {
  const Option& option;
  std::string_view module;
  IpFamily family;
  [[nodiscard]] std::string_view value(std::size_t at = 0) const {
    return at < option.values.size() ? std::string_view{option.values[at].text}
                                     : std::string_view{};
  }
};
using MaybeCondition = std::optional<Condition>;

MaybeCondition take_mark(const Context& context) {
  if (context.module == "mark") return mark_of(Field::mark, context.value());
  if (context.module == "connmark") return mark_of(Field::conntrack_mark, context.value());
  return std::nullopt;
}

/// One option: how many values it has and what they mean.
struct KnownOption {
  std::string_view name = {};
  std::size_t values = 1;
  MaybeCondition (*take)(const Context&) = nullptr;
};

template <Field field>
MaybeCondition take_network(const Context& context) {
  return network_of(field, context.value(), context.family);
}
template <Field field>
MaybeCondition take_range(const Context& context) {
  return address_range_of(field, context.value(), context.family);
}
template <Field field>
MaybeCondition take_interface(const Context& context) {
  return interface_of(field, context.value());
}
template <Field field>
MaybeCondition take_ports(const Context& context) {
  return ports_of(field, context.value());
}
template <Field field>
MaybeCondition take_address_type(const Context& context) {
  return address_types_of(field, context.value());
}

constexpr std::array kKnown{
    KnownOption{"-p", 1, [](const Context& c) { return protocol_condition(c.value()); }},
    KnownOption{"-s", 1, take_network<Field::source>},
    KnownOption{"-d", 1, take_network<Field::destination>},
    KnownOption{"-i", 1, take_interface<Field::in_interface>},
    KnownOption{"-o", 1, take_interface<Field::out_interface>},
    KnownOption{"-f", 0,
                [](const Context&) { return MaybeCondition{Condition{.field = Field::fragment}}; }},
    KnownOption{"--src-range", 1, take_range<Field::source>},
    KnownOption{"--dst-range", 1, take_range<Field::destination>},
    KnownOption{"--sport", 1, take_ports<Field::source_port>},
    KnownOption{"--dport", 1, take_ports<Field::destination_port>},
    KnownOption{"--sports", 1, take_ports<Field::source_port>},
    KnownOption{"--dports", 1, take_ports<Field::destination_port>},
    KnownOption{"--source-port", 1, take_ports<Field::source_port>},
    KnownOption{"--destination-port", 1, take_ports<Field::destination_port>},
    KnownOption{"--source-ports", 1, take_ports<Field::source_port>},
    KnownOption{"--destination-ports", 1, take_ports<Field::destination_port>},
    KnownOption{"--mark", 1, take_mark},
    KnownOption{"--ctstate", 1, [](const Context& c) { return states_of(c.value()); }},
    KnownOption{"--state", 1, [](const Context& c) { return states_of(c.value()); }},
    KnownOption{"--ctstatus", 1, [](const Context& c) { return statuses_of(c.value()); }},
    KnownOption{"--tcp-flags", 2,
                [](const Context& c) { return flags_of(c.value(0), c.value(1)); }},
    KnownOption{"--syn", 0, [](const Context&) { return flags_of("FIN,SYN,RST,ACK", "SYN"); }},
    KnownOption{"--src-type", 1, take_address_type<Field::source_type>},
    KnownOption{"--dst-type", 1, take_address_type<Field::destination_type>},
};

constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kLongNames{
    {{"--protocol", "-p"},
     {"--source", "-s"},
     {"--src", "-s"},
     {"--destination", "-d"},
     {"--dst", "-d"},
     {"--in-interface", "-i"},
     {"--out-interface", "-o"},
     {"--fragment", "-f"},
     {"--proto", "-p"}}};

std::string_view short_name(std::string_view name) {
  for (const auto& [word, brief] : kLongNames)
    if (word == name) return brief;
  return name;
}

/// Type and code are two conditions; "not both" cannot be said with two.
bool take_icmp(const Option& option, IpFamily family, Rule& rule) {
  if (option.values.size() != 1) return false;
  if (option.values[0].text == "any" || option.values[0].text == "255") return !option.negated;
  const auto found = icmp_type_of(option.values[0].text, family);
  if (!found || (option.negated && found->code)) return false;
  const std::string type = bytes_of(found->type, 1);
  rule.conditions.push_back(
      {.field = Field::icmp_type, .negated = option.negated, .any_of = {{type, type}}});
  if (!found->code) return true;
  const std::string code = bytes_of(*found->code, 1);
  rule.conditions.push_back({.field = Field::icmp_code, .any_of = {{code, code}}});
  return true;
}

constexpr std::array<std::string_view, 62> kTargets{
    "AUDIT",     "CHECKSUM",    "CLASSIFY", "CLUSTERIP", "CONNMARK",      "CONNSECMARK",
    "CT",        "DNAT",        "DNPT",     "DSCP",      "ECN",           "HL",
    "HMARK",     "IDLETIMER",   "LED",      "LOG",       "MARK",          "MASQUERADE",
    "NETMAP",    "NFLOG",       "NFQUEUE",  "NOTRACK",   "RATEEST",       "REDIRECT",
    "REJECT",    "SECMARK",     "SET",      "SNAT",      "SNPT",          "SYNPROXY",
    "TCPMSS",    "TCPOPTSTRIP", "TEE",      "TOS",       "TPROXY",        "TRACE",
    "TTL",       "ULOG",        "ACCOUNT",  "CHAOS",     "DELUDE",        "DHCPMAC",
    "DNETMAP",   "ECHO",        "IPMARK",   "LOGMARK",   "PROTO",         "RAWNAT",
    "STEAL",     "SYSRQ",       "TARPIT",   "XOR",       "NATTYPE",       "FLOWOFFLOAD",
    "BALANCE",   "SAME",        "MIRROR",   "ROUTE",     "IPV4OPTSSTRIP", "NDPI",
    "RTPENGINE", "FULLCONENAT"};

struct Bitwise {
  std::uint32_t clear = 0;
  std::uint32_t change = 0;
};

/// The kernel computes mark = (mark & ~clear) ^ change for each of them.
std::optional<Bitwise> mark_change(const Option& option) {
  if (option.values.size() != 1) return std::nullopt;
  const std::string_view text = option.values[0].text;
  const std::size_t slash = text.find('/');
  const auto value = number_of(text.substr(0, slash));
  const auto mask = slash == std::string_view::npos ? std::optional{0xffffffffU}
                                                    : number_of(text.substr(slash + 1));
  if (!value || !mask) return std::nullopt;
  if (option.name == "--set-xmark") return Bitwise{*mask, *value};
  if (option.name == "--set-mark") return Bitwise{*value | *mask, *value};
  if (option.name == "--or-mark") return Bitwise{*value, *value};
  if (option.name == "--and-mark") return Bitwise{~*value, 0};
  if (option.name == "--xor-mark") return Bitwise{0, *value};
  return std::nullopt;
}

}  // namespace

bool take_known(const Option& option, std::string_view module, IpFamily family, Rule& rule) {
  if (option.name == "--comment" && option.values.size() == 1 && !option.negated) {
    rule.comment = option.values[0].text;
    return true;
  }
  if (option.name == "--icmp-type" || option.name == "--icmpv6-type")
    return take_icmp(option, family, rule);
  const auto* const known = std::ranges::find(kKnown, short_name(option.name), &KnownOption::name);
  if (known == kKnown.end() || option.values.size() != known->values) return false;
  auto condition = known->take({.option = option, .module = module, .family = family});
  if (!condition) return false;
  const bool asks_for_nothing = condition->field == Field::protocol && condition->any_of.empty();
  if (asks_for_nothing) return !option.negated;
  condition->negated = condition->negated != option.negated;
  rule.conditions.push_back(std::move(*condition));
  return true;
}

Action action_of(std::string_view name, bool go_to) {
  Action action{.kind = Action::Kind::target, .name = std::string{name}};
  if (go_to)
    action.kind = Action::Kind::go_to;
  else if (name.empty())
    action.kind = Action::Kind::none;
  else if (name == "ACCEPT")
    action.kind = Action::Kind::accept;
  else if (name == "DROP")
    action.kind = Action::Kind::drop;
  else if (name == "RETURN")
    action.kind = Action::Kind::back;
  else if (name == "QUEUE" || name == "NFQUEUE")
    action.kind = Action::Kind::queue;
  else if (name == "REJECT")
    action.kind = Action::Kind::reject;
  else if (std::ranges::find(kTargets, name) == kTargets.end())
    action.kind = Action::Kind::jump;
  if (action.kind == Action::Kind::go_to || action.kind == Action::Kind::jump)
    action.chain = std::exchange(action.name, {});
  return action;
}

void complete_action(Action& action, std::vector<Option> options) {
  if (action.name == "MARK" && options.size() == 1)
    if (const auto bits = mark_change(options.front())) {
      action.kind = Action::Kind::set_mark;
      action.clear = bits->clear;
      action.change = bits->change;
    }
  if (action.name == "NOTRACK") {
    action.name = "CT";
    options.push_back({.name = "--notrack"});
  }
  // A word that no table knows is a chain, unless it has options as only a target can.
  if (action.kind == Action::Kind::jump && !options.empty()) {
    action.kind = Action::Kind::target;
    action.name = std::exchange(action.chain, {});
  }
  action.arguments = canonical_options(action.name, std::move(options));
}

}  // namespace iptmode::rule_text
