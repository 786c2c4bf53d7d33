// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/firewalld_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fake_node.h"

namespace iptmode::collect {
namespace {

using namespace std::string_literals;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// firewalld as Debian installs it, with one zone of the administrator's.
FakeHost a_host() {
  FakeHost host;
  host.files["/etc/firewalld/firewalld.conf"] = "DefaultZone=public\nFirewallBackend=iptables\n"s;
  host.files["/usr/lib/firewalld/zones/public.xml"] =
      R"(<zone><service name="ssh"/><forward/></zone>)"s;
  host.files["/usr/lib/firewalld/zones/trusted.xml"] = R"(<zone target="ACCEPT"/>)"s;
  host.files["/usr/lib/firewalld/services/ssh.xml"] =
      R"(<service><port port="22" protocol="tcp"/><include service="more"/></service>)"s;
  host.files["/usr/lib/firewalld/services/more.xml"] =
      R"(<service><port port="23" protocol="tcp"/><include service="ssh"/></service>)"s;
  host.files["/etc/firewalld/zones/k0s.xml"] =
      R"(<zone><source address="10.244.0.0/16"/><masquerade/><forward/></zone>)"s;
  host.files["/etc/firewalld/zones/k0s.xml.old"] = "not read"s;
  return host;
}

TEST(FirewalldFiles, GiveSettingsAndActiveZones) {
  FakeHost host = a_host();
  const auto reading = read_firewalld_files(host);
  ASSERT_TRUE(reading.has_value());
  EXPECT_THAT(reading->problems, IsEmpty());
  EXPECT_EQ(reading->state.source, FirewalldSource::files);
  EXPECT_EQ(reading->state.file.backend, "iptables");
  EXPECT_FALSE(reading->state.running);
  EXPECT_THAT(reading->state.zones, ElementsAre(Field(&FirewalldZone::name, "k0s"),
                                                Field(&FirewalldZone::name, "public")));
  EXPECT_TRUE(reading->state.zones.at(1).is_default);
  EXPECT_THAT(reading->state.zones.at(1).service_ports, ElementsAre("22/tcp", "23/tcp"));
}

TEST(FirewalldFiles, OfTheAdministratorHideThoseOfThePackage) {
  FakeHost host = a_host();
  host.files["/etc/firewalld/zones/public.xml"] = R"(<zone target="DROP"/>)"s;
  const auto reading = read_firewalld_files(host);
  EXPECT_EQ(reading->state.zones.at(1).target, "DROP");
  EXPECT_THAT(reading->state.zones.at(1).services, IsEmpty());
}

TEST(FirewalldFiles, KeepPoliciesBetweenZonesInUse) {
  FakeHost host = a_host();
  host.files["/etc/firewalld/policies/a.xml"] =
      R"(<policy target="ACCEPT"><ingress-zone name="k0s"/><egress-zone name="ANY"/></policy>)"s;
  host.files["/etc/firewalld/policies/b.xml"] =
      R"(<policy target="ACCEPT"><ingress-zone name="trusted"/><egress-zone name="ANY"/></policy>)"s;
  const auto reading = read_firewalld_files(host);
  EXPECT_THAT(reading->state.policies, ElementsAre(Field(&FirewalldPolicy::name, "a")));
}

TEST(FirewalldFiles, ThatCannotBeReadAreProblems) {
  FakeHost host = a_host();
  host.files["/etc/firewalld/zones/k0s.xml"] = sys_error(EACCES, "openat2", "k0s.xml");
  host.files["/usr/lib/firewalld/zones/public.xml"] = "<zone"s;
  const auto reading = read_firewalld_files(host);
  EXPECT_THAT(reading->problems,
              ElementsAre(HasSubstr("k0s.xml"), HasSubstr("zone public: zone file")));
}

TEST(FirewalldFiles, AreNothingWithoutFirewalld) {
  FakeHost host;
  EXPECT_FALSE(read_firewalld_files(host).has_value());
}

TEST(FirewalldFiles, HaveDefaultsWithoutASettingsFile) {
  FakeHost host = a_host();
  host.files.erase("/etc/firewalld/firewalld.conf");
  const auto reading = read_firewalld_files(host);
  ASSERT_TRUE(reading.has_value());
  EXPECT_EQ(reading->state.file.backend, "nftables");
  EXPECT_EQ(reading->state.file.flush_all_on_reload, true);
}

}  // namespace
}  // namespace iptmode::collect
