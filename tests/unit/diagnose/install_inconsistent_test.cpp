// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "finding_matchers.h"
#include "snapshot_builder.h"

namespace iptmode {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using namespace iptmode::testing;

constexpr std::string_view kBin = "/var/lib/k0s/bin";

CheckResult found_on(const Snapshot& snapshot) {
  return result_of("install_inconsistent", snapshot);
}

InstallationBuilder nft_place(const std::string& directory = "/usr/sbin") {
  return an_installation(directory).links(Backend::nf_tables, "1.8.9");
}

Program gone(std::string name, ProgramForm form, const std::string& directory = "/usr/sbin") {
  Program program{.name = std::move(name), .form = form};
  if (form == ProgramForm::missing) return program;
  program.path = directory + "/" + program.name;
  program.chain = {program.path, directory + "/xtables-foo-multi"};
  return program;
}

TEST(InstallInconsistent, IsAnErrorWhenRestoreWritesInAnotherBackend) {
  const CheckResult result = found_on(a_node().with(
      kube_proxy().installation(nft_place().link("iptables-restore", Backend::legacy, "1.8.9"))));
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].severity, Severity::error);
  EXPECT_EQ(result.findings[0].subject, "kube-proxy (pid 1311)");
  EXPECT_THAT(
      text_of(result.findings[0]),
      AllOf(
          HasSubstr("/usr/sbin/iptables-restore -> /usr/sbin/xtables-legacy-multi (1.8.9, legacy)"),
          HasSubstr("/usr/sbin/iptables -> /usr/sbin/xtables-nft-multi (1.8.9, nf_tables)")));
}

TEST(InstallInconsistent, IsSilentWhenAllSixAreOneProgram) {
  EXPECT_THAT(found_on(a_node()).findings, IsEmpty());
  EXPECT_THAT(found_on(a_node().with(kube_proxy().unresolved())).findings, IsEmpty());
}

TEST(InstallInconsistent, WarnsWhenTheFamiliesDiffer) {
  auto place = nft_place();
  for (const std::string_view name : {"ip6tables", "ip6tables-save", "ip6tables-restore"})
    place.link(name, Backend::legacy, "1.8.9");
  EXPECT_EQ(found_on(a_node().with(kube_proxy().installation(place))).status, CheckStatus::warn);
}

TEST(InstallInconsistent, WarnsWhenAWrapperIsReplacedInPart) {
  auto place = an_installation("/sbin").wrapper().link("iptables", Backend::nf_tables, "1.8.9");
  EXPECT_EQ(found_on(a_node().with(kube_router().installation(place))).status, CheckStatus::warn);
}

TEST(InstallInconsistent, GradesReleasesByWhetherTheyReadEachOther) {
  const auto two = [](std::string_view version) {
    Program other = a_multi("/usr/local/sbin", Backend::nf_tables, version);
    other.name = "iptables-save";
    other.path = "/usr/local/sbin/iptables-save";
    return found_on(a_node().with(kube_proxy().installation(nft_place().program(other))));
  };
  EXPECT_EQ(two("1.8.7").severity, Severity::error);
  EXPECT_EQ(two("1.8.11").status, CheckStatus::pass);
  EXPECT_EQ(two("1.8.11").findings.size(), 1U);
  const CheckResult same = two("1.8.9");
  ASSERT_EQ(same.findings.size(), 1U);
  EXPECT_EQ(same.status, CheckStatus::pass);
  EXPECT_THAT(same.findings[0].message, HasSubstr("/usr/local/sbin, /usr/sbin"));
}

TEST(InstallInconsistent, IsANoteForAHostThatNobodyCalls) {
  const CheckResult result =
      found_on(a_node().host(nft_place().link("iptables-restore", Backend::legacy, "1.8.9")));
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].subject, "host");
  EXPECT_EQ(result.status, CheckStatus::pass);
}

TEST(InstallInconsistent, IsAnErrorForDockerOnTheSameHost) {
  EXPECT_EQ(found_on(a_node().with(a_component(ComponentKind::dockerd, 700)
                                       .installation(nft_place().link("iptables-restore",
                                                                      Backend::legacy, "1.8.9"))))
                .severity,
            Severity::error);
}

TEST(InstallInconsistent, DoesNotJudgeFelixByNamesThatItDoesNotCall) {
  const Snapshot node = a_node().with(
      calico_node().installation(nft_place().link("iptables-restore", Backend::legacy, "1.8.9")));
  EXPECT_EQ(found_on(node).status, CheckStatus::pass);
}

