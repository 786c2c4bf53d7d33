// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../snapshot_io/rich_snapshot.h"
#include "iptmode/redact.h"
#include "iptmode/snapshot_json.h"
#include "redact/address.h"
#include "redact/snapshot_texts.h"

namespace iptmode {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

constexpr Redaction kBoth{.addresses = true, .names = true};

Redactor a_redactor(Redaction what = kBoth) {
  Redactor redactor{what, "key"};
  redactor.learn_host("worker-3.example.com");
  redactor.learn_rules(
      "-A X -m comment --comment \"default/web-0:http cluster IP\" -j Y\n"
      "-A X -m comment --comment kube-system/kube-proxy -m mark --mark 0x4000/0x4000\n"
      "\t\tjump service-2EPAGV27-shop/cart-api/tcp/http\n");
  return redactor;
}

TEST(Redactor, ReplacesTheHostWhereverItStands) {
  Redactor redactor = a_redactor();
  const std::string host = redactor.text("worker-3");
  EXPECT_THAT(host, MatchesRegex("host-[0-9a-f]{8}"));
  for (const std::string_view text : {"worker-3.example.com", "WORKER-3"})
    EXPECT_EQ(redactor.text(text), host) << text;
  EXPECT_EQ(redactor.text("nllb-worker-3 on worker-3:"), "nllb-" + host + " on " + host + ":");
  EXPECT_EQ(redactor.text("worker-31 coworker-3"), "worker-31 coworker-3");
}

TEST(Redactor, ReplacesObjectsOfRulesInPairsAndAlone) {
  Redactor redactor = a_redactor();
  const std::string pair = redactor.text("default/web-0");
  EXPECT_THAT(pair, MatchesRegex("ns-[0-9a-f]{8}/obj-[0-9a-f]{8}"));
  EXPECT_EQ(redactor.text("default/web-0:http has no endpoints"), pair + ":http has no endpoints");
  EXPECT_EQ(redactor.text("pod web-0"), "pod " + pair.substr(pair.find('/') + 1));
  EXPECT_EQ(redactor.text("service-2EPAGV27-shop/cart-api/tcp/http"),
            "service-2EPAGV27-" + redactor.text("shop/cart-api") + "/tcp/http");
}

TEST(Redactor, LeavesWordsOfItsOwnAndPathsAndMarks) {
  Redactor redactor = a_redactor();
  for (const std::string_view text :
       {"kube-proxy", "default", "0x4000/0x4000", "/var/lib/k0s/bin", "default/other", "iptables"})
    EXPECT_EQ(redactor.text(text), text);
  EXPECT_THAT(redactor.text("kube-system/kube-proxy"), Not(HasSubstr("kube")));
}

TEST(Redactor, AHostThatIsCalledLikeAWordOfIptablesStays) {
  Redactor redactor{kBoth, "key"};
  for (const std::string_view name : {"localhost", "filter", "iptables", "kube-proxy", ""})
    redactor.learn_host(name);
  EXPECT_EQ(redactor.text("*filter iptables localhost"), "*filter iptables localhost");
}

TEST(Redactor, ReplacesAddressesInRulesAndKeepsTheRest) {
  Redactor redactor = a_redactor();
  const std::string rule = redactor.text(
      "-A X -d 10.96.0.10/32 -p udp --dport 53 -j DNAT --to-destination 10.244.0.2:53");
  EXPECT_THAT(rule, MatchesRegex("-A X -d [0-9.]+/32 -p udp --dport 53 -j DNAT --to-destination "
                                 "[0-9.]+:53"));
  EXPECT_THAT(rule, Not(HasSubstr("10.96.0.10")));
  EXPECT_THAT(rule, Not(HasSubstr("10.244.0.2")));
  EXPECT_EQ(redactor.text("-s 127.0.0.0/8 -d 0.0.0.0/0 ::1/128"),
            "-s 127.0.0.0/8 -d 0.0.0.0/0 ::1/128");
}

TEST(Redactor, DoesOnlyWhatItIsToldTo) {
  EXPECT_EQ(a_redactor({.addresses = true}).text("worker-3 default/web-0"),
            "worker-3 default/web-0");
  EXPECT_EQ(a_redactor({.names = true}).text("10.0.0.1"), "10.0.0.1");
}

// Every text of a snapshot is visited: a new member is redacted without a line here.
TEST(Redactor, LeavesNothingInASnapshot) {
  Snapshot snapshot = a_rich_snapshot();
  redact::for_each_text(snapshot, [](std::string& text) { text += " on worker-3 at 10.1.2.3"; });
  // A member that older snapshots do not have is one like the others.
  ASSERT_FALSE(snapshot.host->libraries.empty());
  EXPECT_THAT(snapshot.host->libraries.front().path, HasSubstr("worker-3"));
  const std::vector<Interval> address{{"\x0a\1\2\3", "\x0a\1\2\3"}};
  std::size_t places = 0;
  redact::for_each_part<RuleShape>(snapshot,
                                   [](RuleShape& shape) { shape.expressions = "10.1.2.3"; });
  redact::for_each_part<Rule>(snapshot, [&](Rule& rule) {
    ++places;
    rule.conditions = {{.field = Field::source, .any_of = address},
                       {.field = Field::source, .mask = "\xff\xff\1\3", .any_of = address}};
  });
  redact::for_each_part<Packet>(snapshot, [&](Packet& packet) {
    ++places;
    packet.source = packet.destination = address;
  });
  redact::for_each_part<AddressSet>(snapshot, [&](AddressSet& set) {
    ++places;
    set.members = address;
  });
  ASSERT_GE(places, 5U) << "of a shape, of the path, of a question, translated, of a set";
  snapshot.node.hostname = "worker-3";
  Redactor redactor{kBoth, "key"};
  redactor.learn(snapshot);
  const std::string json = snapshot_to_json(redactor.snapshot(snapshot));
  EXPECT_THAT(json, Not(HasSubstr("worker-3")));
  EXPECT_THAT(json, Not(HasSubstr("10.1.2.3")));
  EXPECT_THAT(json, Not(HasSubstr("0a010203")));
  EXPECT_THAT(json, HasSubstr("host-"));
}

TEST(Redactor, ARuleAndItsTextGetTheSameAddresses) {
  const Condition network{.field = Field::destination,
                          .any_of = {{std::string{"\x0a\x60\0\0", 4}, "\x0a\x6f\xff\xff"}}};
  NftTable table{.family = "ip", .name = "filter"};
  table.shapes.push_back({.rule = {.conditions = {network}}});
  Snapshot snapshot;
  snapshot.networks.resize(1);
  snapshot.networks.front().nft = std::vector<NftTable>{table};
  Redactor redactor{kBoth, "key"};
  const std::string text = redactor.text("10.96.0.0/12");
  const Snapshot redacted = redactor.snapshot(snapshot);
  const Interval& interval =
      redacted.networks.front().nft->front().shapes.front().rule.conditions.front().any_of.front();
  EXPECT_EQ(redact::address_text(interval.low, '.') + "/12", text);
  EXPECT_EQ(redact::address_text(interval.high, '.').substr(0, text.find('.')),
            text.substr(0, text.find('.')));
  EXPECT_NE(interval.low, network.any_of.front().low);
}

TEST(Redactor, TheNodesOfAVxlanAreTheSourcesThatItIsAskedFrom) {
  const std::vector<Interval> source{{"\xc0\x01\x02\x07", "\xc0\x01\x02\x07"}};
  Snapshot snapshot;
  NetworkState& network = snapshot.networks.emplace_back();
  network.links.emplace().push_back({.name = "vxlan.calico", .peers = {{"192.1.2.7"}}});
  network.packet_path.emplace().questions.push_back({.packet = {.source = source}});
  const Snapshot redacted = Redactor{kBoth, "key"}.snapshot(snapshot);
  const std::string peer = redacted.networks.front().links->front().peers.value().at(0);
  const Packet& packet = redacted.networks.front().packet_path->questions.front().packet;
  EXPECT_NE(peer, "192.1.2.7");
  EXPECT_EQ(peer, redact::address_text(packet.source.front().low, '.'));
}

}  // namespace
}  // namespace iptmode
