// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "cross_readings.h"
#include "iptmode/render.h"
#include "report/display.h"

namespace iptmode {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using namespace iptmode::testing;

constexpr const char* kDrop =
    "-m comment --comment \"kubernetes firewall for dropping marked packets\" -m mark --mark "
    "0x8000/0x8000 -j DROP";

CrossReadings a_node_with_an_old_host() {
  CrossReadings node{a_node().host_iptables(Backend::nf_tables, "1.8.7").build()};
  const std::string lost =
      "-m comment --comment \"kubernetes firewall for dropping marked packets\" -j DROP";
  node.rule(kDrop)
      .rule("-j ACCEPT", "KUBE-FORWARD")
      .reader({node.k0s_bin()}, "1.8.9", {kDrop, "-j ACCEPT"})
      .reader({node.host()}, "1.8.7", {lost, "-j ACCEPT"})
      .bug("check_misses", BugProbe::Outcome::absent);
  return node;
}

TEST(CrossReadingText, ShowsWhatDiffersFirstAndTheRestOnRequest) {
  CrossReadings node = a_node_with_an_old_host();
  const std::string text = render_cross_reading(node.snapshot(), {.width = 120});
  EXPECT_THAT(text,
              AllOf(HasSubstr("2 readers, 2 shapes of 6 rules in the tables of iptables: 1 not "
                              "read alike by all"),
                    HasSubstr("= X  ip filter, chain KUBE-FIREWALL, kubelet, 3 rules\n"),
                    HasSubstr("    B  --mark 0x8000/0x8000 is missing\n"),
                    HasSubstr("1 shape read alike by all; --verbose shows them."),
                    Not(HasSubstr("check_misses")), Not(HasSubstr("KUBE-FORWARD"))));
  EXPECT_THAT(
      render_cross_reading(node.snapshot(), {.width = 120, .verbose = true}),
      AllOf(HasSubstr("= =  ip filter, chain KUBE-FORWARD, kubelet, 3 rules\n    -j ACCEPT\n"),
            HasSubstr("B  check_misses absent: tried")));
}

TEST(CrossReadingText, FitsIntoNarrowTerminals) {
  CrossReadings node = a_node_with_an_old_host();
  for (const std::size_t width : {60U, 80U, 120U}) {
    std::istringstream lines{
        render_cross_reading(node.snapshot(), {.width = width, .verbose = true})};
    for (std::string line; std::getline(lines, line);)
      EXPECT_LE(report::display_width(line), width) << line;
  }
}

TEST(CrossReadingText, IsOneLineWhenQuietOrWhenNobodyWasAsked) {
  CrossReadings node = a_node_with_an_old_host();
  EXPECT_EQ(render_cross_reading(node.snapshot(), {.width = 120, .quiet = true}),
            "2 readers, 2 shapes of 6 rules in the tables of iptables: 1 not read alike by all\n");
  Snapshot skipped;
  skipped.cross_reading = CrossReading{.skipped = "user namespaces are switched \x1b[1moff"};
  EXPECT_EQ(render_cross_reading(skipped, {}),
            "nobody was asked: user namespaces are switched \\x1b[1moff\n");
}

TEST(CrossReadingText, TellsWhoWasNotAskedFromWhoReadsOtherwise) {
  CrossReadings node = a_node_with_an_old_host();
  SaveRun& run = node.snapshot().cross_reading->readers.back().families.front().whole;
  run = {.outcome = SaveRun::Outcome::not_run, .detail = "exec: Permission denied"};
  EXPECT_THAT(render_cross_reading(node.snapshot(), {.width = 120}),
              AllOf(HasSubstr("in the tables of iptables: 2 not asked of all\n"),
                    HasSubstr("B not asked about 2 shapes: exec: Permission denied\n"),
                    HasSubstr("0 shapes read alike by all.")));
}

TEST(CrossReadingText, SaysWhereThereIsNobodyToAskOrNothingToRead) {
  Snapshot alone;
  alone.cross_reading = CrossReading{
      .legacy = {{.program = {.label = "host", .path = "/usr/sbin/xtables-legacy-multi"},
                  .bugs = {{.bug = "ipv6_legacy_check",
                            .outcome = BugProbe::Outcome::present,
                            .detail = "exit status 0"}}}}};
  EXPECT_EQ(render_cross_reading(alone, {.width = 120}),
            "0 readers, 0 shapes of 0 rules in the tables of iptables: there is no iptables-nft to "
            "ask\n\nhost, /usr/sbin/xtables-legacy-multi: ipv6_legacy_check present: exit status "
            "0\n");
  EXPECT_THAT(render_cross_reading_json(alone), HasSubstr("\"program\": \"host\""));

  CrossReadings node{a_node().build()};
  node.reader({node.host()}, "1.8.9", {});
  EXPECT_THAT(render_cross_reading(node.snapshot(), {.width = 120}),
              AllOf(HasSubstr("there is nothing to read"), Not(HasSubstr("read alike"))));
}

TEST(CrossReadingText, EscapesWhatAReaderPrints) {
  CrossReadings node{a_node().build()};
  node.rule("-j DROP").reader({node.host()}, "1.8.7", {"-j \x1b[31mACCEPT"});
  EXPECT_THAT(render_cross_reading(node.snapshot(), {.width = 80}),
              AllOf(HasSubstr("reads: -j \\x1b[31mACCEPT"), Not(HasSubstr("\x1b"))));
}

TEST(CrossReadingJson, HasEveryCell) {
  CrossReadings node = a_node_with_an_old_host();
  const std::string json = render_cross_reading_json(node.snapshot());
  EXPECT_THAT(json, AllOf(HasSubstr("\"schema\": \"iptmode.crossread/1\""),
                          HasSubstr("\"outcome\": \"misread\""), HasSubstr("\"outcome\": \"same\""),
                          HasSubstr("\"--mark 0x8000/0x8000 is missing\""),
                          HasSubstr("\"skipped\": null"), HasSubstr("\"agreed\": true")));
  EXPECT_THAT(render_cross_reading_json(Snapshot{}), HasSubstr("\"shapes\": []"));
}

}  // namespace
}  // namespace iptmode
