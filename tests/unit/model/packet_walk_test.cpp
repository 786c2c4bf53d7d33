// SPDX-License-Identifier: GPL-2.0-or-later
#include <gtest/gtest.h>

#include "iptmode/address.h"
#include "iptmode/packet_path.h"

namespace iptmode {
namespace {

using Kind = PacketFate::Kind;

Interval port(std::uint64_t number) {
  return {big_endian(number, 2), big_endian(number, 2)};
}

PacketQuestion a_question() {
  const std::string node = *parse_address("192.0.2.1");
  return {.id = "kubeApiserver",
          .packet = {.protocol = 6,
                     .destination = {{node, node}},
                     .destination_port = {port(6443)},
                     .in_interfaces = {"eth0"}}};
}

Rule rule(Action::Kind kind, std::vector<Condition> conditions = {}) {
  return {.conditions = std::move(conditions), .action = {.kind = kind}};
}

Condition to_port(std::uint64_t number, bool negated = false) {
  return {.field = Field::destination_port, .negated = negated, .any_of = {port(number)}};
}

const Condition kUnknown{.name = "lookup", .arguments = "@s", .decoded = false};

PathChain base(std::int32_t priority, std::string policy, std::vector<Rule> rules,
               std::string hook = "input") {
  PathChain chain{.name = "INPUT",
                  .base = BaseChain{.name = "INPUT",
                                    .type = "filter",
                                    .hook = std::move(hook),
                                    .priority = priority,
                                    .policy = std::move(policy)}};
  for (Rule& one : rules)
    chain.rules.push_back(
        {.number = static_cast<std::uint32_t>(chain.rules.size() + 1), .rule = std::move(one)});
  return chain;
}

PathTable table(std::string name, std::vector<PathChain> chains) {
  return {.family = "ip", .name = std::move(name), .chains = std::move(chains)};
}

PacketFate fate(std::vector<PathTable> tables) {
  return evaluate({.questions = {a_question()}, .tables = std::move(tables)}, a_question());
}

TEST(PacketWalk, PassesWhereNothingIs) {
  EXPECT_EQ(fate({}), (PacketFate{.kind = Kind::accepted}));
}

TEST(PacketWalk, AnswersOnlyForQuestionsThatTheRulesWereReadFor) {
  EXPECT_EQ(evaluate({}, a_question()).kind, Kind::undecidable);
}

TEST(PacketWalk, NamesTheRuleOrThePolicyThatDecides) {
  EXPECT_EQ(
      fate({table("filter",
                  {base(0, "accept",
                        {rule(Action::Kind::accept, {to_port(1)}), rule(Action::Kind::drop)})})})
          .decided_by,
      "nf_tables ip filter INPUT, rule 2: -j DROP");
  EXPECT_EQ(fate({table("filter", {base(0, "drop", {})})}),
            (PacketFate{.kind = Kind::dropped,
                        .decided_by = "nf_tables ip filter INPUT, policy drop",
                        .family = "ip",
                        .table = "filter",
                        .chain = "INPUT"}));
}

TEST(PacketWalk, AnAcceptIsFinalForItsBaseChainOnly) {
  EXPECT_EQ(fate({table("a", {base(-10, "drop", {rule(Action::Kind::accept)})}),
                  table("b", {base(10, "accept", {rule(Action::Kind::reject)})})})
                .kind,
            Kind::rejected);
}

TEST(PacketWalk, DecidesWhatItDoesNotUnderstandOnlyWhenBothWaysEndAlike) {
  EXPECT_EQ(fate({table("a", {base(0, "drop", {rule(Action::Kind::accept, {kUnknown})})})}),
            (PacketFate{.decided_by = "nf_tables ip a INPUT, rule 1: [lookup @s] -j ACCEPT"}));
  EXPECT_EQ(fate({table("a", {base(0, "drop", {rule(Action::Kind::drop, {kUnknown})})})}).kind,
            Kind::dropped);
}

TEST(PacketWalk, KnowsNoOrderAtOnePriority) {
  const auto drops = table("a", {base(0, "accept", {rule(Action::Kind::drop)})});
  const auto rejects = table("b", {base(0, "accept", {rule(Action::Kind::reject)})});
  const auto accepts = table("c", {base(0, "accept", {rule(Action::Kind::accept)})});
  EXPECT_EQ(fate({drops, rejects}).kind, Kind::undecidable);
  EXPECT_EQ(fate({drops, accepts}).kind, Kind::dropped);
}

TEST(PacketWalk, FollowsMarks) {
  Rule mark = rule(Action::Kind::set_mark);
  mark.action.clear = 0x8000;
  mark.action.change = 0x8000;
  const Condition marked{.field = Field::mark,
                         .mask = big_endian(0x8000, 4),
                         .any_of = {{big_endian(0x8000, 4), big_endian(0x8000, 4)}}};
  const auto first = [&](std::vector<Rule> rules) {
    return base(-150, "accept", std::move(rules), "prerouting");
  };
  const auto last = base(0, "accept", {rule(Action::Kind::drop, {marked})});
  EXPECT_EQ(fate({table("t", {first({mark}), last})}).kind, Kind::dropped);
  EXPECT_EQ(fate({table("t", {first({}), last})}).kind, Kind::accepted);
  mark.conditions = {kUnknown};
  EXPECT_EQ(fate({table("t", {first({mark}), last})}).kind, Kind::undecidable);
}

TEST(PacketWalk, ComesBackFromAJumpAndNotFromAGoto) {
  PathChain user{.name = "U", .rules = {{.number = 1, .rule = rule(Action::Kind::back)}}};
  for (const auto& [kind, want] : {std::pair{Action::Kind::jump, Kind::dropped},
                                   std::pair{Action::Kind::go_to, Kind::accepted}}) {
    Rule jump = rule(kind);
    jump.action.chain = "U";
    EXPECT_EQ(fate({table("t", {base(0, "accept", {jump, rule(Action::Kind::drop)}), user})}).kind,
              want);
  }
}

TEST(PacketWalk, DoesNotGuessBehindTranslationsQueuesAndCuts) {
  Rule translation = rule(Action::Kind::target);
  translation.action.name = "DNAT";
  EXPECT_EQ(fate({table("t", {base(0, "accept", {translation})})}).kind, Kind::undecidable);
  EXPECT_EQ(fate({table("t", {base(0, "accept", {rule(Action::Kind::queue)})})}).kind,
            Kind::undecidable);
  PathChain cut = base(0, "accept", {});
  cut.cut = true;
  EXPECT_EQ(fate({table("t", {cut})}).kind, Kind::undecidable);
}

TEST(PacketWalk, EndsInRulesThatNobodyCanFollow) {
  // A chain that jumps to itself, and a hundred forks in a row.
  Rule loop = rule(Action::Kind::jump, {kUnknown});
  loop.action.chain = "U";
  PathChain user{.name = "U", .rules = {{.number = 1, .rule = loop}}};
  EXPECT_EQ(fate({table("t", {base(0, "accept", {loop}), user})}).kind, Kind::undecidable);
  Rule harmless = rule(Action::Kind::jump, {kUnknown});
  harmless.action.chain = "V";
  PathChain empty{.name = "V"};
  EXPECT_EQ(fate({table("t", {base(0, "drop", std::vector<Rule>(100, harmless)), empty})}).kind,
            Kind::dropped);
}

TEST(CanMatch, KeepsWhatDependsAndLeavesOutWhatCannotBe) {
  const Packet packet = a_question().packet;
  const auto can = [&](const Condition& condition) {
    return can_match(rule(Action::Kind::drop, {condition}), packet);
  };
  EXPECT_TRUE(can(to_port(6443)));
  EXPECT_FALSE(can(to_port(6443, true)));
  EXPECT_FALSE(can(to_port(80)));
  EXPECT_TRUE(can(kUnknown));
  EXPECT_FALSE(
      can({.field = Field::conntrack_state, .any_of = {{big_endian(2, 4), big_endian(2, 4)}}}));
  EXPECT_TRUE(can({.field = Field::mark, .any_of = {{big_endian(2, 4), big_endian(2, 4)}}}));
  EXPECT_FALSE(can({.field = Field::in_interface, .any_of = {{"cni0", "cni0"}}}));
}

TEST(PacketWalk, NamesNoRuleForAnAcceptThatDoesNotHangOnIt) {
  const PacketFate both =
      fate({table("t", {base(0, "accept", {rule(Action::Kind::accept, {kUnknown})}),
                        base(1, "accept", {rule(Action::Kind::none, {kUnknown})})})});
  EXPECT_EQ(both, (PacketFate{.kind = Kind::accepted}));
  const PacketFate one = fate({table("t", {base(0, "drop",
                                                {rule(Action::Kind::none, {kUnknown}),
                                                 rule(Action::Kind::accept, {to_port(6443)})})})});
  EXPECT_EQ(one.kind, Kind::accepted);
  EXPECT_EQ(one.decided_by, "nf_tables ip t INPUT, rule 2: --dport 6443 -j ACCEPT");
}

/// A chain of devices that drops.
PacketFate fate_at_device(const std::string& hook, std::vector<std::string> devices,
                          Packet::Way way = Packet::Way::input) {
  PacketQuestion question = a_question();
  question.packet.way = way;
  if (way == Packet::Way::output)
    question.packet.in_interfaces.swap(question.packet.out_interfaces);
  PathChain chain = base(0, "drop", {}, hook);
  chain.base->devices = std::move(devices);
  PathTable table{.family = "netdev", .name = "t", .chains = {chain}};
  return evaluate({.questions = {question}, .tables = {table}}, question);
}

TEST(PacketWalk, MeetsTheChainsOfTheDeviceThatItComesBy) {
  EXPECT_EQ(fate_at_device("ingress", {"eth0"}).kind, Kind::dropped);
  EXPECT_EQ(fate_at_device("ingress", {"eth1", "eth0"}).kind, Kind::dropped);
  EXPECT_EQ(fate_at_device("egress", {"eth0"}, Packet::Way::output).kind, Kind::dropped);
  EXPECT_EQ(fate_at_device("egress", {"eth0"}).kind, Kind::accepted) << "an answer goes out there";
  EXPECT_EQ(fate_at_device("ingress", {"eth0"}, Packet::Way::output).kind, Kind::accepted);
}

TEST(PacketWalk, DoesNotKnowWhatAnotherDeviceIsBelow) {
  for (const std::vector<std::string>& devices : {std::vector<std::string>{"eth1"}, {}}) {
    const PacketFate fate = fate_at_device("ingress", devices);
    EXPECT_EQ(fate.kind, Kind::undecidable);
    EXPECT_EQ(fate.decided_by, "the device of nf_tables netdev t INPUT");
  }
}

/// What becomes of a packet from 192.0.2.6 to 192.0.2.9, by a rule that drops those of a set.
PacketFate fate_by_set(const std::string& arguments, std::vector<AddressSet> sets,
                       bool negated = false) {
  PacketQuestion question = a_question();
  question.packet.source = {{*parse_address("192.0.2.6"), *parse_address("192.0.2.9")}};
  const Condition in_set{
      .negated = negated, .name = "set", .arguments = arguments, .decoded = false};
  return evaluate(
      {.questions = {question},
       .tables = {table("t", {base(0, "accept", {rule(Action::Kind::drop, {in_set})})})},
       .address_sets = std::move(sets)},
      question);
}

AddressSet a_set(std::string_view low, std::string_view high) {
  return {.name = "peers", .members = {{*parse_address(low), *parse_address(high)}}};
}

TEST(PacketWalk, LooksIntoSetsWhoseMembersAreKnown) {
  const std::string by_source = "--match-set peers src";
  EXPECT_EQ(fate_by_set(by_source, {a_set("192.0.2.0", "192.0.2.255")}).kind, Kind::dropped);
  EXPECT_EQ(fate_by_set(by_source, {a_set("192.0.2.0", "192.0.2.255")}, true).kind, Kind::accepted);
  EXPECT_EQ(fate_by_set(by_source, {a_set("10.0.0.0", "10.0.0.9")}).kind, Kind::accepted);
  EXPECT_EQ(fate_by_set(by_source, {{.name = "peers"}}).kind, Kind::accepted) << "an empty set";
  EXPECT_EQ(fate_by_set("--match-set peers dst", {a_set("192.0.2.1", "192.0.2.1")}).kind,
            Kind::dropped);
}

TEST(PacketWalk, KnowsNothingOfOtherSets) {
  const AddressSet all = a_set("0.0.0.0", "255.255.255.255");
  for (const std::string arguments :
       {"--match-set others src", "--match-set peers src,dst",
        "--match-set peers src with counters", "--match-set #3 src", "--match-set peer src", ""})
    EXPECT_EQ(fate_by_set(arguments, {all}).kind, Kind::undecidable) << arguments;
  AddressSet other_family = all;
  other_family.family = IpFamily::ipv6;
  EXPECT_EQ(fate_by_set("--match-set peers src", {other_family}).kind, Kind::undecidable);
  const PacketFate some = fate_by_set("--match-set peers src", {a_set("192.0.2.0", "192.0.2.7")});
  EXPECT_EQ(some.kind, Kind::undecidable) << "one of those who may ask is in it";
  EXPECT_EQ(some.decided_by, "nf_tables ip t INPUT, rule 1: [set --match-set peers src] -j DROP");
}

}  // namespace
}  // namespace iptmode
