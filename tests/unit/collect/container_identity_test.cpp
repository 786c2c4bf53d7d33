// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/container_identity.h"

#include <gtest/gtest.h>

namespace iptmode::collect {
namespace {

const std::string kId = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const std::string kOuter = "f123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const std::string kUid = "c3b7f0aa-1b2c-4d5e-8f90-123456789abc";
const std::string kUidUnderscores = "c3b7f0aa_1b2c_4d5e_8f90_123456789abc";
const std::string kHash = "5086fc31c2e6f7a0fd87a3ffd85b5253";

TEST(ParseCgroup, ReadsEveryRuntimesNames) {
  struct Case {
    std::string text;
    ContainerIdentity want;
  };
  const std::vector<Case> cases{
      {"0::/kubepods/besteffort/pod" + kUid + "/" + kId + "\n", {kId, kUid}},
      {"0::/kubepods/pod" + kUid + "/" + kId + "\n", {kId, kUid}},
      {"0::/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod" + kUidUnderscores +
           ".slice/cri-containerd-" + kId + ".scope\n",
       {kId, kUid}},
      {"0::/kubepods.slice/kubepods-pod" + kUidUnderscores + ".slice/crio-" + kId + ".scope",
       {kId, kUid}},
      {"0::/kubepods/burstable/pod" + kHash + "/" + kId + "\n", {kId, kHash}},
      {"0::/kubepods.slice/kubepods-burstable-pod" + kHash + ".slice/docker-" + kId + ".scope\n",
       {kId, kHash}},
      {"0::/system.slice/containerd.service/kubepods-besteffort-pod" + kUidUnderscores +
           ".slice:cri-containerd:" + kId + "\n",
       {kId, kUid}},
      {"12:cpu,cpuacct:/kubepods/pod" + kUid + "/" + kId + "\n1:name=systemd:/kubepods/pod" + kUid +
           "/" + kId + "\n0::/system.slice\n",
       {kId, kUid}},
      {"0::/../../kubepods/pod" + kUid + "/" + kId + "\n", {kId, kUid}},
      {"0::/docker/" + kOuter + "/kubelet/kubepods/pod" + kUid + "/" + kId + "\n", {kId, kUid}},
      {"0::/docker/" + kOuter + "/kubelet.slice/kubelet.service\n", {kOuter, ""}},
      {"0::/machine.slice/libpod-" + kId + ".scope/container\n", {kId, ""}},
      {"0::/system.slice/kubelet.service\n", {}},
      {"0::/\n", {}},
      {"", {}},
      {"nonsense", {}},
      {"0:" + kId, {}},
      {"0::/" + kId + "0\n", {}},
      {"0::/kubepods/pod1234/x\n", {}},
      {"0::/kubepods/pod" + kUid + "0/x\n", {}},
  };
  for (const auto& [text, want] : cases) {
    SCOPED_TRACE(text);
    EXPECT_EQ(parse_cgroup(text), want);
  }
}

}  // namespace
}  // namespace iptmode::collect
