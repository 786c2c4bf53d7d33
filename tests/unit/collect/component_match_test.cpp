// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/component_match.h"

#include <gtest/gtest.h>

namespace iptmode::collect {
namespace {

using Kind = ComponentKind;

TEST(MatchComponent, KnowsEveryForm) {
  struct Case {
    std::string executable;
    std::vector<std::string> arguments;
    ComponentMatch want;
  };
  const std::vector<Case> cases{
      {"/usr/local/bin/k0s", {"/usr/local/bin/k0s", "worker"}, {Kind::k0s, "k0s worker", 0}},
      {"/usr/local/bin/k0s",
       {"k0s", "--debug", "--data-dir", "/x", "controller", "--enable-worker"},
       {Kind::k0s, "k0s controller", 0}},
      {"/var/lib/k0s/bin/kubelet", {"/var/lib/k0s/bin/kubelet"}, {Kind::kubelet, "kubelet", 0}},
      {"/usr/bin/containerd", {"/usr/bin/containerd"}, {Kind::containerd, "containerd", 1}},
      {"/var/lib/k0s/bin/containerd", {"containerd"}, {Kind::containerd, "containerd", 0}},
      {"/usr/local/bin/kube-proxy", {"kube-proxy"}, {Kind::kube_proxy, "kube-proxy", 0}},
      {"/usr/local/bin/kube-router", {"kube-router"}, {Kind::kube_router, "kube-router", 0}},
      {"/usr/bin/calico-node",
       {"calico-node", "-felix"},
       {Kind::calico_node, "calico-node -felix", 0}},
      {"/usr/bin/calico-node",
       {"calico-node", "--confd"},
       {Kind::calico_node, "calico-node -confd", 1}},
      {"/usr/bin/calico",
       {"/usr/bin/calico", "component", "felix"},
       {Kind::calico_node, "calico component felix", 0}},
      {"/usr/local/bin/calico-felix", {"calico-felix"}, {Kind::calico_node, "calico-felix", 0}},
      {"/opt/bin/flanneld", {"/opt/bin/flanneld"}, {Kind::flanneld, "flanneld", 0}},
      {"/usr/bin/cilium-agent", {"cilium-agent"}, {Kind::cilium_agent, "cilium-agent", 0}},
      {"/usr/local/bin/antrea-agent", {"antrea-agent"}, {Kind::antrea_agent, "antrea-agent", 0}},
      {"/usr/bin/dockerd", {"dockerd"}, {Kind::dockerd, "dockerd", 0}},
      {"/usr/bin/python3.11",
       {"/usr/bin/python3", "/usr/sbin/firewalld", "--nofork", "--nopid"},
       {Kind::firewalld, "firewalld", 0}},
      {"/usr/bin/python3.9",
       {"/usr/bin/python3", "-sP", "-W", "ignore", "/usr/sbin/firewalld"},
       {Kind::firewalld, "firewalld", 0}},
      {"/usr/bin/python3.11",
       {"/usr/bin/python3", "/usr/bin/fail2ban-server", "-xf", "start"},
       {Kind::fail2ban, "fail2ban-server", 0}},
      {"/usr/sbin/tailscaled", {"/usr/sbin/tailscaled"}, {Kind::tailscaled, "tailscaled", 0}},
      {"/usr/sbin/keepalived", {"keepalived"}, {Kind::keepalived, "keepalived", 0}},
      {"/usr/sbin/libvirtd", {"libvirtd"}, {Kind::libvirtd, "libvirtd", 0}},
      {"/usr/sbin/virtnetworkd", {"virtnetworkd"}, {Kind::libvirtd, "virtnetworkd", 0}},
  };
  for (const auto& [executable, arguments, want] : cases) {
    SCOPED_TRACE(::testing::PrintToString(arguments));
    const auto got = match_component(executable, arguments);
    ASSERT_TRUE(got.has_value());
    EXPECT_EQ(*got, want);
  }
}

TEST(MatchComponent, IsNotFooledByNames) {
  struct Case {
    std::string executable;
    std::vector<std::string> arguments;
  };
  const std::vector<Case> cases{
      {"/usr/local/bin/k0s", {"k0s", "kubectl", "get", "nodes"}},
      {"/usr/local/bin/k0s", {"k0s", "status"}},
      {"/usr/local/bin/k0s", {"k0s", "install", "worker"}},
      {"/usr/local/bin/k0s", {"k0s"}},
      {"/usr/bin/containerd-shim-runc-v2", {"containerd-shim-runc-v2", "-namespace", "k8s.io"}},
      {"/usr/bin/calico-node", {"calico-node", "-felix-ready"}},
      {"/usr/bin/calico-node", {"calico-node", "-bird-live", "-felix-live"}},
      {"/usr/bin/calico-node", {}},
      {"/usr/bin/calico", {"calico", "component", "typha"}},
      {"/usr/bin/calico", {"calico", "component"}},
      {"/bin/dash", {"/bin/sh", "/usr/local/bin/kube-proxy"}},
      {"/usr/bin/sleep", {"kube-proxy", "1000"}},
      {"/usr/bin/python3.11", {"python3", "/usr/local/bin/kube-proxy"}},
      {"/usr/bin/python3.11", {"python3", "-m", "firewalld"}},
      {"/usr/bin/python3.11", {"python3", "-c", "import this", "/usr/sbin/firewalld"}},
      {"/usr/bin/python3.11", {"python3"}},
      {"/usr/bin/vim", {"vim", "/usr/sbin/firewalld"}},
      {"", {}},
  };
  for (const auto& [executable, arguments] : cases) {
    SCOPED_TRACE(::testing::PrintToString(arguments));
    EXPECT_EQ(match_component(executable, arguments), std::nullopt);
  }
}

TEST(MayBeComponent, ComparesFifteenBytes) {
  for (const char* comm : {"k0s", "kubelet", "kube-proxy", "calico", "calico-node", "python3.11",
                           "fail2ban-server", "firewalld", "containerd"})
    EXPECT_TRUE(may_be_component(comm)) << comm;
  for (const char* comm : {"containerd-shim", "kube-apiserver", "bash", "", "k0", "calicoctl",
                           "kube-proxy-foo", "kworker/0:1"})
    EXPECT_FALSE(may_be_component(comm)) << comm;
}

TEST(WithoutDeletedMark, TakesOnlyTheKernelsMark) {
  EXPECT_EQ(without_deleted_mark("/usr/bin/kubelet (deleted)"), "/usr/bin/kubelet");
  EXPECT_EQ(without_deleted_mark("/usr/bin/kubelet"), "/usr/bin/kubelet");
}

}  // namespace
}  // namespace iptmode::collect
