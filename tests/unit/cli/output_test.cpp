// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/output.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <gtest/gtest.h>

#include "sys/unique_fd.h"
#include "temporary_directory.h"

namespace iptmode::cli {
namespace {

struct ReplaceFile : ::testing::Test {
  testing::TemporaryDirectory directory;

  mode_t mode_of(const std::string& name) const {
    struct stat status {};
    return ::stat(directory.file(name).c_str(), &status) == 0 ? status.st_mode & 07777U : 0;
  }
};

TEST_F(ReplaceFile, WritesAllOfItReadableByOthers) {
  ::umask(077);
  ASSERT_TRUE(replace_file(directory.file("report"), "new"));
  EXPECT_EQ(directory.read("report"), "new");
  EXPECT_EQ(mode_of("report"), 0644U);
  EXPECT_EQ(directory.entries(), 1U);
}

// A reader that opened the old file keeps it whole: the name moves, the content stays.
TEST_F(ReplaceFile, LeavesTheOldContentToWhoeverReadsIt) {
  const std::string path = directory.write("report", "old and longer");
  const sys::UniqueFd reader{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  ASSERT_TRUE(replace_file(path, "new"));
  std::string seen(32, '\0');
  seen.resize(static_cast<std::size_t>(::read(reader.get(), seen.data(), seen.size())));
  EXPECT_EQ(seen, "old and longer");
  EXPECT_EQ(directory.read("report"), "new");
}

TEST_F(ReplaceFile, TakesThePlaceOfALinkAndLeavesItsTarget) {
  const std::string target = directory.write("target", "precious");
  std::filesystem::create_symlink(target, directory.file("report"));
  ASSERT_TRUE(replace_file(directory.file("report"), "new"));
  EXPECT_EQ(directory.read("target"), "precious");
  EXPECT_EQ(directory.read("report"), "new");
}

TEST_F(ReplaceFile, RefusesWhatIsNoRegularFile) {
  ASSERT_EQ(::mkfifo(directory.file("fifo").c_str(), 0600), 0);
  for (const std::string& path :
       {directory.file("fifo"), directory.file(""), std::string{"/dev/null"}}) {
    SCOPED_TRACE(path);
    const auto written = replace_file(path, "x");
    ASSERT_FALSE(written.has_value());
    EXPECT_TRUE(written.error().code == std::errc::invalid_argument);
  }
  EXPECT_EQ(directory.entries(), 1U);
}

TEST_F(ReplaceFile, FailsWhereThereIsNoDirectory) {
  const auto written = replace_file(directory.file("none/report"), "x");
  ASSERT_FALSE(written.has_value());
  EXPECT_TRUE(written.error().code == std::errc::no_such_file_or_directory);
}

TEST(WriteTo, ReportsAFullDisk) {
  const sys::UniqueFd full{::open("/dev/full", O_WRONLY | O_CLOEXEC)};
  ASSERT_TRUE(full);
  const auto written = write_to(full.get(), "x", "standard output");
  ASSERT_FALSE(written.has_value());
  EXPECT_TRUE(written.error().code == std::errc::no_space_on_device);
}

}  // namespace
}  // namespace iptmode::cli
