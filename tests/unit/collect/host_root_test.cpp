// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/host_root.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace iptmode::collect {
namespace {

using ::testing::ElementsAre;

/// A host's root directory of a few files.
class HostRootFiles : public ::testing::Test {
 protected:
  HostRootFiles() {
    std::string pattern = (std::filesystem::temp_directory_path() / "host-root-XXXXXX").string();
    top_ = ::mkdtemp(pattern.data());
    std::filesystem::create_directories(top_ / "etc/cni/net.d");
    write("etc/cni/net.d/20-b.conf", "b");
    write("etc/cni/net.d/10-a.conf", "a");
  }
  ~HostRootFiles() override { std::filesystem::remove_all(top_); }

  void write(const std::string& path, std::string_view text) const {
    std::ofstream{top_ / path} << text;
  }
  [[nodiscard]] HostRoot root() const { return value_or_throw(HostRoot::open(top_.string(), -1)); }

  std::filesystem::path top_;
};

TEST_F(HostRootFiles, AreReadAndListedInOrder) {
  EXPECT_EQ(*root().read("/etc/cni/net.d/10-a.conf", 10), "a");
  EXPECT_THAT(*root().names("/etc/cni/net.d"), ElementsAre("10-a.conf", "20-b.conf"));
}

TEST_F(HostRootFiles, AreSaidToBeAbsent) {
  EXPECT_EQ(root().read("/etc/none", 10).error().code, std::errc::no_such_file_or_directory);
  EXPECT_EQ(root().names("/etc/none").error().code, std::errc::no_such_file_or_directory);
}

TEST_F(HostRootFiles, StayInsideTheRootWhereverALinkLeads) {
  std::filesystem::create_symlink("/etc/cni/net.d/10-a.conf", top_ / "etc/absolute");
  std::filesystem::create_symlink("../../../../../../../etc/passwd", top_ / "etc/out");
  EXPECT_EQ(*root().read("/etc/absolute", 10), "a");
  EXPECT_EQ(root().read("/etc/out", 1U << 20U).error().code, std::errc::no_such_file_or_directory);
}

TEST_F(HostRootFiles, AreBounded) {
  write("etc/big", std::string(100, 'x'));
  EXPECT_EQ(root().read("/etc/big", 100)->size(), 100U);
  EXPECT_EQ(root().read("/etc/big", 99).error().code, std::errc::file_too_large);
}

TEST_F(HostRootFiles, AreNeverAFifoOrADirectory) {
  ASSERT_EQ(::mkfifo((top_ / "etc/fifo").c_str(), 0600), 0);
  EXPECT_EQ(root().read("/etc/fifo", 10).error().code, std::errc::invalid_argument);
  EXPECT_FALSE(root().read("/etc", 10).has_value());
  EXPECT_FALSE(root().names("/etc/fifo").has_value());
}

}  // namespace
}  // namespace iptmode::collect
