// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "finding_matchers.h"
#include "snapshot_builder.h"

namespace iptmode {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using namespace iptmode::testing;

NodeBuilder with_docker(Backend backend, const std::string& policy) {
  return a_node()
      .with(a_component(ComponentKind::dockerd, 640))
      .rules(backend, Owner::docker, 12)
      .policy(backend, "filter", "FORWARD", policy);
}

TEST(DockerCoexist, IsAnErrorWhereItsPolicyMeetsNoPluginInTheSameTable) {
  const CheckResult result = result_of("docker_coexist", with_docker(Backend::legacy, "drop"));
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].severity, Severity::error);
  EXPECT_EQ(result.findings[0].subject, "dockerd (pid 640)");
  EXPECT_THAT(text_of(result.findings[0]), HasSubstr("no network plugin has a rule in it"));
}

TEST(DockerCoexist, WarnsOfTheOtherBackendWithoutADrop) {
  const CheckResult result = result_of("docker_coexist", with_docker(Backend::legacy, "accept"));
  EXPECT_EQ(result.status, CheckStatus::warn);
  EXPECT_THAT(text_of(result.findings.at(0)),
              HasSubstr("The rules of Docker are in legacy while Kubernetes is in nf_tables"));
}

TEST(DockerCoexist, IsSilentInTheSameTableAsThePlugin) {
  EXPECT_THAT(result_of("docker_coexist", with_docker(Backend::nf_tables, "drop")).findings,
              IsEmpty());
}

TEST(DockerCoexist, IsAnErrorWithoutAnyPluginInTheSameTable) {
  EXPECT_EQ(result_of("docker_coexist",
                      with_docker(Backend::nf_tables, "drop").no_rules_of(Owner::kube_router))
                .status,
            CheckStatus::fail);
}

TEST(DockerCoexist, ClearsUpAfterADockerThatIsGone) {
  const CheckResult result = result_of(
      "docker_coexist", with_docker(Backend::legacy, "accept").without(ComponentKind::dockerd));
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].subject, "rules of Docker");
  EXPECT_THAT(text_of(result.findings[0]), HasSubstr("reboot the node"));
}

TEST(DockerCoexist, IsSilentWithoutKubernetes) {
  EXPECT_THAT(result_of("docker_coexist", a_plain_machine()
                                              .legacy_rules(Owner::docker, 12)
                                              .policy(Backend::legacy, "filter", "FORWARD", "drop"))
                  .findings,
              IsEmpty());
}

}  // namespace
}  // namespace iptmode
