// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/host_writers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "collect/observe.h"
#include "fake_node.h"

namespace iptmode::collect {
namespace {

using namespace std::string_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(CallsInScript, AreCommandsThatWrite) {
  for (const std::string_view line : std::initializer_list<std::string_view>{
           "iptables -A INPUT -p tcp --dport 22 -j ACCEPT", "  /sbin/iptables -F",
           "ip6tables-restore < /etc/rules", "sudo iptables -t nat -A POSTROUTING -j MASQUERADE",
           "[ -x /x ] && iptables -P FORWARD DROP", "if iptables -C INPUT -j X; then :; fi",
           "post-up iptables -A INPUT -j DROP", "@reboot root iptables -F",
           "*/5 * * * * root /usr/sbin/iptables -F", "cat rules | iptables-restore -n",
           "for c in a b; do iptables -N $c; done", "RULE=$(iptables -t nat -A X)"})
    EXPECT_EQ(calls_in_script(line).size(), 1U) << line;
}

TEST(CallsInScript, AreNotCommentsListingsAndOtherPrograms) {
  for (const std::string_view line : std::initializer_list<std::string_view>{
           "# iptables -F", "echo hello # iptables -F", "apt-get install iptables ufw",
           "systemctl restart iptables", "iptables -L -n", "iptables --version",
           "iptables-save > /root/rules", "iptables", "iptables-legacy -F",
           "/var/lib/k0s/bin/iptables -F", "myiptables -F", "iptables.sh -F",
           "echo iptables is fine", "update-alternatives --set iptables /usr/sbin/iptables-nft"})
    EXPECT_THAT(calls_in_script(line), IsEmpty()) << line;
}

TEST(CallsInScript, SayTheirLineAndAreBounded) {
  const auto calls = calls_in_script("#!/bin/sh\n\niptables -F " + std::string(500, 'x') + "\n");
  ASSERT_EQ(calls.size(), 1U);
  EXPECT_EQ(calls[0].line, 3U);
  EXPECT_EQ(calls[0].text.size(), 120U);
  std::string many;
  for (int i = 0; i < 1000; ++i) many += "iptables -F\n";
  EXPECT_EQ(calls_in_script(many).size(), 3U);
  EXPECT_THAT(calls_in_script(std::string(100000, '\0')), IsEmpty());
}

TEST(CallsInUnit, AreInItsExecLines) {
  EXPECT_EQ(calls_in_unit("[Service]\nExecStart=-/usr/sbin/iptables -F\n").size(), 1U);
  EXPECT_EQ(calls_in_unit("ExecStartPost=/bin/sh -c 'iptables -A INPUT -j DROP'\n").size(), 1U);
  EXPECT_THAT(calls_in_unit("Description=iptables -F\nAfter=iptables.service\n"), IsEmpty());
  EXPECT_THAT(programs_of_unit("ExecStart=@/usr/local/bin/fw up\nExecStop=/bin/sh /root/fw.sh\n"),
              ElementsAre("/usr/local/bin/fw", "/bin/sh", "/root/fw.sh"));
}

TEST(DockerSettings, MayLeaveIptablesAlone) {
  EXPECT_TRUE(docker_leaves_iptables(R"({"iptables": false})"));
  EXPECT_TRUE(docker_leaves_iptables(R"({"firewall-backend": "nftables"})"));
  for (const char* text : {"", "{", "[]", R"({"iptables": true})", R"({"iptables": "false"})"})
    EXPECT_FALSE(docker_leaves_iptables(text)) << text;
}

/// A machine with nothing but what a test puts there.
class HostWriters : public ::testing::Test {
 protected:
  std::vector<HostWriter> found() {
    const Sources sources{.processes = processes,
                          .places = host,
                          .networks = host,
                          .answers = host,
                          .host = host,
                          .own_pid = 1,
                          .hostname = "h",
                          .kernel = "6.12.0"};
    return observe(sources, {}).host_writers;
  }
  void run(pid_t pid, const std::string& name) {
    processes.processes[pid] = {
        .comm = name, .executable = "/usr/bin/" + name, .arguments = {"/usr/bin/" + name}};
  }

  FakeProcesses processes;
  FakeHost host;
};

auto writer(HostWriterKind kind, const std::string& name) {
  return ::testing::AllOf(Field(&HostWriter::kind, kind), Field(&HostWriter::writer, name));
}

TEST_F(HostWriters, AreNoneOnAMachineWithoutThem) {
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(HostWriters, AreServicesScriptsUnitsAndRulesFiles) {
  host.files["/etc/ufw/ufw.conf"] = "ENABLED=yes\n"s;
  host.files["/etc/rc.local"] = "#!/bin/sh\niptables -F\n"s;
  host.files["/etc/iptables/rules.v4"] = "*filter\nCOMMIT\n"s;
  host.files["/etc/systemd/system/multi-user.target.wants/netfilter-persistent.service"] = "x"s;
  host.files["/etc/systemd/system/fw.service"] = "ExecStart=/usr/local/sbin/fw start\n"s;
  host.files["/usr/local/sbin/fw"] = "#!/bin/bash\niptables -P INPUT DROP\n"s;
  host.files["/etc/systemd/system/k0sworker.service"] = "ExecStartPre=/sbin/iptables -F\n"s;
  EXPECT_THAT(found(), ElementsAre(writer(HostWriterKind::service, "ufw"),
                                   writer(HostWriterKind::unit, "fw.service"),
                                   HostWriter{HostWriterKind::script, "/etc/rc.local",
                                              "/etc/rc.local:2: iptables -F"},
                                   writer(HostWriterKind::rules_file, "netfilter-persistent")));
}

TEST_F(HostWriters, AreNotThoseThatAreDisabled) {
  host.files["/etc/ufw/ufw.conf"] = "ENABLED=no\n"s;
  host.files["/etc/iptables/rules.v4"] = "*filter\nCOMMIT\n"s;
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(HostWriters, AreDaemonsUnlessTheyUseNftables) {
  run(700, "dockerd");
  EXPECT_THAT(found(), Contains(writer(HostWriterKind::process, "dockerd (pid 700)")));
  host.files["/etc/docker/daemon.json"] = R"({"iptables": false})"s;
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(HostWriters, ThatMayNotBeReadAreAGap) {
  host.files["/etc/rc.local"] = sys_error(EACCES, "openat2", "/etc/rc.local");
  const Sources sources{.processes = processes,
                        .places = host,
                        .networks = host,
                        .answers = host,
                        .host = host,
                        .own_pid = 1,
                        .hostname = "h",
                        .kernel = "6.12.0"};
  EXPECT_THAT(observe(sources, {}).gaps,
              Contains(Field(&Gap::hides, std::optional{Fact::host_writers})));
}

}  // namespace
}  // namespace iptmode::collect
