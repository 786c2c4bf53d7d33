// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/kernel_support.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "kernel/network_reader.h"
#include "sys/file.h"

namespace iptmode::kernel {
namespace {

constexpr const char* kOld = "5.15.0";
constexpr const char* kNew = "6.18.44";

/// A small tree of /proc (under proc/) and of the host's files (under host/).
class KernelSupportOf : public testing::Test {
 protected:
  KernelSupportOf() {
    std::string pattern = (std::filesystem::temp_directory_path() / "iptmode.XXXXXX").string();
    root_ = ::mkdtemp(pattern.data());
    file("proc/version");
    file("proc/1/net/protocols");
    std::filesystem::create_directories(root_ / "host");
  }
  ~KernelSupportOf() override { std::filesystem::remove_all(root_); }
  KernelSupportOf(const KernelSupportOf&) = delete;
  KernelSupportOf& operator=(const KernelSupportOf&) = delete;

  void file(const std::string& path, std::string_view text = {}) const {
    std::filesystem::create_directories((root_ / path).parent_path());
    std::ofstream{root_ / path} << text;
  }
  [[nodiscard]] KernelSupport support(const std::string& release = kOld) const {
    const auto open = [&](const char* name) {
      return value_or_throw(sys::open_at(AT_FDCWD, root_ / name, O_PATH | O_DIRECTORY));
    };
    return read_support_of(open("proc").get(), open("host").get(), release);
  }

