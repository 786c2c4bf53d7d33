// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/search_path.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace iptmode::collect {
namespace {

using ::testing::ElementsAre;

TEST(ComponentSearchPath, AppendsTheUsualPlacesOnce) {
  EXPECT_THAT(component_search_path(std::nullopt),
              ElementsAre("/usr/sbin", "/sbin", "/usr/bin", "/bin"));
  EXPECT_THAT(component_search_path("/var/lib/k0s/bin:/usr/bin/:/usr/bin"),
              ElementsAre("/var/lib/k0s/bin", "/usr/bin", "/usr/sbin", "/sbin", "/bin"));
}

TEST(ComponentSearchPath, LeavesOutWhatDependsOnAWorkingDirectory) {
  EXPECT_THAT(component_search_path("::bin:./x:~/bin:/opt/bin:"),
              ElementsAre("/opt/bin", "/usr/sbin", "/sbin", "/usr/bin", "/bin"));
}

TEST(ComponentSearchPath, IsBounded) {
  std::string path;
  for (int i = 0; i < 1000; ++i) path += "/d" + std::to_string(i) + ":";
  EXPECT_EQ(component_search_path(path).size(), 32U);
  EXPECT_EQ(component_search_path("/" + std::string(5000, 'x')).size(), 4U);
}

}  // namespace
}  // namespace iptmode::collect
