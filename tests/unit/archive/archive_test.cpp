// SPDX-License-Identifier: GPL-2.0-or-later
#include <gtest/gtest.h>

#include "archive/pack.h"
#include "archive/unpack.h"

namespace iptmode::archive {
namespace {

std::string an_archive(const std::string& content = "{}") {
  return *pack({{.path = "b/manifest.json", .content = std::string(100000, 'x')},
                {.path = "b/snapshot.json", .content = content}},
               1000);
}

TEST(Pack, GivesTheSameBytesForTheSameEntries) {
  EXPECT_EQ(an_archive(), an_archive());
}

TEST(UnpackMember, FindsAFileInTheOneDirectory) {
  EXPECT_EQ(unpack_member(an_archive("abc"), "snapshot.json", {}).value(), "abc");
  EXPECT_EQ(
      unpack_member(*pack({{.path = "snapshot.json", .content = "x"}}, 0), "snapshot.json", {})
          .value(),
      "x");
}

TEST(UnpackMember, SaysWhenItIsNotThere) {
  for (const char* path :
       {"a/b/snapshot.json", "a/other", "snapshot.json.bak", "../x/snapshot.json"})
    EXPECT_EQ(
        unpack_member(*pack({{.path = path, .content = "x"}}, 0), "snapshot.json", {}).error().code,
        std::errc::no_such_file_or_directory)
        << path;
}

// Every beginning of an archive is an error, and no crash.
TEST(UnpackMember, RefusesWhatIsCutOff) {
  const std::string whole = an_archive(std::string(5000, 'y'));
  for (std::size_t size = 0; size < whole.size() - 20; ++size)
    EXPECT_FALSE(unpack_member(whole.substr(0, size), "snapshot.json", {}).has_value()) << size;
}

TEST(UnpackMember, RefusesDamage) {
  const std::string whole = an_archive(std::string(5000, 'y'));
  for (std::size_t at = 10; at < whole.size() - 30; ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(~static_cast<unsigned char>(damaged[at]));
    const auto read = unpack_member(damaged, "snapshot.json", {});
    EXPECT_TRUE(!read || read->size() <= 8U << 20U);
  }
}

TEST(UnpackMember, StopsAtItsLimits) {
  const std::string large = an_archive(std::string(5000, 'y'));
  EXPECT_EQ(unpack_member(large, "snapshot.json", {.member_bytes = 4999}).error().code,
            std::errc::file_too_large);
  EXPECT_EQ(unpack_member(large, "snapshot.json", {.total_bytes = 50000}).error().code,
            std::errc::file_too_large);
  EXPECT_EQ(unpack_member(large, "snapshot.json", {.members = 1}).error().code,
            std::errc::file_too_large);
}

TEST(LooksLikeArchive, TellsGzipAndTarFromJson) {
  EXPECT_TRUE(looks_like_archive(an_archive()));
  EXPECT_TRUE(looks_like_archive(std::string(257, '\0') + "ustar"));
  EXPECT_FALSE(looks_like_archive("{\"schema\": 1}"));
  EXPECT_FALSE(looks_like_archive(""));
}

}  // namespace
}  // namespace iptmode::archive
