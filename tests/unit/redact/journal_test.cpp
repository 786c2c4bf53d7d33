// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "iptmode/redact.h"
#include "redact/journal_names.h"

namespace iptmode {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

constexpr Redaction kBoth{.addresses = true, .names = true};

/// The text as a bundle with no other text would show it.
std::string redacted(std::string_view text, Redaction what = kBoth) {
  Redactor redactor{what, "key"};
  redactor.learn_journal(text);
  return redactor.journal(text);
}

// The forms are those of klog, logrus, errors of the API and Go's net package.
TEST(RedactedJournal, HasNoNameThatALineGivesAsOne) {
  for (const std::string_view line : {
           R"(I0131 10:20:30.1 812 node.go:1] "Syncing iptables rules" node="secret")",
           R"(level=info msg="iptables" node=secret component=kubelet)",
           R"({"level":"warn","nodeName":"secret","msg":"iptables"})",
           R"({"nodeName": "secret"})",
           R"(E0131 err="nodes \"secret\" not found")",
           R"(msg="failed: nodes \\\"secret\\\" is forbidden: User \\\"system:node:secret\\\"")",
           R"(leases.coordination.k8s.io "secret" not found)",
           R"(hostname="SECRET.corp.internal" iptables)",
           R"(dial tcp: lookup secret.corp.internal on 10.96.0.10:53: no such host)",
           R"(Get "https://secret.corp.internal:6443/api/v1/nodes": EOF)",
           R"(pod="secret/web-0" podUID=1)",
           R"(pod="shop/secret" podUID=1)",
           R"(pods=["shop/web-0","shop/secret-1"] iptables)",
           R"(pods \"secret\" not found)",
           R"(podNamespace="secret" podName="x")",
           R"(namespaces "secret" not found)",
           R"(servicePortName="secret/web:http" iptables)",
           R"(servicePortName="shop/secret:http" iptables)",
           "2026-01-31T10:20:30+0000 secret k0s[812]: iptables of secret",
           "2026-01-31T10:20:30+0000 secret.corp.internal k0s[812]: iptables",
       })
    EXPECT_THAT(redacted(line), Not(::testing::ContainsRegex("[sS][eE][cC][rR][eE][tT]"))) << line;
}

TEST(RedactedJournal, KeepsWhatIsNoName) {
  for (const std::string_view line :
       {"2026-01-31T10:20:30+0000 k0s[812]: nodes are not ready, pod network iptables",
        "node: cannot find iptables", "host=localhost lookup localhost",
        "pod_count=3 nodes=2 node=\"\" iptables -t nat -A KUBE-SERVICES",
        "podUID=\"0b1e4d90-1c2d\" netns=\"/var/run/netns/cni-1\"",
        "host=127.0.0.1 host=\"::1\" https://127.0.0.1:6443/ node=tcp",
        "nodeport=\"30080\" anode=\"x1\" namespaced=\"true\""})
    EXPECT_EQ(redacted(line), line);
}

TEST(RedactedJournal, AddressesAreAddressesThereToo) {
  const std::string line = R"(node="10.1.2.3" host="fd12:3456::1" https://10.1.2.3:6443)";
  EXPECT_EQ(redacted(line, {.names = true}), line);
  EXPECT_THAT(redacted(line), Not(HasSubstr("10.1.2.3")));
  EXPECT_THAT(redacted(line), Not(HasSubstr("3456")));
  EXPECT_THAT(redacted(line), Not(HasSubstr("host-")));
}

TEST(RedactedJournal, TheSameNameHasTheSamePseudonymInEveryText) {
  Redactor redactor{kBoth, "key"};
  redactor.learn_rules("-A X -m comment --comment \"shop/cart-0:http\" -j Y\n");
  redactor.learn_journal("2026-01-31T10:20:30+0000 worker-3.corp k0s[1]: node=\"worker-9\"\n");
  EXPECT_EQ(redactor.journal("pod=\"shop/cart-0\""),
            "pod=\"" + redactor.text("shop/cart-0") + "\"");
  EXPECT_EQ(redactor.journal("podName=\"cart-0\""), "podName=\"" + redactor.text("cart-0") + "\"");
  for (const std::string name : {"worker-3", "worker-9", "worker-3.corp"}) {
    EXPECT_THAT(redactor.text(name), MatchesRegex("host-[0-9a-f]{8}"));
    EXPECT_EQ(redactor.journal("node=" + name), "node=" + redactor.text(name));
  }
}

// "api" and "web" are words of too many texts to be names wherever they stand.
TEST(RedactedJournal, APlainWordIsANameOnlyBehindTheWordThatSaysSo) {
  Redactor redactor{kBoth, "key"};
  const std::string_view line =
      "node=\"api\" pod=\"shop/web\" https://k0s.corp:6443 the api of k0s";
  redactor.learn_journal(line);
  EXPECT_THAT(redactor.journal(line),
              MatchesRegex("node=\"host-[0-9a-f]+\" pod=\"ns-[0-9a-f]+/obj-[0-9a-f]+\" "
                           "https://host-[0-9a-f]+:6443 the api of k0s"));
  EXPECT_EQ(redactor.text("api web k0s"), "api web k0s");
  EXPECT_THAT(redactor.text("shop/web and k0s.corp"), MatchesRegex("ns-.*/obj-.* and host-.*"));
}

TEST(RedactedJournal, OnlyWhatIsAskedFor) {
  const std::string line = R"(node="worker-9" pod="shop/cart-0" at 10.1.2.3)";
  EXPECT_THAT(redacted(line, {.addresses = true}),
              HasSubstr(R"(node="worker-9" pod="shop/cart-0")"));
  EXPECT_THAT(redacted(line, {.names = true}), HasSubstr("10.1.2.3"));
}

}  // namespace
}  // namespace iptmode
