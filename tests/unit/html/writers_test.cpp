// SPDX-License-Identifier: GPL-2.0-or-later
#include "html/writers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "html/parts.h"
#include "snapshot_builder.h"

namespace iptmode::html {
namespace {

using iptmode::testing::a_node;
using iptmode::testing::a_plain_machine;
using iptmode::testing::kube_router;
using ::testing::HasSubstr;
using ::testing::Not;

Writer writer_named(std::string_view name, const Report& report) {
  for (const Writer& writer : writers_of(report))
    if (writer.name == name) return writer;
  return {};
}

TEST(WritersOf, TellsWhatIsThereFromWhatComesNext) {
  const Report report = judge(a_node().with(kube_router().legacy("1.8.9")));
  const Writer router = writer_named("kube-router", report);
  EXPECT_EQ(router.next, Backend::legacy);
  EXPECT_TRUE(router.held.contains(Backend::nf_tables));
  EXPECT_FALSE(router.held.contains(Backend::legacy));
  EXPECT_EQ(writer_named("kubelet", report).held.at(Backend::nf_tables), "its hint");
  EXPECT_EQ(writer_named("containerd", report).name, "") << "it has no iptables";
}

TEST(WritersOf, NamesTheFault) {
  EXPECT_EQ(writer_named("kube-router", judge(a_node())).fault, std::nullopt);
  const Report split = judge(a_node()
                                 .with(kube_router().legacy("1.8.9"))
                                 .no_rules_of(Owner::kube_router)
                                 .legacy_rules(Owner::kube_router, 9));
  EXPECT_GE(writer_named("kube-router", split).fault, Severity::error);
  EXPECT_THAT(picture(split), HasSubstr("class=\"name bad\">kube-router"));
  EXPECT_THAT(picture(judge(a_node())), Not(HasSubstr("class=\"name bad\"")));
}

TEST(HoldersOf, SaysWhatCouldNotBeRead) {
  const Report report = judge(a_node().unread(Backend::legacy));
  EXPECT_EQ(holders_of(report).front().state, "not read");
  EXPECT_THAT(holders_of(report).back().state, HasSubstr("rules"));
}

TEST(Picture, IsLeftOutWhereNobodyWrites) {
  Snapshot snapshot = a_plain_machine();
  snapshot.host.reset();
  EXPECT_EQ(picture(judge(snapshot)), "");
}

}  // namespace
}  // namespace iptmode::html
