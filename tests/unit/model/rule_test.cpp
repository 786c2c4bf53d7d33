// SPDX-License-Identifier: GPL-2.0-or-later
#include "iptmode/rule.h"

#include <gtest/gtest.h>

#include "iptmode/address.h"

namespace iptmode {
namespace {

using namespace std::string_literals;

Condition network(Field field, const std::string& text, bool negated = false) {
  const auto range = parse_network(text).value();
  return {.field = field, .negated = negated, .any_of = {{range.low, range.high}}};
}

Condition number(Field field, std::uint64_t low, std::uint64_t high, std::size_t bytes) {
  return {.field = field, .any_of = {{big_endian(low, bytes), big_endian(high, bytes)}}};
}

Rule ruled(std::initializer_list<Condition> conditions, Action action = {}) {
  Rule rule{.action = std::move(action)};
  for (const Condition& condition : conditions) demand(rule, condition);
  return rule;
}

TEST(Demand, GivesANetworkOneForm) {
  const std::string address = *parse_address("10.244.0.0");
  const Rule masked = ruled({{.field = Field::source,
                              .mask = *parse_address("255.255.0.0"),
                              .any_of = {{address, address}}}});
  EXPECT_EQ(masked, ruled({network(Field::source, "10.244.0.0/16")}));
  const Rule odd = ruled({{.field = Field::source,
                           .mask = *parse_address("255.0.255.0"),
                           .any_of = {{address, address}}}});
  EXPECT_EQ(odd.conditions.at(0).mask, *parse_address("255.0.255.0"));
}

TEST(Demand, LeavesOutWhatEveryPacketMeets) {
  EXPECT_EQ(ruled({network(Field::source, "0.0.0.0/0")}), Rule{});
  EXPECT_EQ(ruled({number(Field::destination_port, 0, 0xffff, 2)}), Rule{});
  EXPECT_EQ(ruled({{.field = Field::in_interface, .prefix = true, .any_of = {{"", ""}}}}), Rule{});
  const Rule never = ruled({network(Field::source, "0.0.0.0/0", true)});
  EXPECT_EQ(never.conditions.at(0), (Condition{.field = Field::source}));
}

TEST(Demand, JoinsValuesThatTouchAndLimitsThatMeet) {
  Condition list = number(Field::destination_port, 80, 80, 2);
  list.any_of.push_back({big_endian(70, 2), big_endian(79, 2)});
  list.any_of.push_back({big_endian(443, 2), big_endian(443, 2)});
  EXPECT_EQ(to_string(ruled({list})), "--dport 70:80,443");
  EXPECT_EQ(ruled({number(Field::destination_port, 80, 0xffff, 2),
                   number(Field::destination_port, 0, 90, 2)}),
            ruled({number(Field::destination_port, 80, 90, 2)}));
}

TEST(Demand, TakesTheMaskOfOnesAway) {
  Condition mark = number(Field::mark, 0x4000, 0x4000, 4);
  mark.mask = "\xff\xff\xff\xff";
  EXPECT_EQ(ruled({mark}), ruled({number(Field::mark, 0x4000, 0x4000, 4)}));
}

TEST(Demand, SaysAListOfStatesByTheirBits) {
  Condition list = number(Field::conntrack_state, 2, 2, 4);
  list.any_of.push_back({big_endian(4, 4), big_endian(4, 4)});
  Condition bits = number(Field::conntrack_state, 0, 0, 4);
  bits.mask = big_endian(6, 4);
  bits.negated = true;
  EXPECT_EQ(ruled({list}), ruled({bits}));
  EXPECT_EQ(to_string(ruled({bits})), "-m conntrack --ctstate RELATED,ESTABLISHED");
}

TEST(RuleWords, AreThoseOfIptables) {
  Condition mark = number(Field::mark, 0x4000, 0x4000, 4);
  mark.mask = big_endian(0x4000, 4);
  mark.negated = true;
  const Rule rule =
      ruled({mark,
             network(Field::source, "10.0.0.0/8", true),
             number(Field::protocol, 6, 6, 1),
             {.field = Field::in_interface, .prefix = true, .any_of = {{"cali", "cali"}}},
             network(Field::destination, "fd00::/64"),
             number(Field::destination_type, 2, 2, 4)},
            {.kind = Action::Kind::jump, .chain = "KUBE-MARK-MASQ"});
  EXPECT_EQ(to_string(rule),
            "! -s 10.0.0.0/8 -d fd00::/64 -i cali+ -p tcp -m mark ! --mark 0x4000/0x4000 "
            "-m addrtype --dst-type LOCAL -j KUBE-MARK-MASQ");
}

TEST(RuleWords, PutInBracketsWhatIsNotDecoded) {
  Rule rule = ruled({{.negated = true, .name = "lookup", .arguments = "@s", .decoded = false}},
                    {.kind = Action::Kind::target, .name = "DNAT", .decoded = false});
  rule.comment = "a b";
  EXPECT_EQ(to_string(rule), "[! lookup @s] -m comment --comment \"a b\" [-j DNAT]");
  EXPECT_EQ(to_string(ruled({{.field = Field::source}}, {.kind = Action::Kind::drop})),
            "-s [nothing] -j DROP");
}

}  // namespace
}  // namespace iptmode
