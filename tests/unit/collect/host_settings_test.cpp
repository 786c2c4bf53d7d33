// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/host_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "collect/cni_results.h"
#include "collect/nftables_config.h"
#include "fake_node.h"

namespace iptmode::collect {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string said_of(const std::vector<RulesetFlush>& flushes) {
  std::string text;
  for (const RulesetFlush& flush : flushes)
    text += flush.file + ":" + std::to_string(flush.line) + ":" + flush.family + " ";
  return text;
}

TEST(ParseNftablesConfig, FindsFlushesAndIncludesInNftsOwnSyntax) {
  const auto config = parse_nftables_config(
      "#!/usr/sbin/nft -f\n"
      "# flush ruleset\n"
      "define note = \"flush ruleset\"\n"
      "flush ruleset\n"
      "flush table inet mine; flush \\\n ruleset inet; include \"/etc/nftables.d/*.nft\"\n"
      "table inet filter { set ruleset { type ipv4_addr; } } flush ruleset # ip\n",
      "f");
  EXPECT_EQ(said_of(config.flushes), "f:4: f:6:inet f:7: ");
  EXPECT_THAT(config.includes, ElementsAre("/etc/nftables.d/*.nft"));
}

TEST(ParseNftablesConfig, SurvivesWhatIsNoConfiguration) {
  for (const char* text : {"", "\"", "flush", "flush ruleset", "include", "\\", "include \"x"})
    (void)parse_nftables_config(text, "f");
  std::string many;
  for (int i = 0; i < 10000; ++i) many += "flush ruleset\n";
  EXPECT_EQ(parse_nftables_config(many, "f").flushes.size(), 64U);
}

/// Debian's unit.
constexpr const char* kUnit =
    "[Service]\nType=oneshot\nExecStart=/usr/sbin/nft -f /etc/nftables.conf\n"
    "ExecReload=/usr/sbin/nft -f /etc/nftables.conf\nExecStop=/usr/sbin/nft flush ruleset\n";

class HostSettingsOf : public ::testing::Test {
 protected:
  HostSettings read() { return read_host_settings(host_, problems_); }

  FakeHost host_;
  std::vector<std::string> problems_;
};

TEST_F(HostSettingsOf, AHostWithoutAny) {
  EXPECT_EQ(read(), HostSettings{});
  EXPECT_THAT(problems_, IsEmpty());
}

TEST_F(HostSettingsOf, AnEnabledNftablesService) {
  host_.files = {
      {"/lib/systemd/system/nftables.service", kUnit},
      {"/etc/systemd/system/sysinit.target.wants/nftables.service", kUnit},
      {"/etc/nftables.conf", "include \"nftables.d/*.nft\"\ninclude \"/etc/gone.nft\"\n"},
      {"/etc/nftables.d/10-a.nft", "\nflush ruleset ip\n"},
      {"/etc/nftables.d/10-a.nft.bak", "flush ruleset\n"}};
  const auto service = read().nftables_service;
  ASSERT_TRUE(service);
  EXPECT_EQ(service->unit, "/lib/systemd/system/nftables.service");
  EXPECT_EQ(service->enabled_by, "/etc/systemd/system/sysinit.target.wants/nftables.service");
  EXPECT_EQ(said_of(service->at_start), "/etc/nftables.d/10-a.nft:2:ip ");
  EXPECT_EQ(said_of(service->at_stop), "/lib/systemd/system/nftables.service:5: ");
  EXPECT_THAT(problems_, IsEmpty());
}

TEST_F(HostSettingsOf, AServiceThatNobodyEnabled) {
  host_.files = {{"/lib/systemd/system/nftables.service", kUnit},
                 {"/etc/systemd/system/sysinit.target.wants/other.service", ""}};
  EXPECT_EQ(read().nftables_service->enabled_by, "");
}

TEST_F(HostSettingsOf, AUnitOfTheAdministratorAndItsDropIn) {
  // Fedora's reload flushes in the command itself; the drop-in takes the stop command back.
  host_.files = {
      {"/usr/lib/systemd/system/nftables.service", kUnit},
      {"/etc/systemd/system/nftables.service",
       "[Service]\nExecStart=/sbin/nft -f \\\n /etc/sysconfig/nftables.conf\n"
       "ExecReload=/sbin/nft 'flush ruleset; include \"/etc/sysconfig/nftables.conf\";'\n"
       "ExecStop=/sbin/nft flush ruleset\n"},
      {"/etc/systemd/system/nftables.service.d/keep.conf", "[Service]\nExecStop=\n"},
      {"/etc/sysconfig/nftables.conf", "include \"/etc/sysconfig/nftables.conf\"\n"}};
  const auto service = read().nftables_service;
  ASSERT_TRUE(service);
  EXPECT_EQ(service->unit, "/etc/systemd/system/nftables.service");
  EXPECT_EQ(said_of(service->at_start), "/etc/systemd/system/nftables.service:4: ");
  EXPECT_THAT(service->at_stop, IsEmpty());
}

TEST_F(HostSettingsOf, AMaskedService) {
  host_.files.emplace("/etc/systemd/system/nftables.service",
                      sys_error(EINVAL, "read", "/etc/systemd/system/nftables.service"));
  host_.files.emplace("/lib/systemd/system/nftables.service", kUnit);
  EXPECT_FALSE(read().nftables_service);
  EXPECT_THAT(problems_, IsEmpty());
}

TEST_F(HostSettingsOf, WhatMayNotBeReadIsSaid) {
  host_.files = {{"/lib/systemd/system/nftables.service", kUnit}};
  host_.files.emplace("/etc/nftables.conf", sys_error(EACCES, "openat2", "/etc/nftables.conf"));
  EXPECT_TRUE(read().nftables_service);
  EXPECT_THAT(problems_, ElementsAre(HasSubstr("/etc/nftables.conf: Permission denied")));
}

TEST_F(HostSettingsOf, Ufw) {
  host_.files = {{"/etc/ufw/ufw.conf", "# ENABLED=no\nENABLED=yes\nLOGLEVEL=low\n"},
                 {"/etc/default/ufw", "IPV6=yes\nDEFAULT_FORWARD_POLICY=\"DROP\"\n"}};
  EXPECT_EQ(read().ufw, (UfwSettings{.enabled = true, .forward_policy = "DROP"}));
  host_.files = {{"/etc/ufw/ufw.conf", "ENABLED=no\n"}};
  EXPECT_EQ(read().ufw, (UfwSettings{.enabled = false}));
}

/// A file of libcni's cache; `config` is {"cniVersion":"0.3.1","name":"cbr0","plugins":[
/// {"type":"bridge"},{"type":"portmap","capabilities":{"portMappings":true}}]}.
std::string a_result(const std::string& mappings, const std::string& config = {}) {
  const std::string with_portmap =
      "eyJjbmlWZXJzaW9uIjoiMC4zLjEiLCJuYW1lIjoiY2JyMCIsInBsdWdpbnMiOlt7InR5cGUiOiJicmlkZ2UifSx7InR5"
      "cGUiOiJwb3J0bWFwIiwiY2FwYWJpbGl0aWVzIjp7InBvcnRNYXBwaW5ncyI6dHJ1ZX19XX0=";
  return R"({"kind":"cniCacheV1","containerId":"c0ffee","config":")" +
         (config.empty() ? with_portmap : config) +
         R"(","ifName":"eth0","networkName":"cbr0","cniArgs":[["IgnoreUnknown","1"],)"
         R"(["K8S_POD_NAMESPACE","default"],["K8S_POD_NAME","web-0"]],)"
         R"("capabilityArgs":{"portMappings":)" +
         mappings + R"(},"result":{"cniVersion":"0.3.1","ips":[]}})";
}

