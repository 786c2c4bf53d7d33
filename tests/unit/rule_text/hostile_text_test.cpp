// SPDX-License-Identifier: GPL-2.0-or-later
#include <gtest/gtest.h>

#include <random>

#include "iptmode/rule_text.h"
#include "rule_text/canonical.h"
#include "rule_text/compare.h"

namespace iptmode {
namespace {

/// Nothing is expected of the answer but that there is one, and that a text means what it means.
void take(const std::string& line) {
  for (const IpFamily family : {IpFamily::ipv4, IpFamily::ipv6}) {
    const auto rule = parse_rule_text(line, family);
    if (!rule) continue;
    EXPECT_TRUE(rule_text::differences(rule->rule, *rule).empty()) << line;
  }
}

TEST(HostileText, OfBrokenOptionsIsTaken) {
  for (const char* words : {"-s",
                            "-s /",
                            "-s 1.2.3.4/33",
                            "-s 1.2.3.4/-1",
                            "-s 1.2.3",
                            "-s 256.1.1.1",
                            "-s ::/129",
                            "-s :::",
                            "-s 1:2:3:4:5:6:7:8:9",
                            "-s ::1.2.3.4.5",
                            "-p",
                            "-p 256",
                            "-p nonsense",
                            "--dport",
                            "--dport 65536",
                            "--dport 80:",
                            "--dport :",
                            "--dport ,",
                            "--dport 90:80",
                            "--mark",
                            "-m mark --mark /",
                            "-m mark --mark 0x",
                            "-m mark --mark 4294967296",
                            "-m",
                            "-m -m -m",
                            "-j",
                            "-j -j",
                            "-g",
                            "!",
                            "! !",
                            "! -j ! DROP",
                            "-i",
                            "-i \"\"",
                            "--tcp-flags SYN",
                            "--tcp-flags X Y",
                            "--ctstate",
                            "--ctstate ,",
                            "--icmp-type 256",
                            "--icmp-type 3/256",
                            "--icmp-type /",
                            "-j MARK --set-xmark",
                            "-j MARK --set-xmark a/b",
                            "--comment",
                            "--comment a --comment b",
                            "-c",
                            "-c 1",
                            "--limit /",
                            "--probability .",
                            "--probability 1e999"})
    take(std::string{"-A X "} + words);
}

TEST(HostileText, OfNoiseIsTaken) {
  std::mt19937 random{20240229};  // NOLINT: the same noise every time
  const std::string alphabet = "-!\"\\ /:,.0123456789abcdefxAXjmpsdDROPtcp\x01\xff\t+[]";
  for (int round = 0; round < 20000; ++round) {
    std::string line = round % 2 == 0 ? "-A X " : "";
    for (std::size_t length = random() % 80; length > 0; --length)
      line += alphabet[random() % alphabet.size()];
    take(line);
  }
}

TEST(HostileText, OfManyValuesIsTakenQuickly) {
  std::string ports = "--dports 1";
  for (int port = 2; port < 12000; ++port) ports += "," + std::to_string(port);
  take("-A X -p tcp -m multiport " + ports);
  std::string options = "-A X";
  for (int count = 0; count < 500; ++count) options += " -m tcp";
  take(options);
}

}  // namespace
}  // namespace iptmode
