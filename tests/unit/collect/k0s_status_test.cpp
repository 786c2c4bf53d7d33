// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/k0s_status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace iptmode::collect {
namespace {

using ::testing::ElementsAre;

TEST(ParseK0sStatus, ReadsAWorkersAnswer) {
  const auto status = parse_k0s_status(R"({"Version":"v1.32.4+k0s.0","Pid":812,"Role":"worker",
    "Workloads":true,"SingleNode":false,"Args":["/usr/local/bin/k0s","worker","--iptables-mode=nft"],
    "WorkerToAPIConnectionStatus":{"Message":"","Success":true},"ClusterConfig":null,
    "K0sVars":{"BinDir":"/srv/k0s/bin","DataDir":"/srv/k0s","RunDir":"/run/k0s"}})");
  ASSERT_TRUE(status.has_value()) << to_string(status.error());
  EXPECT_EQ(status->version, "v1.32.4+k0s.0");
  EXPECT_EQ(status->role, NodeRole::worker);
  EXPECT_THAT(status->arguments,
              ElementsAre("/usr/local/bin/k0s", "worker", "--iptables-mode=nft"));
  EXPECT_EQ(status->bin_dir, "/srv/k0s/bin");
  EXPECT_EQ(status->data_dir, "/srv/k0s");
}

TEST(ParseK0sStatus, TellsTheRoles) {
  struct Case {
    std::string text;
    NodeRole want;
  };
  const std::vector<Case> cases{
      {R"({"Role":"controller","Workloads":false,"Version":"v1"})", NodeRole::controller},
      {R"({"Role":"controller","Workloads":true})", NodeRole::controller_worker},
      {R"({"role":"worker","workloads":true})", NodeRole::worker},
      {R"({"Role":"server"})", NodeRole::controller},
      {R"({"Version":"v1.21.0"})", NodeRole::none},
  };
  for (const auto& [text, want] : cases) {
    SCOPED_TRACE(text);
    const auto status = parse_k0s_status(text);
    ASSERT_TRUE(status.has_value());
    EXPECT_EQ(status->role, want);
  }
}

TEST(ParseK0sStatus, TakesNothingFromWrongTypes) {
  const auto status = parse_k0s_status(
      R"({"Version":"v1","Role":7,"Workloads":"yes","Args":[1,"a",null],"K0sVars":[],"BinDir":"/x"})");
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(status->role, NodeRole::none);
  EXPECT_THAT(status->arguments, ElementsAre("", "a", ""));
  EXPECT_EQ(status->bin_dir, "");

  const auto relative = parse_k0s_status(R"({"Version":"v1","K0sVars":{"BinDir":"bin"}})");
  ASSERT_TRUE(relative.has_value());
  EXPECT_EQ(relative->bin_dir, "");
}

TEST(ParseK0sStatus, GarbageIsAnError) {
  const std::string deep = std::string(100000, '[');
  for (const std::string& text :
       {std::string{}, std::string{"{"}, std::string{"{}"}, std::string{"[]"}, std::string{"null"},
        std::string{"404 page not found\n"}, std::string{"\xff\xfe{}"}, std::string{R"({"a":1})"},
        deep, deep + std::string(100000, ']')}) {
    SCOPED_TRACE(text.substr(0, 40));
    EXPECT_FALSE(parse_k0s_status(text).has_value());
  }
}

TEST(K0sVersionIn, FindsAVersionInAPath) {
  EXPECT_EQ(k0s_version_in("/opt/k0s-v1.30.1+k0s.0/k0s"), "v1.30.1+k0s.0");
  EXPECT_EQ(k0s_version_in("v1.32.4+k0s.12"), "v1.32.4+k0s.12");
  for (const char* text :
       {"", "k0s", "1.30.1+k0s.0", "v+k0s.0", "v1.30.1+k0s.", "v1.30.1+k3s1", "+k0s.0"})
    EXPECT_EQ(k0s_version_in(text), std::nullopt) << text;
}

}  // namespace
}  // namespace iptmode::collect
