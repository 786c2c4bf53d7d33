// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/kernel_support.h"

#include <fcntl.h>
#include <gtest/gtest.h>

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

}  // namespace
}  // namespace iptmode::kernel
