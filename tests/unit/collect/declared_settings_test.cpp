// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/declared_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace iptmode::collect {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using namespace std::string_literals;
using Arguments = std::vector<std::string>;

TEST(DeclaredByK0s, PinsABackendOnlyByName) {
  struct Case {
    Arguments arguments;
    std::string mode;
    std::optional<Backend> backend;
  };
  const std::vector<Case> cases{
      {{"k0s", "worker"}, "auto", std::nullopt},
      {{"k0s", "worker", "--iptables-mode=nft"}, "nft", Backend::nf_tables},
      {{"k0s", "worker", "--iptables-mode", "legacy"}, "legacy", Backend::legacy},
      {{"k0s", "worker", "--iptables-mode=auto"}, "auto", std::nullopt},
      {{"k0s", "worker", "--iptables-mode="}, "auto", std::nullopt},
      {{"k0s", "worker", "--iptables-mode=foo"}, "foo", std::nullopt},
  };
  for (const auto& [arguments, mode, backend] : cases) {
    SCOPED_TRACE(::testing::PrintToString(arguments));
    const Declared declared = declared_by_k0s(arguments);
    EXPECT_EQ(declared.mode, mode);
    EXPECT_EQ(declared.backend, backend);
    EXPECT_FALSE(declared.native_nft);
  }
}

TEST(DeclaredByK0s, KeepsOnlyTheSettingsThatMatter) {
  const Declared declared = declared_by_k0s(
      Arguments{"k0s", "worker", "--iptables-mode=nft", "--token=secret", "--data-dir", "/x"});
  EXPECT_THAT(declared.settings,
              ElementsAre(Pair("--data-dir", "/x"), Pair("--iptables-mode", "nft")));
}

TEST(DeclaredByKubeRouter, LeavesIptablesAloneOnlyWithNothingElseToDo) {
  struct Case {
    Arguments arguments;
    bool native;
  };
  const std::vector<Case> cases{
      {{"kube-router"}, false},
      {{"kube-router", "--use-nftables-for-netpol"}, false},
      {{"kube-router", "--use-nftables-for-netpol", "--run-router=false"}, false},
      {{"kube-router", "--use-nftables-for-netpol", "--run-router=false",
        "--run-service-proxy=false"},
       true},
      {{"kube-router", "--use-nftables-for-netpol=false", "--run-router=false",
        "--run-service-proxy=false"},
       false},
  };
  for (const auto& [arguments, native] : cases) {
    SCOPED_TRACE(::testing::PrintToString(arguments));
    EXPECT_EQ(declared_by_kube_router(arguments).native_nft, native);
    EXPECT_EQ(declared_by_kube_router(arguments).mode, "auto");
  }
}

TEST(DeclaredByKubeRouter, TellsACleanup) {
  EXPECT_THAT(declared_by_kube_router(Arguments{"kube-router", "--cleanup-config"}).settings,
              ElementsAre(Pair("--cleanup-config", "true")));
}

TEST(DeclaredByFelix, ReadsThreeVariablesAndNoSecret) {
  const Declared declared = declared_by_felix(
      "PATH=/usr/bin\0FELIX_IPTABLESBACKEND=NFT\0PASSWORD=hunter2\0Felix_BpfEnabled=false\0"s
      "FELIX_NFTABLESMODE=Disabled\0"s);
  EXPECT_EQ(declared.mode, "nft");
  EXPECT_EQ(declared.backend, Backend::nf_tables);
  EXPECT_FALSE(declared.native_nft);
  EXPECT_THAT(declared.settings,
              ElementsAre(Pair("FELIX_BPFENABLED", "false"), Pair("FELIX_IPTABLESBACKEND", "NFT"),
                          Pair("FELIX_NFTABLESMODE", "Disabled")));
}

TEST(DeclaredByFelix, KnowsItsDefaults) {
  EXPECT_EQ(declared_by_felix(""), Declared{});
  EXPECT_EQ(declared_by_felix("FELIX_IPTABLESBACKEND=auto\0"s).backend, std::nullopt);
  EXPECT_EQ(declared_by_felix("FELIX_IPTABLESBACKEND=Legacy\0"s).backend, Backend::legacy);
  EXPECT_TRUE(declared_by_felix("FELIX_NFTABLESMODE=Enabled\0"s).native_nft);
}

TEST(ResolveFelixAuto, FollowsKubeProxysTable) {
  const NftTable with_chains{.family = "ip", .name = "kube-proxy", .chains = 9};
  const NftTable empty{.family = "ip", .name = "kube-proxy"};
  struct Case {
    std::string environment;
    std::vector<NftTable> tables;
    bool native;
  };
  const std::vector<Case> cases{
      {"FELIX_NFTABLESMODE=Auto", {with_chains}, true},
      {"FELIX_NFTABLESMODE=Auto", {empty}, false},
      {"FELIX_NFTABLESMODE=Auto", {}, false},
      {"FELIX_NFTABLESMODE=Disabled", {with_chains}, false},
      {"FELIX_NFTABLESMODE=Enabled", {}, true},
  };
  for (const auto& [environment, tables, native] : cases) {
    SCOPED_TRACE(environment);
    Declared felix = declared_by_felix(environment);
    resolve_felix_auto(felix, NetworkState{.nft = tables});
    EXPECT_EQ(felix.native_nft, native);
  }
}

