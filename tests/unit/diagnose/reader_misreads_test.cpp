// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cross_readings.h"
#include "finding_matchers.h"
#include "nft_encodings.h"

namespace iptmode {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using namespace iptmode::testing;

constexpr const char* kDrop = "-m mark --mark 0x8000/0x8000 -j DROP";

CrossReadings a_node_with_old_router() {
  return CrossReadings{
      encoded(a_node().with(kube_router().nft("1.8.7")), "filter", {.native_mark = 3})};
}

TEST(ReaderMisreads, IsCriticalForAComponentThatRewritesTheTable) {
  CrossReadings node = a_node_with_old_router();
  node.rule(kDrop)
      .reader({node.of(ComponentKind::kube_proxy), node.k0s_bin()}, "1.8.9", {kDrop})
      .reader({node.of(ComponentKind::kube_router)}, "1.8.7", {"-j DROP"});
  const CheckResult result = result_of("reader_misreads", node.snapshot());
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].severity, Severity::critical);
  EXPECT_EQ(result.findings[0].subject, "kube-router (pid 1402)");
  EXPECT_THAT(text_of(result.findings[0]),
              AllOf(HasSubstr("ip filter, chain KUBE-FIREWALL (kubelet), 3 rules like it: --mark "
                              "0x8000/0x8000 is missing"),
                    HasSubstr("it is:         -m mark --mark 0x8000/0x8000 -j DROP\n"),
                    HasSubstr("it is read as: -j DROP\n"), HasSubstr("restores the filter table"),
                    HasSubstr("with iptables 1.8.9 or later, then")));
}

TEST(ReaderMisreads, SpeaksForCopiesOfOneReleaseInOnePlace) {
  CrossReadings node = a_node_with_old_router();
  node.rule(kDrop).reader({node.of(ComponentKind::kube_router)}, "1.8.7", {"-j DROP"});
  IptablesReader& reader = node.snapshot().cross_reading->readers.front().reader;
  ++reader.inode;  // another file than the one that is called
  EXPECT_EQ(result_of("reader_misreads", node.snapshot()).findings[0].subject, "reader");
  reader.places = {"kube-router (pid 1402)"};
  EXPECT_EQ(result_of("reader_misreads", node.snapshot()).findings[0].subject,
            "kube-router (pid 1402)");
}

TEST(ReaderMisreads, IsAnErrorForAHostThatNobodyCalls) {
  CrossReadings node{a_node().host_iptables(Backend::nf_tables, "1.8.7").build()};
  node.rule(kDrop).reader({node.host()}, "1.8.7", {"-j DROP"});
  const CheckResult result = result_of("reader_misreads", node.snapshot());
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].severity, Severity::error);
  EXPECT_THAT(text_of(result.findings[0]), HasSubstr("remove the host's package"));
}

TEST(ReaderMisreads, IsSilentOnOtherWordsOfTheSameMeaning) {
  CrossReadings node{a_node().build()};
  node.rule("-p tcp -m tcp --dport 80 -j ACCEPT")
      .reader({node.k0s_bin()}, "1.8.9", {"-p 6 -m tcp --dport 80 -j ACCEPT"})
      .reader({node.of(ComponentKind::kube_proxy)}, "1.8.11",
              {"-p tcp -m tcp --dport 80 -j ACCEPT"});
  const CheckResult result = result_of("reader_misreads", node.snapshot());
  EXPECT_THAT(result.findings, IsEmpty());
  EXPECT_EQ(result.status, CheckStatus::pass);
}

TEST(ReaderMisreads, TellsARuleOfNftThatNobodyReadsRightOnce) {
  CrossReadings node{a_node().build()};
  node.rule("-p tcp -j ACCEPT", "INPUT")
      .native("lookup")
      .reader({node.k0s_bin()}, "1.8.9", {"-p tcp -j ACCEPT"})
      .reader({node.of(ComponentKind::kube_proxy)}, "1.8.11", {"-p tcp -j ACCEPT"});
  const CheckResult result = result_of("reader_misreads", node.snapshot());
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].subject, "table ip filter");
  EXPECT_THAT(text_of(result.findings[0]),
              AllOf(HasSubstr("[lookup] is missing"), HasSubstr("use a table of its own")));
}

TEST(ReaderMisreads, IsSkippedWithoutAReading) {
  EXPECT_EQ(result_of("reader_misreads", a_node()).status, CheckStatus::skip);
  Snapshot node = a_node();
  node.cross_reading = CrossReading{.skipped = "user namespaces are switched off"};
  EXPECT_EQ(result_of("reader_misreads", node).message, "user namespaces are switched off");
}

