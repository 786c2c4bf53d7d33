// SPDX-License-Identifier: GPL-2.0-or-later
#include <gtest/gtest.h>

#include "iptmode/address.h"
#include "iptmode/packet_path.h"

namespace iptmode {
namespace {

using Kind = PacketFate::Kind;

Interval at(std::string_view address) {
  const std::string bytes = *parse_address(address);
  return {bytes, bytes};
}

Interval port(std::uint64_t number) {
  return {big_endian(number, 2), big_endian(number, 2)};
}

const std::vector<NetworkLink> kLinks{
    {.name = "eth0", .addresses = {"192.0.2.1/24", "2001:db8::1/64"}},
    {.name = "cni0", .addresses = {"10.244.3.1/24", "fd00::1/64"}}};

PacketQuestion to_node(IpFamily family = IpFamily::ipv4) {
  return {.id = "kubelet",
          .packet = {.family = family,
                     .protocol = 6,
                     .destination = {at(family == IpFamily::ipv4 ? "192.0.2.1" : "2001:db8::1")},
                     .destination_port = {port(10250)},
                     .in_interfaces = {"eth0"}}};
}

Action target(std::string name, std::string arguments) {
  return {.kind = Action::Kind::target, .name = std::move(name), .arguments = std::move(arguments)};
}

PathChain base(std::string hook, std::string type, std::string policy, std::vector<Rule> rules) {
  PathChain chain{.name = hook,
                  .base = BaseChain{.name = hook, .type = type, .hook = hook, .policy = policy}};
  for (Rule& rule : rules)
    chain.rules.push_back(
        {.number = static_cast<std::uint32_t>(chain.rules.size() + 1), .rule = std::move(rule)});
  return chain;
}

/// Prerouting with one action, and chains behind it.
PacketPath a_path(const Action& action, std::vector<PathChain> behind = {},
                  const PacketQuestion& question = to_node()) {
  PathTable table{.family = "inet", .name = "t", .chains = std::move(behind)};
  const bool own = question.packet.way == Packet::Way::output;
  table.chains.push_back(
      base(own ? "output" : "prerouting", "nat", "accept", {{.action = action}}));
  PacketPath path{.questions = {question}, .tables = {table}};
  follow_translations(path, kLinks);
  return path;
}

PacketFate fate_of(const PacketPath& path) {
  return evaluate(path, path.questions.front());
}

TEST(FollowTranslations, ReadEveryFormOfADestination) {
  struct Case {
    std::string_view arguments;
    std::string_view low;
    std::string_view high;
    std::uint64_t port;
    Packet::Way way;
  };
  constexpr Packet::Way kForward = Packet::Way::forward;
  constexpr Packet::Way kInput = Packet::Way::input;
  for (const Case& want :
       {Case{"--to-destination 10.244.3.7:8080", "10.244.3.7", "10.244.3.7", 8080, kForward},
        Case{"--to-destination 10.244.3.7", "10.244.3.7", "10.244.3.7", 10250, kForward},
        Case{"--to-destination 10.244.3.7-10.244.3.9:80 --random --persistent", "10.244.3.7",
             "10.244.3.9", 80, kForward},
        Case{"--to-destination 10.244.3.1:80", "10.244.3.1", "10.244.3.1", 80, kInput}}) {
    SCOPED_TRACE(want.arguments);
    const PacketPath path = a_path(target("DNAT", std::string{want.arguments}));
    ASSERT_EQ(path.translated.size(), 1U);
    const Packet& packet = path.translated.front().packet;
    EXPECT_EQ(packet.destination,
              (std::vector{Interval{*parse_address(want.low), *parse_address(want.high)}}));
    EXPECT_EQ(packet.destination_port, std::vector{port(want.port)});
    EXPECT_EQ(packet.way, want.way);
    EXPECT_EQ(packet.in_interfaces, std::vector<std::string>{"eth0"});
  }
}

TEST(FollowTranslations, ReadIpv6WithAndWithoutAPort) {
  for (const auto& [arguments, number] :
       {std::pair{"--to-destination [fd00::7]:80", 80U}, {"--to-destination fd00::7", 10250U}}) {
    const PacketPath path = a_path(target("DNAT", arguments), {}, to_node(IpFamily::ipv6));
    ASSERT_EQ(path.translated.size(), 1U) << arguments;
    EXPECT_EQ(path.translated.front().packet.destination, std::vector{at("fd00::7")});
    EXPECT_EQ(path.translated.front().packet.destination_port, std::vector{port(number)});
    EXPECT_EQ(path.translated.front().packet.out_interfaces, std::vector<std::string>{"cni0"});
  }
}

TEST(FollowTranslations, LeaveOutWhatNobodyCanTell) {
  for (const char* const arguments :
       {"--to-destination 127.0.0.1:80", "--to-destination 192.0.2.0-192.0.2.9",
        "--to-destination 10.0.0.1:80-90/8080", "--to-destination 10.0.0.1 --unheard-of",
        "--to-destination fd00::7", "--to-destination 239.0.0.1", "--to-destination 10.0.0"}) {
    const PacketPath path = a_path(target("DNAT", arguments));
    EXPECT_TRUE(path.translated.empty()) << arguments;
  }
  Action unknown = target("DNAT", "");
  unknown.decoded = false;
  EXPECT_TRUE(a_path(unknown).translated.empty());
}

TEST(FollowTranslations, LeaveOutRulesThatAreForOtherPackets) {
  PacketPath path = a_path(target("DNAT", "--to-destination 10.244.3.7"));
  path.translated.clear();
  path.tables.front().chains.front().rules.front().rule.conditions = {
      {.field = Field::destination_port, .any_of = {port(80)}}};
  follow_translations(path, kLinks);
  EXPECT_TRUE(path.translated.empty());
}

TEST(PacketWalk, GoesOnThroughTheForwardChainsOfANewDestination) {
  const Action dnat = target("DNAT", "--to-destination 10.244.3.7:8080");
  const auto drops = [](const char* hook) { return base(hook, "filter", "drop", {}); };
  const PacketFate led_away = fate_of(a_path(dnat, {drops("input")}));
  EXPECT_EQ(led_away.kind, Kind::accepted);
  EXPECT_EQ(led_away.translated_by,
            "nf_tables inet t prerouting, rule 1: -j DNAT --to-destination 10.244.3.7:8080");
  EXPECT_EQ(led_away.packet.way, Packet::Way::forward);
  EXPECT_EQ(led_away.packet.destination, std::vector{at("10.244.3.7")});
  const PacketFate dropped = fate_of(a_path(dnat, {drops("forward")}));
  EXPECT_EQ(dropped.kind, Kind::dropped);
  EXPECT_EQ(dropped.chain, "forward");
}

TEST(PacketWalk, SeesTheNewPortOfARedirectedPacket) {
  const Rule drop{.conditions = {{.field = Field::destination_port, .any_of = {port(8443)}}},
                  .action = {.kind = Action::Kind::drop}};
  const std::vector<PathChain> input{base("input", "filter", "accept", {drop})};
  EXPECT_EQ(fate_of(a_path(target("REDIRECT", "--to-ports 8443"), input)).kind, Kind::dropped);
  const PacketFate same = fate_of(a_path(target("REDIRECT", ""), input));
  EXPECT_EQ(same.kind, Kind::accepted);
  EXPECT_EQ(same.packet.way, Packet::Way::input);
}

TEST(PacketWalk, DoesNotFollowWhatWasNotRead) {
  PacketPath path = a_path(target("DNAT", "--to-destination 10.244.3.7:8080"));
  path.translated.clear();
  EXPECT_EQ(fate_of(path).kind, Kind::undecidable);
  EXPECT_EQ(fate_of(a_path(target("DNAT", "--to-destination 127.0.0.1:80"))).kind,
            Kind::undecidable);
  EXPECT_EQ(fate_of(a_path(target("TPROXY", "--on-port 80"))).kind, Kind::undecidable);
}

TEST(PacketWalk, LeavesPacketsOfTheOtherFamilyAlone) {
  // One inet chain with a rule for each.
  const PacketFate fate = fate_of(a_path(target("DNAT", "--to-destination [fd00::7]:80")));
  EXPECT_EQ(fate.kind, Kind::accepted);
  EXPECT_EQ(fate.translated_by, "");
}

TEST(PacketWalk, HasNoAnswerWhereAPacketMayOrMayNotBeLedAway) {
  PacketPath path = a_path(target("DNAT", "--to-destination 10.244.3.7:8080"));
  path.tables.front().chains.front().rules.front().rule.conditions = {
      {.name = "set", .arguments = "--match-set #1 src", .decoded = false}};
  const PacketFate fate = fate_of(path);
  EXPECT_EQ(fate.kind, Kind::undecidable);
  EXPECT_EQ(fate.decided_by,
            "nf_tables inet t prerouting, rule 1: [set --match-set #1 src] -j DNAT "
            "--to-destination 10.244.3.7:8080");
}

TEST(PacketWalk, KnowsThatATranslatedConnectionIsOne) {
  const Condition translated{.field = Field::conntrack_status,
                             .negated = true,
                             .mask = big_endian(0x20, 4),
                             .any_of = {{big_endian(0, 4), big_endian(0, 4)}}};
  const Rule accept{.conditions = {translated}, .action = {.kind = Action::Kind::accept}};
  const auto shut = [&](const char* hook) { return base(hook, "filter", "drop", {accept}); };
  EXPECT_EQ(fate_of(a_path(target("DNAT", "--to-destination 10.244.3.7"), {shut("forward")})).kind,
            Kind::accepted);
  EXPECT_EQ(fate_of(a_path(target("LOG", ""), {shut("input")})).kind, Kind::dropped);
}

TEST(PacketWalk, ShowsTheOldInterfaceUntilALocalPacketIsRoutedAnew) {
  PacketQuestion own = to_node();
  own.packet.way = Packet::Way::output;
  own.packet.destination = {at("198.51.100.1")};
  own.packet.in_interfaces = {};
  own.packet.out_interfaces = {"eth0"};
  const auto drop = [](const char* hook, const char* link) {
    return base(hook, "filter", "accept",
                {{.conditions = {{.field = Field::out_interface, .any_of = {{link, link}}}},
                  .action = {.kind = Action::Kind::drop}}});
  };
  const Action dnat = target("DNAT", "--to-destination 10.244.3.7");
  EXPECT_EQ(fate_of(a_path(dnat, {drop("output", "cni0")}, own)).kind, Kind::accepted);
  EXPECT_EQ(fate_of(a_path(dnat, {drop("postrouting", "cni0")}, own)).kind, Kind::dropped);
  EXPECT_EQ(fate_of(a_path(dnat, {drop("postrouting", "eth0")}, own)).kind, Kind::accepted);
}

}  // namespace
}  // namespace iptmode
