// SPDX-License-Identifier: GPL-2.0-or-later
// What the dump of all rules leaves of a long chain for the questions about packets.
#include <gmock/gmock.h>

#include "fresh_network.h"
#include "iptmode/address.h"
#include "kernel/legacy_tables.h"
#include "kernel/nft_dump.h"
#include "kernel/nft_path.h"

namespace iptmode::kernel {
namespace {

using testing::SizeIs;

/// A packet from outside to 192.0.2.10, port 10250.
std::vector<PacketQuestion> questions() {
  const std::string node = parse_address("192.0.2.10").value_or("");
  const std::string kubelet{"\x28\x0a", 2};
  return {{.id = "kubelet",
           .packet = {.protocol = 6,
                      .destination = {{.low = node, .high = node}},
                      .destination_port = {{.low = kubelet, .high = kubelet}}}}};
}

/// 150 Services, a rule for the packet among them, and one more that leads to a short chain.
void load_services(const char* restore = "iptables-nft-restore") {
  std::string text =
      "*filter\n:SERVICES - [0:0]\n:SHORT - [0:0]\n-A INPUT -j SERVICES\n"
      "-A SHORT -p tcp -m tcp --dport 10250 -j DROP\n";
  for (int i = 0; i < 150; ++i) {
    text +=
        "-A SERVICES -d 10.96.0." + std::to_string(i) + "/32 -p tcp -m tcp --dport 80 -j DROP\n";
    if (i == 99) text += "-A SERVICES -p tcp -m tcp --dport 10250 -j REJECT\n";
    if (i == 119) text += "-A SERVICES -d 192.0.2.10/32 -j SHORT\n";
  }
  feed(restore, text + "COMMIT\n");
}

std::string rules_of(const std::vector<PathTable>& tables) {
  std::string text;
  for (const PathTable& table : tables)
    for (const PathChain& chain : table.chains)
      for (const PlacedRule& rule : chain.rules)
        text += chain.name + " " + std::to_string(rule.number) + " " + to_string(rule.rule) + "\n";
  return text;
}

class LongChains {
 public:
  void read() {
    const std::vector<PacketQuestion> asked = questions();
    reading_ =
        value_or_throw(dump_nft({.deadline = soon(), .chains_known = {}, .questions = &asked}));
  }
  [[nodiscard]] SievedChains& sieved() { return reading_.sieved; }
  /// The rules of the path, with what the dump left for `generation`.
  [[nodiscard]] std::string path(std::uint32_t generation) const {
    const std::vector<PacketQuestion> asked = questions();
    PathBudget budget;
    return rules_of(value_or_throw(read_nft_path({.deadline = soon(),
                                                  .tables = &reading_.tables,
                                                  .questions = &asked,
                                                  .sieved = &reading_.sieved,
                                                  .sieved_generation = generation},
                                                 budget)));
  }
  [[nodiscard]] std::uint32_t generation() const { return reading_.generation; }

 private:
  static std::chrono::steady_clock::time_point soon() {
    return std::chrono::steady_clock::now() + std::chrono::seconds{10};
  }
  NftReading reading_ = {};
};

constexpr const char* kPath =
    "INPUT 1 -j SERVICES\n"
    "SERVICES 101 -p tcp --dport 10250 -j REJECT --reject-with icmp-port-unreachable\n"
    "SERVICES 122 -d 192.0.2.10/32 -j SHORT\n"
    "SHORT 1 -p tcp --dport 10250 -j DROP\n";

TEST(LongChains, AreReadOnce) {
  in_fresh_network([] {
    load_services();
    LongChains chains;
    chains.read();
    ASSERT_THAT(chains.sieved(), SizeIs(1));
    EXPECT_EQ(chains.sieved().begin()->first, std::tuple("ip", "filter", "SERVICES"));
    EXPECT_THAT(chains.sieved().begin()->second.rules, SizeIs(2));
    EXPECT_EQ(chains.path(chains.generation()), kPath);
    // Were the chain read again, the rules would not be missed.
    chains.sieved().begin()->second.rules.clear();
    EXPECT_EQ(chains.path(chains.generation()), "INPUT 1 -j SERVICES\n");
  });
}

TEST(LongChains, AreReadAgainWhenTheTablesChanged) {
  in_fresh_network([] {
    load_services();
    LongChains chains;
    chains.read();
    shell("iptables-nft -I SERVICES -p udp -j DROP; iptables-nft -D SERVICES -p udp -j DROP");
    chains.sieved().begin()->second.rules.clear();
    EXPECT_EQ(chains.path(chains.generation()), kPath);
  });
}

TEST(LongChains, AreReadAgainWhenTooMuchIsLeftOfThem) {
  in_fresh_network([] {
    std::string text = "*filter\n:SERVICES - [0:0]\n-A INPUT -j SERVICES\n";
    for (int i = 0; i < 2000; ++i)
      text += "-A SERVICES -s 10.0." + std::to_string(i / 250) + "." + std::to_string(i % 250) +
              "/32 -m comment --comment x -j DROP\n";
    feed("iptables-nft-restore", text + "COMMIT\n");
    LongChains chains;
    chains.read();
    EXPECT_TRUE(chains.sieved().empty());
    EXPECT_EQ(lines_with(chains.path(chains.generation()), "SERVICES "), 2000U);
  });
}

/// The path through the legacy table.
std::string legacy_path() {
  const std::vector<PacketQuestion> asked = questions();
  PathBudget budget;
  const auto reading =
      value_or_throw(read_legacy_table4("filter", {.questions = &asked, .budget = &budget}));
  return reading.path ? rules_of({*reading.path}) : "nothing";
}

TEST(LongChains, OfLegacyTablesAreReducedToTheSame) {
  in_fresh_network([] {
    load_services("iptables-legacy-restore");
    EXPECT_EQ(legacy_path(), kPath);
  });
}

// The quick look passes over no rule that the packet can meet.
TEST(LongChains, OfLegacyTablesKeepWhatThePacketCanMeet) {
  in_fresh_network([] {
    feed("iptables-legacy-restore",
         "*filter\n-A INPUT -p tcp -m tcp --dport 10000:10300 -j DROP\n"
         "-A INPUT -p tcp -m tcp --dport 10251:65535 -j DROP\n"
         "-A INPUT -p tcp -m tcp ! --dport 10250 -j DROP\n"
         "-A INPUT -p tcp -m tcp ! --dport 80 -j DROP\n"
         "-A INPUT ! -d 10.0.0.0/8 -j DROP\n-A INPUT -d 192.0.2.0/24 -j DROP\n"
         "-A INPUT -d 192.0.3.0/24 -j DROP\n-A INPUT -d 192.0.2.10/255.0.255.255 -j DROP\n"
         "-A INPUT -p udp -m udp --dport 53 -j DROP\n"
         "-A INPUT -p tcp -m multiport --dports 80,10250 -j DROP\nCOMMIT\n");
    std::string numbers;
    const std::string path = legacy_path();
    for (std::size_t at = 0; at < path.size(); at = path.find('\n', at) + 1)
      numbers += path.substr(at + 6, path.find(' ', at + 6) - at - 5);  // behind "INPUT "
    EXPECT_EQ(numbers, "1 4 5 6 8 10 ") << path;
  });
}

}  // namespace
}  // namespace iptmode::kernel