TEST(ReaderMisreads, DoesNotPassWhileAReaderWasNotHeard) {
  CrossReadings node = a_node_with_old_router();
  node.rule(kDrop)
      .reader({node.of(ComponentKind::kube_proxy), node.k0s_bin()}, "1.8.9", {kDrop})
      .reader({node.of(ComponentKind::kube_router)}, "1.8.7", {"-j DROP"});
  SaveRun& run = node.snapshot().cross_reading->readers.back().families.front().whole;
  run = {.outcome = SaveRun::Outcome::timed_out, .detail = "no end in its time"};
  const CheckResult result = result_of("reader_misreads", node.snapshot());
  EXPECT_EQ(result.status, CheckStatus::unknown);
  EXPECT_EQ(result.message,
            "could not be asked to read the rules: kube-router (pid 1402): no end in its time");
  EXPECT_THAT(result_of("reader_blind", node.snapshot()).findings, IsEmpty());
}

TEST(ReaderBlind, NamesTheRuleThatBlinds) {
  CrossReadings node = a_node_with_old_router();
  node.rule("-p tcp -m tcp --dport 80:90 -j DROP", "KUBE-NWPLCY-A")
      .blind({node.of(ComponentKind::kube_router)}, "1.8.7");
  const CheckResult result = result_of("reader_blind", node.snapshot());
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].severity, Severity::error);
  EXPECT_THAT(text_of(result.findings[0]),
              AllOf(HasSubstr("cannot read ip filter at all"), HasSubstr("is incompatible"),
                    HasSubstr("blinded by chain KUBE-NWPLCY-A"), HasSubstr("--dport 80:90")));
  EXPECT_THAT(result_of("reader_misreads", node.snapshot()).findings, IsEmpty());
}

TEST(ReaderBlind, TellsARuleOfNftThatBlindsSeveralOnce) {
  CrossReadings node{a_node().build()};
  node.rule("-p tcp -j DROP", "INPUT")
      .native("ct")
      .blind({node.k0s_bin()}, "1.8.9")
      .blind({node.of(ComponentKind::kube_proxy)}, "1.8.11");
  const CheckResult several = result_of("reader_blind", node.snapshot());
  ASSERT_EQ(several.findings.size(), 1U);
  EXPECT_EQ(several.findings[0].subject, "table ip filter");
  EXPECT_EQ(several.findings[0].severity, Severity::error);
  EXPECT_THAT(text_of(several.findings[0]),
              AllOf(HasSubstr("kube-proxy (pid 1311)"), HasSubstr("blinded by chain INPUT"),
                    HasSubstr("nft -a list chain ip filter 'INPUT'")));

  CrossReadings one{a_node().build()};
  one.rule("-p tcp -j DROP", "INPUT")
      .native("ct")
      .blind({one.of(ComponentKind::kube_proxy)}, "1.8.11");
  const CheckResult alone = result_of("reader_blind", one.snapshot());
  ASSERT_EQ(alone.findings.size(), 1U);
  EXPECT_EQ(alone.findings[0].subject, "kube-proxy (pid 1311)");
}

TEST(ReaderBlind, GoesByTheEncodingWhereNobodyWasAsked) {
  const NodeBuilder node = a_node().with(kube_router().nft("1.8.7"));
  const CheckResult result =
      result_of("reader_blind", encoded(node, "filter", {.native_range = 2}));
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].subject, "kube-router (pid 1402)");
  EXPECT_THAT(text_of(result.findings[0]), HasSubstr("nft table ip filter: 2 expressions"));
  EXPECT_THAT(result_of("reader_blind", encoded(node, "filter", {.native_mark = 2})).findings,
              IsEmpty());
  EXPECT_THAT(result_of("reader_blind", encoded(a_node(), "filter", {.native_log = 1})).findings,
              IsEmpty());
}

TEST(ReaderBlind, IsAnErrorForFelixToo) {
  auto felix = calico_node().installation(an_installation("/usr/sbin")
                                              .links(Backend::legacy, "1.8.4")
                                              .multi(Backend::nf_tables, "1.8.4"));
  const NodeBuilder node = a_node().with(felix).nft_rules(Owner::felix, 80);
  const CheckResult result = result_of("reader_blind", encoded(node, "filter", {.native_log = 1}));
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].severity, Severity::error);
}

