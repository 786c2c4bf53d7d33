// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "finding_matchers.h"
#include "snapshot_builder.h"

namespace iptmode {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using namespace iptmode::testing;

Program an_nft(const std::string& version) {
  return {.name = "nft",
          .path = "/usr/sbin/nft",
          .chain = {"/usr/sbin/nft"},
          .form = ProgramForm::standalone,
          .nft_version = version,
          .device = 1,
          .inode = 2};
}

/// kube-proxy in nftables mode with an nft of `writer`, and its table.
NodeBuilder a_node_in_nftables_mode(const std::string& writer, std::uint64_t described = 5) {
  return a_node()
      .with(kube_proxy()
                .declares("nftables")
                .native_nft()
                .installation(
                    an_installation().links(Backend::nf_tables, "1.8.11").program(an_nft(writer))))
      .nft_table({.family = "ip",
                  .name = "kube-proxy",
                  .table_owner = Owner::kube_proxy,
                  .chains = 20,
                  .rules = 100,
                  .described_sets = described,
                  .described_set = "cluster-ips"});
}

NodeBuilder with_host_nft(NodeBuilder node, const std::string& version) {
  return node.host(an_installation().links(Backend::nf_tables, "1.8.9").program(an_nft(version)));
}

TEST(NftUserdataCrash, IsCriticalForAComponentThatLivesByItsNft) {
  const CheckResult result = result_of("nft_userdata_crash", a_node_in_nftables_mode("1.0.6"));
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].severity, Severity::critical);
  EXPECT_EQ(result.findings[0].subject, "kube-proxy (pid 1311)");
  EXPECT_THAT(text_of(result.findings[0]), HasSubstr("cluster-ips"));
}

TEST(NftUserdataCrash, KnowsWhichReleasesRead) {
  for (const char* version : {"1.1.2", "1.1.3", "1.1.7", "2.0.0", "1.0.6.1", "1.0.6.2"})
    EXPECT_THAT(result_of("nft_userdata_crash", a_node_in_nftables_mode(version)).findings,
                IsEmpty())
        << version;
  for (const char* version : {"0.9.8", "1.0.6", "1.0.9", "1.1.1"})
    EXPECT_EQ(result_of("nft_userdata_crash", a_node_in_nftables_mode(version)).status,
              CheckStatus::fail)
        << version;
}

TEST(NftUserdataCrash, IsSilentWithoutSuchSets) {
  EXPECT_THAT(
      result_of("nft_userdata_crash", with_host_nft(a_node_in_nftables_mode("1.0.6", 0), "0.9.8"))
          .findings,
      IsEmpty());
}

TEST(NftUserdataCrash, IsANoteForAHostWhoseNftNobodyUses) {
  const CheckResult result =
      result_of("nft_userdata_crash", with_host_nft(a_node_in_nftables_mode("1.1.3"), "1.0.6"));
  EXPECT_EQ(result.status, CheckStatus::pass);
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].subject, "host");
}

TEST(NftUserdataCrash, SaysOnceWhatAComponentOnTheHostSharesWithIt) {
  const NodeBuilder node = with_host_nft(a_node_in_nftables_mode("1.1.3"), "1.0.6");
  const auto places = an_installation().links(Backend::nf_tables, "1.8.9").program(an_nft("1.0.6"));
  EXPECT_EQ(result_of("nft_userdata_crash", NodeBuilder{node}.with(kubelet().installation(places)))
                .findings.size(),
            1U);
}

TEST(NftUserdataCrash, IsAnErrorForAHostThatDependsOnIt) {
  const NodeBuilder node = with_host_nft(a_node_in_nftables_mode("1.1.3"), "1.0.6");
  EXPECT_EQ(result_of("nft_userdata_crash",
                      NodeBuilder{node}.also(a_component(ComponentKind::firewalld, 700)))
                .severity,
            Severity::error);
  EXPECT_EQ(result_of("nft_userdata_crash", NodeBuilder{node}.edit([](Snapshot& snapshot) {
              snapshot.host_settings->nftables_service =
                  NftablesService{.enabled_by = "/etc/x.wants/nftables.service"};
            })).severity,
            Severity::error);
}

/// A host without the nft program, and firewalld on it or not.
Snapshot a_host_with_the_library(const std::string& version, bool firewalld) {
  NodeBuilder node = a_node_in_nftables_mode("1.1.3");
  if (firewalld) node = node.also(a_component(ComponentKind::firewalld, 700));
  return node.edit([&](Snapshot& snapshot) {
    std::erase_if(snapshot.host->programs, [](const Program& one) { return one.name == "nft"; });
    Program library = an_nft(version);
    library.name = "libnftables.so.1";
    library.chain = {"/usr/lib64/libnftables.so.1", "/usr/lib64/libnftables.so.1.1.0"};
    snapshot.host->libraries = {library};
  });
}

TEST(NftUserdataCrash, KnowsThatFirewalldNeedsNoProgram) {
  const CheckResult result =
      result_of("nft_userdata_crash", a_host_with_the_library("1.0.6", true));
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].severity, Severity::error);
  EXPECT_THAT(text_of(result.findings[0]), HasSubstr("Its libnftables 1.0.6 dies"));
  EXPECT_THAT(text_of(result.findings[0]), HasSubstr("/usr/lib64/libnftables.so.1.1.0"));
  for (const bool firewalld : {true, false})
    EXPECT_THAT(
        result_of("nft_userdata_crash", a_host_with_the_library("1.1.7", firewalld)).findings,
        IsEmpty());
  EXPECT_THAT(result_of("nft_userdata_crash", a_host_with_the_library("1.0.6", false)).findings,
              IsEmpty());
}

TEST(NftUserdataCrash, CannotTellForAnNftThatDoesNotTellItsRelease) {
  EXPECT_EQ(result_of("nft_userdata_crash", a_node_in_nftables_mode("")).status,
            CheckStatus::unknown);
}

TEST(NftUserdataCrash, ShowsThatTheAuditsOwnLibraryDied) {
  const CheckResult result =
      result_of("nft_userdata_crash", a_node_in_nftables_mode("1.0.6").edit([](Snapshot& snapshot) {
        snapshot.networks.front().libnftables = {.outcome = Libnftables::Outcome::died,
                                                 .detail = "signal 11"};
      }));
  EXPECT_THAT(text_of(result.findings.at(0)), HasSubstr("died as well: signal 11"));
}

}  // namespace
}  // namespace iptmode
