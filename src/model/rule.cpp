// SPDX-License-Identifier: GPL-2.0-or-later
#include "iptmode/rule.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <utility>

#include "iptmode/address.h"

namespace iptmode {
namespace {

using Words = std::pair<std::uint64_t, std::string_view>;

// As iptables prints them; other protocols are numbers.
constexpr std::array kProtocols{Words{1, "icmp"},       Words{6, "tcp"},    Words{17, "udp"},
                                Words{33, "dccp"},      Words{50, "esp"},   Words{51, "ah"},
                                Words{58, "ipv6-icmp"}, Words{132, "sctp"}, Words{136, "udplite"}};
// RTN_* of linux/rtnetlink.h, in the words of `-m addrtype`.
constexpr std::array kAddressTypes{
    Words{0, "UNSPEC"},   Words{1, "UNICAST"},   Words{2, "LOCAL"},     Words{3, "BROADCAST"},
    Words{4, "ANYCAST"},  Words{5, "MULTICAST"}, Words{6, "BLACKHOLE"}, Words{7, "UNREACHABLE"},
    Words{8, "PROHIBIT"}, Words{9, "THROW"},     Words{10, "NAT"},      Words{11, "XRESOLVE"}};
// NF_CT_STATE_BIT() of linux/netfilter/nf_conntrack_common.h and nf_tables.h.
constexpr std::array kStates{Words{1, "INVALID"}, Words{8, "NEW"}, Words{4, "RELATED"},
                             Words{2, "ESTABLISHED"}, Words{64, "UNTRACKED"}};
// The bits of the header, in iptables' order.
constexpr std::array kFlags{Words{1, "FIN"}, Words{2, "SYN"},  Words{4, "RST"},
                            Words{8, "PSH"}, Words{16, "ACK"}, Words{32, "URG"}};
constexpr std::array kFamilies{Words{2, "ipv4"}, Words{10, "ipv6"}};

std::uint64_t number_of(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes.substr(0, sizeof value))
    value = value << 8U | static_cast<unsigned char>(byte);
  return value;
}

std::string hex(std::uint64_t value) {
  std::array<char, 2 * sizeof value> digits = {};
  const auto end = std::to_chars(digits.begin(), digits.end(), value, 16).ptr;
  return "0x" + std::string(digits.begin(), end);
}

template <std::size_t Size>
std::string word_for(const std::array<Words, Size>& words, std::uint64_t value) {
  for (const auto& [number, word] : words)
    if (number == value) return std::string{word};
  return std::to_string(value);
}

template <std::size_t Size>
std::string words_for_bits(const std::array<Words, Size>& words, std::uint64_t bits) {
  std::string list;
  for (const auto& [bit, word] : words) {
    if ((bits & bit) == 0) continue;
    if (!list.empty()) list += ',';
    list += word;
    bits &= ~bit;
  }
  if (bits == 0) return list;
  return list.empty() ? hex(bits) : list + ',' + hex(bits);
}

/// The length of the prefix that spans the interval; nothing when it is not a network.
std::optional<unsigned> prefix_of(const Interval& interval) {
  const auto bits = static_cast<unsigned>(interval.low.size() * 8);
  for (unsigned prefix = 0; prefix <= bits; ++prefix) {
    const AddressRange range = network_of(interval.low, prefix);
    if (range.low == interval.low && range.high == interval.high) return prefix;
  }
  return std::nullopt;
}

std::string address_words(const Interval& interval) {
  if (const auto prefix = prefix_of(interval))
    return address_text(interval.low) + '/' + std::to_string(*prefix);
  return address_text(interval.low) + '-' + address_text(interval.high);
}

template <std::size_t Size>
std::string number_words(const Interval& interval, const std::array<Words, Size>& words) {
  std::string text = word_for(words, number_of(interval.low));
  if (interval.high != interval.low) text += ':' + word_for(words, number_of(interval.high));
  return text;
}

std::string mark_words(const Interval& interval) {
  std::string text = hex(number_of(interval.low));
  if (interval.high != interval.low) text += ':' + hex(number_of(interval.high));
  return text;
}

std::string value_words(const Condition& condition, const Interval& interval) {
  constexpr std::array<Words, 0> kNone = {};
  switch (condition.field) {
    case Field::source:
    case Field::destination: return address_words(interval);
    case Field::protocol: return number_words(interval, kProtocols);
    case Field::family: return number_words(interval, kFamilies);
    case Field::source_type:
    case Field::destination_type: return number_words(interval, kAddressTypes);
    case Field::in_interface:
    case Field::out_interface: return interval.low + (condition.prefix ? "+" : "");
    case Field::mark:
    case Field::conntrack_mark:
    case Field::conntrack_status:
    case Field::tcp_flags: return mark_words(interval);
    case Field::conntrack_state: return words_for_bits(kStates, number_of(interval.low));
    default: return number_words(interval, kNone);
  }
}

/// "SYN,RST SYN": which are looked at, which are set.
std::string flag_words(const Condition& condition) {
  const std::uint64_t set = number_of(condition.any_of.front().low);
  return words_for_bits(kFlags, number_of(condition.mask)) + ' ' +
         (set == 0 ? "NONE" : words_for_bits(kFlags, set));
}

std::string values(const Condition& condition) {
  const bool flags = condition.field == Field::tcp_flags && !condition.mask.empty() &&
                     condition.any_of.size() == 1;
  if (flags) return flag_words(condition);
  std::string list;
  for (const Interval& interval : condition.any_of) {
    if (!list.empty()) list += ',';
    list += value_words(condition, interval);
  }
  if (condition.any_of.empty()) return "[nothing]";
  if (condition.mask.empty()) return list;
  const bool address = condition.field == Field::source || condition.field == Field::destination;
  return list + '/' + (address ? address_text(condition.mask) : hex(number_of(condition.mask)));
}

/// The option that iptables has for a field, with its match where it is not a built-in one.
std::pair<std::string_view, std::string_view> option_of(Field field) {
  switch (field) {
    case Field::protocol: return {"", "-p"};
    case Field::source: return {"", "-s"};
    case Field::destination: return {"", "-d"};
    case Field::in_interface: return {"", "-i"};
    case Field::out_interface: return {"", "-o"};
    case Field::source_port: return {"", "--sport"};
    case Field::destination_port: return {"", "--dport"};
    case Field::mark: return {"-m mark ", "--mark"};
    case Field::conntrack_mark: return {"-m connmark ", "--mark"};
    case Field::conntrack_state: return {"-m conntrack ", "--ctstate"};
    case Field::conntrack_status: return {"-m conntrack ", "--ctstatus"};
    case Field::tcp_flags: return {"", "--tcp-flags"};
    case Field::icmp_type: return {"", "--icmp-type"};
    case Field::icmp_code: return {"", "--icmp-code"};
    case Field::source_type: return {"-m addrtype ", "--src-type"};
    case Field::destination_type: return {"-m addrtype ", "--dst-type"};
    case Field::family: return {"", "--family"};
    case Field::fragment: return {"", "-f"};
    case Field::extension: break;
  }
  return {};
}

std::string extension_words(const Condition& condition) {
  if (!condition.decoded) {
    const std::string text =
        condition.name + (condition.arguments.empty() ? "" : ' ' + condition.arguments);
    return '[' + std::string{condition.negated ? "! " : ""} + text + ']';
  }
  const std::string text = "-m " + condition.name;
  return condition.arguments.empty() ? text : text + ' ' + condition.arguments;
}

/// "bits of which one must be set" (see Condition).
bool is_any_bit(const Condition& condition) {
  return !condition.mask.empty() && condition.any_of.size() == 1 &&
         condition.any_of.front().low == condition.any_of.front().high &&
         number_of(condition.any_of.front().low) == 0;
}

std::string condition_words(const Condition& condition) {
  if (condition.field == Field::extension) return extension_words(condition);
  const auto [match, option] = option_of(condition.field);
  bool negated = condition.negated;
  std::string text = values(condition);
  if (condition.field == Field::conntrack_state && is_any_bit(condition)) {
    negated = !negated;
    text = words_for_bits(kStates, number_of(condition.mask));
  }
  std::string words{match};
  if (negated) words += "! ";
  words += option;
  return condition.field == Field::fragment ? words : words + ' ' + text;
}

std::string action_words(const Action& action) {
  const auto verdict = [&]() -> std::string {
    switch (action.kind) {
      case Action::Kind::none: return "";
      case Action::Kind::accept: return "-j ACCEPT";
      case Action::Kind::drop: return "-j DROP";
      case Action::Kind::reject: return "-j REJECT";
      case Action::Kind::jump: return "-j " + action.chain;
      case Action::Kind::go_to: return "-g " + action.chain;
      case Action::Kind::back: return "-j RETURN";
      case Action::Kind::queue: return "-j NFQUEUE";
      case Action::Kind::set_mark: return "-j MARK";
      case Action::Kind::target: return "-j " + action.name;
    }
    return "";
  }();
  if (!action.decoded)
    return '[' + verdict + (action.arguments.empty() ? "" : ' ' + action.arguments) + ']';
  return action.arguments.empty() ? verdict : verdict + ' ' + action.arguments;
}

/// iptables prints the built-in conditions in this order, then the matches.
int rank(Field field) {
  switch (field) {
    case Field::source: return 0;
    case Field::destination: return 1;
    case Field::in_interface: return 2;
    case Field::out_interface: return 3;
    case Field::protocol: return 4;
    default: return 5;
  }
}

}  // namespace

std::string to_string(const Rule& rule) {
  std::vector<const Condition*> ordered;
  for (const Condition& condition : rule.conditions) ordered.push_back(&condition);
  std::stable_sort(ordered.begin(), ordered.end(), [](const Condition* a, const Condition* b) {
    return rank(a->field) < rank(b->field);
  });
  std::string text;
  const auto add = [&](const std::string& words) {
    if (!text.empty() && !words.empty()) text += ' ';
    text += words;
  };
  for (const Condition* condition : ordered) add(condition_words(*condition));
  if (!rule.comment.empty()) add("-m comment --comment \"" + rule.comment + '"');
  add(action_words(rule.action));
  return text;
}

}  // namespace iptmode