const std::string kMapping =
    R"([{"hostPort":8080,"containerPort":80,"protocol":"TCP","hostIP":""}])";

TEST(ParseCniResult, ReadsHostPorts) {
  const HostPort want{.pod = "default/web-0",
                      .container_id = "c0ffee",
                      .network = "cbr0",
                      .port = 8080,
                      .container_port = 80,
                      .protocol = "tcp"};
  EXPECT_THAT(parse_cni_result(a_result(kMapping)), ElementsAre(want));
}

TEST(ParseCniResult, PassesOverEverythingElse) {
  // {"plugins":[{"type":"cilium-cni"}]}: it serves hostPorts in its own way.
  EXPECT_THAT(
      parse_cni_result(a_result(kMapping, "eyJwbHVnaW5zIjpbeyJ0eXBlIjoiY2lsaXVtLWNuaSJ9XX0=")),
      IsEmpty());
  for (const char* mappings : {"[]", "null", "{}", R"([{"hostPort":0}])", R"([{"hostPort":70000}])",
                               R"([{"hostPort":"1"}])", R"([{"containerPort":80}])", "[1]"})
    EXPECT_THAT(parse_cni_result(a_result(mappings)), IsEmpty()) << mappings;
  for (const char* text : {"", "{", "[]", "null", R"({"kind":"cniCacheV2"})", R"({"kind":1})"})
    EXPECT_THAT(parse_cni_result(text), IsEmpty()) << text;
}

TEST_F(HostSettingsOf, HostPortsAndWhetherTheirPodsRun) {
  host_.files = {{"/var/lib/cni/results/cbr0-c0ffee-eth0", a_result(kMapping)},
                 {"/var/lib/cni/results/cni-loopback-c0ffee-lo", "{}"}};
  EXPECT_EQ(read().host_ports.at(0).running, std::nullopt);
  host_.directories = {{"/run/k0s/containerd/io.containerd.runtime.v2.task/k8s.io", 0711}};
  EXPECT_EQ(read().host_ports.at(0).running, false);
  host_.directories.emplace("/run/k0s/containerd/io.containerd.runtime.v2.task/k8s.io/c0ffee",
                            0711);
  EXPECT_EQ(read().host_ports.at(0).running, true);
  EXPECT_THAT(problems_, IsEmpty());
}

}  // namespace
}  // namespace iptmode::collect
