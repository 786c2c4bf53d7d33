// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "observed_node.h"

namespace iptmode::collect {
namespace {

using namespace std::string_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class NodesK0s : public ObservedNode {};

TEST_F(NodesK0s, TheStatusSocketKnowsBest) {
  host.status = R"({"Version":"v1.32.4+k0s.0","Role":"controller","Workloads":true,
    "K0sVars":{"BinDir":"/srv/k0s/bin","DataDir":"/srv/k0s"}})"s;
  host.directories["/srv/k0s/bin"] = 0755;
  const Snapshot snapshot = look();
  EXPECT_EQ(snapshot.k0s->found_by, "status socket");
  EXPECT_EQ(snapshot.k0s->bin_dir, "/srv/k0s/bin");
  EXPECT_EQ(snapshot.k0s->version, "v1.32.4+k0s.0");
  EXPECT_EQ(snapshot.node.role, NodeRole::controller_worker);
}

TEST_F(NodesK0s, AMovedStatusSocketIsFollowed) {
  processes.processes[812].arguments.emplace_back("--status-socket=/run/other.sock");
  (void)look();
  EXPECT_EQ(host.status_socket, "/run/other.sock");
  options.status_socket = "/run/mine.sock";
  (void)look();
  EXPECT_EQ(host.status_socket, "/run/mine.sock");
}

TEST_F(NodesK0s, AStatusSocketWithoutAnAnswerHidesK0s) {
  for (const Result<std::string>& answer :
       {Result<std::string>{sys_error(ETIMEDOUT, "read", "/run/k0s/status.sock")},
        Result<std::string>{sys_error(EACCES, "connect", "/run/k0s/status.sock")},
        Result<std::string>{sys_error(ECONNREFUSED, "connect", "/run/k0s/status.sock")},
        Result<std::string>{"garbage"s}}) {
    host.status = answer;
    const Snapshot snapshot = look();
    EXPECT_THAT(snapshot.gaps, ElementsAre(gap("k0s status socket", Fact::k0s)));
    EXPECT_EQ(snapshot.k0s->found_by, "kubelet") << "what the others say is still reported";
  }
  options.data_dir = "/var/lib/k0s";
  EXPECT_THAT(look().gaps, ElementsAre(gap("k0s status socket", std::nullopt)));
}

TEST_F(NodesK0s, AStoppedK0sIsReportedAsFound) {
  processes.processes.erase(812);
  processes.processes.erase(900);
  processes.processes.erase(1311);
  host.status = sys_error(ECONNREFUSED, "connect", "/run/k0s/status.sock");
  const Snapshot snapshot = look();
  ASSERT_TRUE(snapshot.k0s.has_value());
  EXPECT_FALSE(snapshot.k0s->running);
  EXPECT_EQ(snapshot.node.distribution, Distribution::k0s);
  EXPECT_EQ(snapshot.node.role, NodeRole::none);
  EXPECT_THAT(snapshot.gaps, IsEmpty());
}

TEST_F(NodesK0s, AMissingBinDirectoryOfARunningK0sIsAGap) {
  host.directories.clear();
  const Snapshot snapshot = look();
  ASSERT_TRUE(snapshot.k0s.has_value());
  EXPECT_THAT(snapshot.gaps, Contains(gap("/var/lib/k0s/bin", Fact::k0s)));
  EXPECT_EQ(started("k0s' bin directory"), nullptr);
}

TEST_F(NodesK0s, AK0sInAContainerIsLookedAtThere) {
  processes.processes[812].place.mount = 230;
  processes.processes[900].place.mount = 230;
  host.directories.clear();
  const Snapshot snapshot = look();
  ASSERT_NE(started("k0s' bin directory"), nullptr);
  EXPECT_EQ(started("k0s' bin directory")->place.pid, 812);
  EXPECT_EQ(started("k0s' bin directory")->place.mount, 230U);
  EXPECT_THAT(snapshot.gaps, IsEmpty());
}

}  // namespace
}  // namespace iptmode::collect