TEST(VersionSkew, IsANoteOnceTheReaderWasCaught) {
  CrossReadings node = a_node_with_old_router();
  node.rule(kDrop).reader({node.of(ComponentKind::kube_router)}, "1.8.7", {"-j DROP"});
  const CheckResult result = result_of("version_skew", node.snapshot());
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].severity, Severity::info);
  EXPECT_THAT(text_of(result.findings[0]), HasSubstr("reader_misreads"));
}

TEST(VersionSkew, IsClearedByAReaderThatReadsWell) {
  CrossReadings node = a_node_with_old_router();
  node.rule(kDrop).reader({node.of(ComponentKind::kube_router)}, "1.8.7", {kDrop});
  EXPECT_THAT(result_of("version_skew", node.snapshot()).findings, IsEmpty());
}

TEST(VersionSkew, LeavesATableThatIsRefusedToReaderBlind) {
  const Snapshot node =
      encoded(a_node().with(kube_router().nft("1.8.7")), "filter", {.native_range = 2});
  EXPECT_THAT(result_of("version_skew", node).findings, IsEmpty());
  EXPECT_EQ(result_of("reader_blind", node).findings.size(), 1U);
}

CrossReadings a_node_with_docker() {
  return CrossReadings{
      a_node()
          .edit([](Snapshot& snapshot) { snapshot.node.os_id = "fedora"; })
          .with(a_component(ComponentKind::dockerd, 700)
                    .installation(an_installation("/usr/sbin").links(Backend::nf_tables, "1.8.11")))
          .build()};
}

NodeBuilder a_legacy_node_with_ipv6_ports() {
  return a_node()
      .k0s_bin(Backend::legacy, "1.8.9")
      .with(kubelet().legacy("1.8.9"))
      .rules(Backend::legacy, Owner::cni, 4, "nat", IpFamily::ipv6);
}

/// What a trial of the iptables-legacy in k0s' bin directory came to.
Snapshot legacy_tried(BugProbe::Outcome outcome) {
  Snapshot node = a_legacy_node_with_ipv6_ports();
  for (auto* list : {&node.k0s->installation.programs, &node.k0s->installation.multis})
    for (Program& program : *list) program.inode = 77;
  for (Component& component : node.components)
    if (component.kind == ComponentKind::kubelet) component.installation = node.k0s->installation;
  node.cross_reading = CrossReading{
      .legacy = {{.program = {.label = "k0s",
                              .device = node.k0s->installation.programs.front().device,
                              .inode = 77},
                  .bugs = {{.bug = "ipv6_legacy_check", .outcome = outcome, .detail = "tried"}}}}};
  return node;
}

TEST(VersionKnownBad, IsConfirmedOrClearedForTheLegacyVariantToo) {
  EXPECT_EQ(result_of("version_known_bad", a_legacy_node_with_ipv6_ports()).severity,
            Severity::error);
  const CheckResult bad = result_of("version_known_bad", legacy_tried(BugProbe::Outcome::present));
  ASSERT_EQ(bad.findings.size(), 1U);
  EXPECT_EQ(bad.severity, Severity::error);
  EXPECT_THAT(text_of(bad.findings[0]), HasSubstr("confirmed with this very file: tried"));
  EXPECT_THAT(result_of("version_known_bad", legacy_tried(BugProbe::Outcome::absent)).findings,
              IsEmpty());
}

TEST(VersionKnownBad, IsConfirmedOrClearedByAProbeOfTheVeryFile) {
  CrossReadings bad = a_node_with_docker();
  bad.reader({bad.of(ComponentKind::dockerd)}, "1.8.11", {})
      .bug("interface_ignored", BugProbe::Outcome::present);
  const CheckResult confirmed = result_of("version_known_bad", bad.snapshot());
  ASSERT_EQ(confirmed.findings.size(), 1U);
  EXPECT_THAT(
      text_of(confirmed.findings[0]),
      AllOf(HasSubstr("confirmed with this very file: tried"), Not(HasSubstr("confirm: "))));

  CrossReadings mended = a_node_with_docker();
  mended.reader({mended.of(ComponentKind::dockerd)}, "1.8.11", {})
      .bug("interface_ignored", BugProbe::Outcome::absent);
  EXPECT_THAT(result_of("version_known_bad", mended.snapshot()).findings, IsEmpty());

  CrossReadings open = a_node_with_docker();
  open.reader({open.of(ComponentKind::dockerd)}, "1.8.11", {})
      .bug("interface_ignored", BugProbe::Outcome::undecided);
  EXPECT_EQ(result_of("version_known_bad", open.snapshot()).findings.size(), 1U);
}

}  // namespace
}  // namespace iptmode
