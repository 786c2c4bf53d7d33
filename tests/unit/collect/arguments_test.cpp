// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace iptmode::collect {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using namespace std::string_view_literals;

TEST(SplitZeroTerminated, KeepsEmptyArgumentsAndDropsTheEnd) {
  EXPECT_THAT(split_zero_terminated("k0s\0worker\0"sv), ElementsAre("k0s", "worker"));
  EXPECT_THAT(split_zero_terminated("k0s\0\0worker"sv), ElementsAre("k0s", "", "worker"));
  EXPECT_THAT(split_zero_terminated("title\0\0\0\0"sv), ElementsAre("title"));
  EXPECT_THAT(split_zero_terminated(""sv), IsEmpty());
  EXPECT_THAT(split_zero_terminated("\0\0"sv), IsEmpty());
}

TEST(FlagValue, ReadsBothForms) {
  struct Case {
    std::vector<std::string> arguments;
    std::optional<std::string> want;
  };
  const std::vector<Case> cases{
      {{"k0s", "worker", "--data-dir=/x"}, "/x"},
      {{"k0s", "worker", "--data-dir", "/x"}, "/x"},
      {{"k0s", "worker", "-data-dir=/x"}, "/x"},
      {{"k0s", "worker", "--data-dir="}, ""},
      {{"k0s", "--data-dir=/x", "--data-dir=/y"}, "/y"},
      {{"k0s", "worker", "--data-dir"}, std::nullopt},
      {{"k0s", "worker", "--data-directory=/x"}, std::nullopt},
      {{"k0s", "worker", "data-dir=/x"}, std::nullopt},
      {{"k0s", "worker", "--token", "--data-dir"}, std::nullopt},
      {{}, std::nullopt},
  };
  for (const auto& [arguments, want] : cases) {
    SCOPED_TRACE(::testing::PrintToString(arguments));
    EXPECT_EQ(flag_value(arguments, "data-dir"), want);
  }
}

TEST(SwitchValue, ReadsSwitchesAsPflagDoes) {
  struct Case {
    std::vector<std::string> arguments;
    std::optional<bool> want;
  };
  const std::vector<Case> cases{
      {{"kube-router", "--run-firewall"}, true},
      {{"kube-router", "--run-firewall=true"}, true},
      {{"kube-router", "--run-firewall=false"}, false},
      {{"kube-router", "--run-firewall=0"}, false},
      {{"kube-router", "--run-firewall", "false"}, true},
      {{"kube-router", "--run-firewall=maybe"}, std::nullopt},
      {{"kube-router", "--run-firewalls"}, std::nullopt},
      {{"kube-router", "--run-firewall=true", "--run-firewall=false"}, false},
  };
  for (const auto& [arguments, want] : cases) {
    SCOPED_TRACE(::testing::PrintToString(arguments));
    EXPECT_EQ(switch_value(arguments, "run-firewall"), want);
  }
}

TEST(EnvironmentValue, FindsTheWholeName) {
  constexpr auto kEnviron = "XPATH=/no\0PATH=/a:/b\0PATH=/later\0EMPTY=\0BROKEN\0"sv;
  EXPECT_EQ(environment_value(kEnviron, "PATH"), "/a:/b");
  EXPECT_EQ(environment_value(kEnviron, "EMPTY"), "");
  EXPECT_EQ(environment_value(kEnviron, "BROKEN"), std::nullopt);
  EXPECT_EQ(environment_value(kEnviron, "PAT"), std::nullopt);
  EXPECT_EQ(environment_value("", "PATH"), std::nullopt);
  EXPECT_EQ(environment_value("PATH=/without/zero/byte", "PATH"), "/without/zero/byte");
}

TEST(PathParts, FollowTheLastSlash) {
  EXPECT_EQ(base_name("/var/lib/k0s/bin/kubelet"), "kubelet");
  EXPECT_EQ(base_name("kubelet"), "kubelet");
  EXPECT_EQ(base_name("/pause/"), "");
  EXPECT_EQ(directory_of("/var/lib/k0s/bin/kubelet"), "/var/lib/k0s/bin");
  EXPECT_EQ(directory_of("/kubelet"), "/");
  EXPECT_EQ(directory_of("kubelet"), "");
}

}  // namespace
}  // namespace iptmode::collect