TEST(InstallInconsistent, NamesAnInvalidModeBehindDanglingLinks) {
  auto bin = an_installation(std::string{kBin}).multi(Backend::nf_tables, "1.8.9");
  for (const std::string_view name : six_names())
    bin.program(gone(std::string{name}, ProgramForm::dangling, std::string{kBin}));
  const CheckResult result = found_on(a_node().k0s_bin(bin).k0s_mode("foo"));
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].severity, Severity::error);
  EXPECT_THAT(text_of(result.findings[0]),
              AllOf(HasSubstr("--iptables-mode=foo is not a mode"),
                    HasSubstr("/var/lib/k0s/bin/xtables-foo-multi (does not exist)")));
}

NodeBuilder without_iptables_link(std::string_view k0s_version) {
  return a_node()
      .k0s_bin(nft_place(std::string{kBin}).program(gone("iptables", ProgramForm::missing)))
      .edit([&](Snapshot& snapshot) { snapshot.k0s->version = k0s_version; });
}

TEST(InstallInconsistent, KnowsALoopOfLinks) {
  const std::string path = "/var/lib/k0s/bin/iptables";
  NodeBuilder node = a_node();
  node.edit([&](Snapshot& snapshot) {
    for (Program& program : snapshot.k0s->installation.programs)
      if (program.path == path)
        program = {.name = "iptables",
                   .path = path,
                   .chain = {path},
                   .form = ProgramForm::dangling,
                   .problem = path + ": a loop of links, or more than 40 of them"};
  });
  const CheckResult result = result_of("install_inconsistent", node);
  ASSERT_FALSE(result.findings.empty());
  EXPECT_THAT(text_of(result.findings[0]), HasSubstr(path + " -> " + path + " (a loop of links, "));
}

TEST(InstallInconsistent, KnowsThatOldK0sHasNoIptablesLink) {
  const CheckResult old = found_on(without_iptables_link("v1.23.9+k0s.0"));
  EXPECT_EQ(old.status, CheckStatus::pass);
  ASSERT_EQ(old.findings.size(), 1U);
  EXPECT_THAT(text_of(old.findings[0]), HasSubstr("nothing has to be done"));
  EXPECT_EQ(found_on(without_iptables_link("")).status, CheckStatus::pass);
  EXPECT_EQ(found_on(without_iptables_link("v1.32.4+k0s.0")).status, CheckStatus::warn);
}

TEST(InstallInconsistent, GradesKubeletOfOldK0sDownToAWarning) {
  auto mixed = an_installation(std::string{kBin}).links(Backend::legacy, "1.8.7");
  Program host = a_multi("/usr/sbin", Backend::nf_tables, "1.8.7");
  host.name = "iptables";
  host.path = "/usr/sbin/iptables";
  const auto with_kubelet = [&](std::string_view version) {
    return found_on(without_iptables_link(version).with(
        kubelet().installation(InstallationBuilder{mixed}.program(host))));
  };
  EXPECT_EQ(with_kubelet("v1.23.9+k0s.0").status, CheckStatus::warn);
  EXPECT_EQ(with_kubelet("v1.32.4+k0s.0").severity, Severity::error);
}

TEST(InstallInconsistent, SaysOnlyOnceThatOldK0sLeavesANameToTheHost) {
  Program host = a_multi("/usr/sbin", Backend::nf_tables, "1.8.9");
  host.name = "iptables";
  host.path = "/usr/sbin/iptables";
  const CheckResult result =
      found_on(without_iptables_link("v1.24.4+k0s.0")
                   .with(kubelet().installation(nft_place(std::string{kBin}).program(host))));
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].subject, "k0s (/var/lib/k0s/bin)");
}

TEST(InstallInconsistent, WarnsWhenAWorkersBinDirectoryHasNoIptables) {
  const auto empty_bin = [](NodeRole role) {
    return a_node()
        .k0s_bin(an_installation(std::string{kBin}))
        .with(kubelet().installation(nft_place()))
        .role(role);
  };
  EXPECT_EQ(found_on(empty_bin(NodeRole::worker)).status, CheckStatus::warn);
  EXPECT_EQ(found_on(empty_bin(NodeRole::controller)).status, CheckStatus::pass);
}

TEST(InstallInconsistent, DoesNotPassWhenAPlaceWasNotRead) {
  EXPECT_EQ(found_on(a_node().gap(Fact::installations, "kube-proxy (pid 1311)")).status,
            CheckStatus::unknown);
}

}  // namespace
}  // namespace iptmode