 private:
  std::filesystem::path root_;
};

TEST_F(KernelSupportOf, LegacyIsThereWhenItsTableListIs) {
  file("proc/modules");
  file("proc/1/net/ip_tables_names");
  EXPECT_EQ(support().legacy, Support::yes);
  EXPECT_EQ(support().legacy_evidence, "/proc/net/ip_tables_names");
}

TEST_F(KernelSupportOf, NftIsThereWhenItsModuleIsLoaded) {
  file("proc/modules", "nf_tables 303104 92 nft_compat, Live 0x0\n");
  EXPECT_EQ(support().nft, Support::yes);
  EXPECT_EQ(support().nft_evidence, "/proc/modules");
}

TEST_F(KernelSupportOf, NftIsThereWhenSysfsShowsIt) {
  file("host/sys/module/nf_tables/refcnt");
  EXPECT_EQ(support().nft_evidence, "/sys/module/nf_tables");
}

TEST_F(KernelSupportOf, ReadsTheListOfBuiltInModules) {
  file("proc/modules");
  file("host/lib/modules/5.15.0/modules.builtin",
       "kernel/net/netfilter/nf_tables.ko\nkernel/net/ipv4/netfilter/ip_tables.ko\n");
  EXPECT_EQ(support().nft, Support::yes);
  EXPECT_EQ(support().nft_evidence, "modules.builtin");
  EXPECT_EQ(support().legacy, Support::yes);
}

TEST_F(KernelSupportOf, CallsAModuleThatCouldBeLoadedLoadable) {
  file("proc/modules");
  file("host/lib/modules/5.15.0/modules.dep",
       "kernel/net/netfilter/nf_tables.ko:\nkernel/net/ipv4/netfilter/ip_tables.ko:\n");
  EXPECT_EQ(support().nft, Support::yes);
  EXPECT_EQ(support().nft_evidence, kLoadable);
  EXPECT_EQ(support().legacy, Support::yes);
  EXPECT_EQ(support().legacy_evidence, kLoadable);
}

TEST_F(KernelSupportOf, AModuleIsOutOfReachWhenLoadingIsDisabled) {
  file("proc/modules");
  file("proc/sys/kernel/modules_disabled", "1\n");
  file("host/lib/modules/5.15.0/modules.dep", "kernel/net/netfilter/nf_tables.ko:\n");
  EXPECT_EQ(support().nft, Support::no);
}

TEST_F(KernelSupportOf, NeitherBuiltInNorAModuleMeansNo) {
  file("proc/modules");
  file("host/lib/modules/5.15.0/modules.builtin", "kernel/fs/ext4/ext4.ko\n");
  file("host/lib/modules/5.15.0/modules.dep", "kernel/net/netfilter/nf_tables.ko:\n");
  EXPECT_EQ(support().nft, Support::yes);
  EXPECT_EQ(support().legacy, Support::no);
  EXPECT_EQ(support().legacy_evidence, "no module ip_tables");
}

TEST_F(KernelSupportOf, ReadsTheConfiguration) {
  file("proc/modules");
  file("host/boot/config-5.15.0", "CONFIG_NF_TABLES=y\n# CONFIG_IP_NF_IPTABLES is not set\n");
  EXPECT_EQ(support().nft, Support::yes);
  EXPECT_EQ(support().nft_evidence, "CONFIG_NF_TABLES=y");
  EXPECT_EQ(support().legacy, Support::no);
  EXPECT_EQ(support().legacy_evidence, "CONFIG_IP_NF_IPTABLES is not set");
}

TEST_F(KernelSupportOf, NewKernelsNeedTheLegacyOption) {
  file("proc/modules");
  file("host/boot/config-6.18.44", "CONFIG_NF_TABLES=y\nCONFIG_IP_NF_IPTABLES=y\n");
  EXPECT_EQ(support(kNew).legacy, Support::no);
  EXPECT_EQ(support(kNew).legacy_evidence, "CONFIG_NETFILTER_XTABLES_LEGACY is not set");
}

TEST_F(KernelSupportOf, NewKernelsWithTheLegacyOptionHaveTheLegacyTables) {
  file("proc/modules");
  file("host/boot/config-6.18.44",
       "CONFIG_NETFILTER_XTABLES_LEGACY=y\nCONFIG_IP_NF_IPTABLES_LEGACY=y\n");
  EXPECT_EQ(support(kNew).legacy, Support::yes);
  EXPECT_EQ(support(kNew).legacy_evidence, "CONFIG_IP_NF_IPTABLES_LEGACY=y");
}

TEST_F(KernelSupportOf, AConfiguredModuleThatIsNotInstalledIsNotThere) {
  file("proc/modules");
  file("host/boot/config-5.15.0", "CONFIG_NF_TABLES=m\n");
  EXPECT_EQ(support().nft, Support::unknown) << "without modules.dep nobody knows";
  file("host/lib/modules/5.15.0/modules.dep", "kernel/fs/ext4/ext4.ko:\n");
  EXPECT_EQ(support().nft, Support::no);
}

TEST_F(KernelSupportOf, NothingToReadIsUnknown) {
  file("proc/modules");
  EXPECT_EQ(support().nft, Support::unknown);
  EXPECT_EQ(support().legacy, Support::unknown);
}

TEST_F(KernelSupportOf, AKernelWithoutModulesAndWithoutTheListHasNoLegacyTables) {
  EXPECT_EQ(support().legacy, Support::no);
  EXPECT_EQ(support().nft, Support::unknown) << "it can be asked: nothing can be loaded";
}

/// What is said of one module.
std::string said_of(const KernelSupport& support, std::string_view module) {
  for (const KernelExtension& extension : support.extensions)
    if (extension.module == module)
      return std::string{to_string(extension.support)} + ", " + extension.evidence;
  return "not listed";
}

TEST_F(KernelSupportOf, ListsTheExtensionsInTheirOrder) {
  const auto extensions = support().extensions;
  EXPECT_FALSE(extensions.empty());
  EXPECT_TRUE(std::ranges::is_sorted(extensions, {}, &KernelExtension::module));
}

TEST_F(KernelSupportOf, TellsTheExtensionsThatAreMissingFromThoseItCannotTell) {
  file("proc/modules", "xt_comment 16384 9 - Live 0x0\n");
  file("proc/1/net/ip_tables_matches", "xmark\nmark\n");
  file("proc/1/net/ip_tables_targets", "MASQUERADE\n");
  file("host/sys/module/xt_set/refcnt");
  EXPECT_EQ(said_of(support(), "xt_comment"), "yes, /proc/modules");
  EXPECT_EQ(said_of(support(), "xt_mark"), "yes, /proc/net/ip_tables_matches");
  EXPECT_EQ(said_of(support(), "xt_MASQUERADE"), "yes, /proc/net/ip_tables_targets");
  EXPECT_EQ(said_of(support(), "xt_set"), "yes, /sys/module/xt_set");
  EXPECT_EQ(said_of(support(), "xt_conntrack"),
            "unknown, neither the kernel's configuration nor its modules were read");
  file("host/lib/modules/5.15.0/modules.builtin", "kernel/net/netfilter/xt_statistic.ko\n");
  file("host/lib/modules/5.15.0/modules.dep",
       "kernel/net/netfilter/xt_addrtype.ko.xz:\nkernel/net/netfilter/nft_compat.ko.xz:\n");
  EXPECT_EQ(said_of(support(), "xt_statistic"), "yes, modules.builtin");
  EXPECT_EQ(said_of(support(), "xt_addrtype"), "yes, loadable");
  EXPECT_EQ(said_of(support(), "nft_compat"), "yes, loadable");
  EXPECT_EQ(said_of(support(), "xt_conntrack"), "no, no module xt_conntrack");
}

TEST_F(KernelSupportOf, ReadsTheExtensionsOfAConfiguration) {
  file("host/boot/config-5.15.0",
       "CONFIG_NFT_COMPAT=y\nCONFIG_NETFILTER_XT_MARK=m\nCONFIG_IP_NF_TARGET_MASQUERADE=y\n");
  EXPECT_EQ(said_of(support(), "nft_compat"), "yes, CONFIG_NFT_COMPAT=y");
  EXPECT_EQ(said_of(support(), "xt_mark"),
            "unknown, CONFIG_NETFILTER_XT_MARK=m, modules.dep was not read");
  EXPECT_EQ(said_of(support(), "xt_comment"), "no, CONFIG_NETFILTER_XT_MATCH_COMMENT is not set");
  EXPECT_EQ(said_of(support(), "xt_MASQUERADE"), "yes, CONFIG_IP_NF_TARGET_MASQUERADE=y")
      << "its name before Linux 5.2";
}

}  // namespace
}  // namespace iptmode::kernel
