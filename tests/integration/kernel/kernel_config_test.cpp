// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/kernel_config.h"

#include <gtest/gtest.h>

namespace iptmode::kernel {
namespace {

constexpr std::string_view kConfig =
    "#\n# Automatically generated file; DO NOT EDIT.\n#\n"
    "CONFIG_NF_TABLES=m\n"
    "CONFIG_NF_TABLES_INET=y\n"
    "# CONFIG_NETFILTER_XTABLES_LEGACY is not set\n"
    "CONFIG_IP_NF_IPTABLES=y\n"
    "CONFIG_DEFAULT_HOSTNAME=\"CONFIG_X=y\"\n"
    "CONFIG_HZ=250";

TEST(ConfigValue, ReadsTheOptionOfExactlyThatName) {
  EXPECT_EQ(config_value(kConfig, "CONFIG_NF_TABLES"), ConfigValue::module);
  EXPECT_EQ(config_value(kConfig, "CONFIG_NF_TABLES_INET"), ConfigValue::built_in);
  EXPECT_EQ(config_value(kConfig, "CONFIG_IP_NF_IPTABLES"), ConfigValue::built_in);
  EXPECT_EQ(config_value(kConfig, "CONFIG_NETFILTER_XTABLES_LEGACY"), ConfigValue::no);
  EXPECT_EQ(config_value(kConfig, "CONFIG_NF_TABLES_NETDEV"), ConfigValue::no);
  EXPECT_EQ(config_value(kConfig, "CONFIG_X"), ConfigValue::no);
  EXPECT_EQ(config_value(kConfig, "CONFIG_HZ"), ConfigValue::no);
  EXPECT_EQ(config_value("", "CONFIG_NF_TABLES"), ConfigValue::no);
}

TEST(Mentions, TellsUnsetFromUnknown) {
  EXPECT_TRUE(mentions(kConfig, "CONFIG_NETFILTER_XTABLES_LEGACY"));
  EXPECT_TRUE(mentions(kConfig, "CONFIG_NF_TABLES"));
  EXPECT_FALSE(mentions(kConfig, "CONFIG_IP_NF_IPTABLES_LEGACY"));
  EXPECT_FALSE(mentions(kConfig, "CONFIG_IP_NF"));
}

TEST(ListsModule, FindsAModulesOwnFile) {
  constexpr std::string_view kDep =
      "kernel/net/netfilter/nf_tables.ko.xz: kernel/net/netfilter/nfnetlink.ko.xz\n"
      "kernel/net/ipv6/netfilter/ip6_tables.ko: kernel/net/netfilter/x_tables.ko\n";
  EXPECT_TRUE(lists_module(kDep, "nf_tables"));
  EXPECT_TRUE(lists_module(kDep, "ip6_tables"));
  EXPECT_FALSE(lists_module(kDep, "ip_tables"));
  EXPECT_FALSE(lists_module(kDep, "tables"));
}

TEST(IsLoaded, ReadsTheFirstColumn) {
  constexpr std::string_view kModules =
      "nft_compat 20480 4 - Live 0x0\nnf_tables 303104 92 nft_compat, Live 0x0\n";
  EXPECT_TRUE(is_loaded(kModules, "nf_tables"));
  EXPECT_FALSE(is_loaded(kModules, "ip_tables"));
  EXPECT_FALSE(is_loaded("nft_compat 20480 4 nf_tables 1\n", "nf_tables"));
}

TEST(ParseKernelRelease, TakesTwoNumbers) {
  EXPECT_EQ(parse_kernel_release("6.18.44-generic"), (KernelRelease{6, 18}));
  EXPECT_EQ(parse_kernel_release("5.10"), (KernelRelease{5, 10}));
  for (const std::string_view bad : {"", "6", "6.", "x.1", ".6.1", "99999999999.1"})
    EXPECT_EQ(parse_kernel_release(bad), std::nullopt) << bad;
  EXPECT_LT((KernelRelease{6, 9}), (KernelRelease{6, 17}));
}

}  // namespace
}  // namespace iptmode::kernel
