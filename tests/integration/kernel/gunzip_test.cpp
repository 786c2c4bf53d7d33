// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/gunzip.h"

#include <gtest/gtest.h>

namespace iptmode::kernel {
namespace {

using namespace std::string_literals;

// printf 'CONFIG_NF_TABLES=y\n' | gzip -n9
const std::string kPacked =
    "\037\213\010\000\000\000\000\000\002\003\163\366\367\163\363\164"
    "\217\367\163\213\017\161\164\362\161\015\266\255\344\002\000\043"
    "\232\051\032\023\000\000\000"s;
constexpr std::string_view kText = "CONFIG_NF_TABLES=y\n";

TEST(Gunzip, UnpacksWhatGzipPacked) {
  const auto text = gunzip(kPacked, 1024);
  ASSERT_TRUE(text) << to_string(text.error());
  EXPECT_EQ(*text, kText);
}

TEST(Gunzip, StopsAtItsLimit) {
  EXPECT_TRUE(gunzip(kPacked, kText.size()));
  const auto text = gunzip(kPacked, kText.size() - 1);
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, std::errc::file_too_large);
}

TEST(Gunzip, RefusesWhatIsCutOrDamaged) {
  for (std::size_t size = 0; size < kPacked.size(); ++size) {
    const auto text = gunzip(std::string_view{kPacked}.substr(0, size), 1024);
    ASSERT_FALSE(text) << size;
    EXPECT_EQ(text.error().code, std::errc::bad_message) << size;
  }
  EXPECT_FALSE(gunzip("CONFIG_NF_TABLES=y\n", 1024));
}

}  // namespace
}  // namespace iptmode::kernel
