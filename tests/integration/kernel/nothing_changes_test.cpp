// SPDX-License-Identifier: GPL-2.0-or-later
// Reading leaves the kernel as it was.
#include <gmock/gmock.h>

#include "fresh_network.h"
#include "rule_sets.h"

namespace iptmode::kernel {
namespace {

using testing::IsEmpty;
using testing::Optional;

/// Without the comments of the save commands, which hold the time.
std::string state_of_the_kernel() {
  return shell(
      "for family in ip ip6; do echo $family; cat /proc/thread-self/net/${family}_tables_names;"
      " ${family}tables-legacy-save | sed '/^#/d'; done; nft list ruleset");
}

TEST(ReadNetwork, CreatesNoTableInAnEmptyNamespace) {
  in_fresh_network([] {
    const NetworkReading first = read_own();
    const NetworkReading second = read_own();
    EXPECT_THAT(first.gaps, IsEmpty());
    EXPECT_THAT(first.state.legacy, Optional(IsEmpty()));
    EXPECT_THAT(first.state.nft, Optional(IsEmpty()));
    EXPECT_EQ(first.state, second.state);
    EXPECT_EQ(shell("cat /proc/thread-self/net/ip_tables_names"), "");
    EXPECT_EQ(shell("cat /proc/thread-self/net/ip6_tables_names"), "");
  });
}

TEST(ReadNetwork, OpensOnlyTheTablesThatAreThere) {
  in_fresh_network([] {
    shell("iptables-legacy -t nat -N KUBE-SERVICES");
    const std::string before = state_of_the_kernel();
    const NetworkReading reading = read_own();
    EXPECT_EQ(reading.state.legacy->size(), 1U);
    EXPECT_EQ(state_of_the_kernel(), before);
  });
}

TEST(ReadNetwork, LeavesRulesAndGenerationAsTheyWere) {
  in_fresh_network([] {
    feed("iptables-nft-restore", kNodeRules);
    feed("iptables-legacy-restore", kNodeRules);
    const std::string before = state_of_the_kernel();
    const NetworkReading first = read_own();
    ASSERT_TRUE(first.state.generation);
    EXPECT_EQ(read_own().state.generation, first.state.generation);
    EXPECT_EQ(state_of_the_kernel(), before);
  });
}

TEST(ReadNetwork, DoesNotAskWhatIsNotLoaded) {
  in_fresh_network([] {
    feed("iptables-nft-restore", kNodeRules);
    const KernelSupport loadable{.legacy = Support::yes,
                                 .nft = Support::yes,
                                 .legacy_evidence = std::string{kLoadable},
                                 .nft_evidence = std::string{kLoadable}};
    for (const KernelSupport& support :
         {loadable, KernelSupport{.legacy = Support::no, .nft = Support::no}}) {
      const NetworkReading reading = read_own(support);
      EXPECT_THAT(reading.gaps, IsEmpty());
      EXPECT_THAT(reading.state.nft, Optional(IsEmpty()));
      EXPECT_THAT(reading.state.legacy, Optional(IsEmpty()));
      EXPECT_EQ(reading.state.generation, std::nullopt);
      EXPECT_EQ(reading.state.hints.size(), 2U);
      EXPECT_EQ(reading.state.libnftables.outcome, Libnftables::Outcome::not_asked);
    }
  });
}

TEST(ReadKernelSupport, FindsBothBackendsWhereTheTestsRun) {
  in_fresh_network([] {
    shell("iptables-legacy -N X && iptables-nft -N X");
    const sys::UniqueFd proc = directory("/proc");
    const sys::UniqueFd root = directory("/");
    const KernelSupport support = read_kernel_support(proc.get(), root.get());
    EXPECT_EQ(support.legacy, Support::yes) << support.legacy_evidence;
    EXPECT_EQ(support.nft, Support::yes) << support.nft_evidence;
  });
}

}  // namespace
}  // namespace iptmode::kernel
