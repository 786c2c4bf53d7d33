// SPDX-License-Identifier: GPL-2.0-or-later
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "iptmode/identify.h"

namespace iptmode {
namespace {

/// The file's bytes; nothing when it is not installed.
std::optional<std::string> bytes_of(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file) return std::nullopt;
  return std::string{std::istreambuf_iterator<char>{file}, {}};
}

class InstalledMulti : public testing::TestWithParam<std::pair<const char*, Backend>> {};

TEST_P(InstalledMulti, IsIdentified) {
  const auto [path, backend] = GetParam();
  const auto bytes = bytes_of(path);
  if (!bytes) GTEST_SKIP() << path << " is not installed";
  const FileIdentity got = identify_file(*bytes);
  EXPECT_EQ(to_string(got.form), "multi");
  EXPECT_EQ(got.identity.backend, backend);
  ASSERT_TRUE(got.identity.version.has_value());
  EXPECT_GE(*got.identity.version, (Version{1, 8, 2}));
  // The release is a string of the file, whole or as the start of the longer one.
  EXPECT_NE(bytes->find('\0' + to_string(*got.identity.version)), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    OfTheSystem, InstalledMulti,
    testing::Values(std::pair{"/usr/sbin/xtables-nft-multi", Backend::nf_tables},
                    std::pair{"/usr/sbin/xtables-legacy-multi", Backend::legacy}),
    [](const auto& test) { return std::string{to_string(test.param.second)}; });

class InstalledOther : public testing::TestWithParam<const char*> {};

TEST_P(InstalledOther, IsNoMultiCallFileOfIptables) {
  const auto bytes = bytes_of(GetParam());
  if (!bytes) GTEST_SKIP() << GetParam() << " is not installed";
  const FileIdentity got = identify_file(*bytes);
  EXPECT_EQ(to_string(got.form), "standalone");
  EXPECT_EQ(got.identity, Identity{});
}

INSTANTIATE_TEST_SUITE_P(OfTheSystem, InstalledOther,
                         testing::Values("/usr/sbin/nft", "/usr/sbin/ipset", "/bin/bash"));

TEST(InstalledNft, TellsItsRelease) {
  const auto bytes = bytes_of("/usr/sbin/nft");
  if (!bytes) GTEST_SKIP() << "/usr/sbin/nft is not installed";
  EXPECT_NE(identify_file(*bytes).nft_version, "");
}

TEST(InstalledLibnftables, TellsTheReleaseOfTheNftBesideIt) {
  const auto nft = bytes_of("/usr/sbin/nft");
  const auto library = bytes_of("/usr/lib/x86_64-linux-gnu/libnftables.so.1");
  if (!nft || !library) GTEST_SKIP() << "nft and libnftables are not installed";
  EXPECT_EQ(identify_file(*library).nft_version, identify_file(*nft).nft_version);
}

}  // namespace
}  // namespace iptmode