TEST(DeclaredByFirewalld, TakesTheFirstValidLine) {
  struct Case {
    std::string text;
    std::string mode;
  };
  const std::vector<Case> cases{
      {"# firewalld config file\nDefaultZone=public\nFirewallBackend=iptables\n", "iptables"},
      {"FirewallBackend = nftables \r\n", "nftables"},
      {"FirewallBackend=iptables\nFirewallBackend=nftables\n", "iptables"},
      {"#FirewallBackend=iptables\n", "nftables"},
      {"FirewallBackend=ipfw\nFirewallBackend=iptables\n", "iptables"},
      {"FirewallBackend=\n", "nftables"},
      {"", "nftables"},
  };
  for (const auto& [text, mode] : cases) {
    SCOPED_TRACE(text);
    const Declared declared = declared_by_firewalld(text);
    EXPECT_EQ(declared.mode, mode);
    EXPECT_EQ(declared.native_nft, mode == "nftables");
  }
}

TEST(ParseProxyModeFile, ReadsRealConfigurations) {
  struct Case {
    std::string text;
    std::string want;
  };
  const std::vector<Case> cases{
      {"apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n"
       "clusterCIDR: 10.244.0.0/16\nmode: \"ipvs\"\niptables:\n  masqueradeAll: false\n",
       "ipvs"},
      {"mode: nftables\n", "nftables"},
      {"mode: \"\"\n", ""},
      {"mode:\n", ""},
      {"mode: null\n", ""},
      {"kind: KubeProxyConfiguration\n", ""},
      {R"({"mode":"iptables","kind":"KubeProxyConfiguration"})", "iptables"},
      {"iptables:\n  mode: wrong\nmode: ipvs\n---\nmode: second\n", "ipvs"},
  };
  for (const auto& [text, want] : cases) {
    SCOPED_TRACE(text);
    const auto mode = parse_proxy_mode_file(text);
    ASSERT_TRUE(mode.has_value()) << to_string(mode.error());
    EXPECT_EQ(*mode, want);
  }
}

TEST(ParseProxyModeFile, BrokenTextIsAnError) {
  for (const std::string& text :
       {""s, "mode"s, "- mode: ipvs\n"s, "mode: [ipvs]\n"s, "mode: {a: b}\n"s, "mode: *nowhere\n"s,
        "mode: ebpf\n"s, "mode: IPVS\n"s, "mode: \"ipvs\n"s, "\tmode: ipvs\n"s,
        "%YAML 9\nmode: ipvs\n"s, "\x01\x02\x03"s, std::string(60000, '['), std::string(60000, '{'),
        "? ? ? ? ? ?"s, "a: b: c"s}) {
    SCOPED_TRACE(text.substr(0, 40));
    EXPECT_FALSE(parse_proxy_mode_file(text).has_value());
  }
}

TEST(ParseProxyModeFile, AnAliasBombStaysSmall) {
  std::string text = "a: &a [x,x,x,x,x,x,x,x,x]\n";
  for (char name = 'b'; name <= 'z'; ++name) {
    const std::string before = "*"s + static_cast<char>(name - 1);
    text += ""s + name + ": &" + name + " [" + before;
    for (int i = 0; i < 8; ++i) text += "," + before;
    text += "]\n";
  }
  const auto mode = parse_proxy_mode_file(text + "mode: ipvs\n");
  ASSERT_TRUE(mode.has_value()) << to_string(mode.error());
  EXPECT_EQ(*mode, "ipvs");
}

TEST(ParseProxyModeAnswer, TakesOnlyKnownWords) {
  EXPECT_EQ(parse_proxy_mode_answer("iptables").value_or(""), "iptables");
  EXPECT_EQ(parse_proxy_mode_answer("nftables\n").value_or(""), "nftables");
  for (const char* text : {"", "\n", "IPTABLES", "404 page not found", "iptables ipvs"})
    EXPECT_FALSE(parse_proxy_mode_answer(text).has_value()) << text;
}

TEST(DeclaredProxyMode, EmptyMeansIptables) {
  EXPECT_EQ(declared_proxy_mode("", "config mode").mode, "iptables");
  EXPECT_FALSE(declared_proxy_mode("ipvs", "--proxy-mode").native_nft);
  EXPECT_TRUE(declared_proxy_mode("nftables", "--proxy-mode").native_nft);
  EXPECT_EQ(declared_proxy_mode(std::string(5000, 'x'), "config mode").mode.size(), kMaxSetting);
}

TEST(SettingsFiles, AreAbsolutePathsOnly) {
  using Kind = ComponentKind;
  EXPECT_THAT(settings_files(Kind::kube_proxy, Arguments{"kube-proxy", "--config=/c.conf"}),
              ElementsAre("/c.conf"));
  EXPECT_THAT(settings_files(Kind::kube_proxy, Arguments{"kube-proxy", "--config=c.conf"}),
              IsEmpty());
  EXPECT_THAT(settings_files(Kind::kubelet, Arguments{"kubelet", "--config=/c.conf"}), IsEmpty());
  EXPECT_THAT(settings_files(Kind::firewalld, Arguments{}),
              ElementsAre("/etc/firewalld/firewalld.conf"));
}

}  // namespace
}  // namespace iptmode::collect
