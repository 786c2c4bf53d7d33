// SPDX-License-Identifier: GPL-2.0-or-later
// What cannot be read is a gap and never an empty list.
#include <gmock/gmock.h>
#include <linux/capability.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "fresh_network.h"
#include "rule_sets.h"

namespace iptmode::kernel {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

auto gap(Fact hides, const std::string& subject, const std::string& reason) {
  return AllOf(Field(&Gap::subject, HasSubstr(subject)), Field(&Gap::reason, HasSubstr(reason)),
               Field(&Gap::hides, hides));
}

/// A directory in place of /proc, for what the kernel's own does not show on request.
class FakeProc {
 public:
  FakeProc() {
    std::string pattern = (std::filesystem::temp_directory_path() / "iptmode.XXXXXX").string();
    root_ = ::mkdtemp(pattern.data());
    for (const char* file : {"protocols", "route", "tcp", "udp"})
      write(std::string{"net/"} + file, "");
  }
  ~FakeProc() { std::filesystem::remove_all(root_); }
  FakeProc(const FakeProc&) = delete;
  FakeProc& operator=(const FakeProc&) = delete;

  /// `path` is below the directory of this process.
  void write(const std::string& path, std::string_view text) const {
    const auto file = root_ / std::to_string(::getpid()) / path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream{file} << text;
  }
  [[nodiscard]] std::filesystem::path root() const { return root_; }
  [[nodiscard]] NetworkReading read(const KernelSupport& support = kBoth) const {
    const sys::UniqueFd proc = directory(root_);
    return read_own(support, [&](NetworkRequest& request) { request.proc_root = proc.get(); });
  }

 private:
  std::filesystem::path root_;
};

TEST(ReadNetwork, SaysThatItMayNotRead) {
  in_fresh_network([] {
    feed("iptables-nft-restore", kNodeRules);
    feed("iptables-legacy-restore", kNodeRules);
    drop_capabilities_but(CAP_NET_RAW);
    const auto [state, gaps] = read_own();
    EXPECT_EQ(state.nft, std::nullopt);
    EXPECT_EQ(state.legacy, std::nullopt);
    EXPECT_EQ(state.generation, std::nullopt);
    EXPECT_THAT(state.hints, IsEmpty());
    EXPECT_THAT(gaps, Contains(gap(Fact::nft_rules, "nft tables", "Operation not permitted")));
    for (const char* table : {"filter", "mangle", "nat"})
      EXPECT_THAT(gaps,
                  Contains(gap(Fact::legacy_rules, std::string{"table "} + table + ", legacy, ipv4",
                               "Operation not permitted")));
  });
}

TEST(ReadNetwork, SaysThatItMayNotReadAnEmptyNamespace) {
  in_fresh_network([] {
    drop_capabilities();
    const auto [state, gaps] = read_own();
    EXPECT_EQ(state.nft, std::nullopt);
    EXPECT_THAT(gaps, Contains(gap(Fact::nft_rules, "nft tables", "Operation not permitted")));
  });
}

TEST(ReadNetwork, TheListOfTablesThatMayNotBeReadIsAGap) {
  in_fresh_network([] {
    const FakeProc proc;
    proc.write("net/ip_tables_names", "filter\n");
    std::filesystem::permissions(proc.root() / std::to_string(::getpid()) / "net/ip_tables_names",
                                 std::filesystem::perms::none);
    drop_capabilities_but(CAP_NET_ADMIN);
    const auto [state, gaps] = proc.read();
    EXPECT_THAT(gaps,
                ElementsAre(gap(Fact::legacy_rules, "tables, legacy, ipv4", "Permission denied")));
    EXPECT_EQ(state.legacy, std::nullopt);
  });
}

TEST(ReadNetwork, OpensNoTableFromAListThatIsDamaged) {
  in_fresh_network([] {
    const FakeProc proc;
    proc.write("net/ip_tables_names", "filter\nman");
    const auto [state, gaps] = proc.read();
    EXPECT_THAT(gaps, ElementsAre(gap(Fact::legacy_rules, "tables, legacy, ipv4", "")));
    EXPECT_EQ(state.legacy, std::nullopt);
    EXPECT_EQ(shell("cat /proc/thread-self/net/ip_tables_names"), "");
  });
}

TEST(ReadNetwork, ATableThatDoesNotExistIsAGapBesideThoseThatDo) {
  in_fresh_network([] {
    shell("iptables-legacy -N cali-INPUT");
    const FakeProc proc;
    proc.write("net/ip_tables_names", "filter\nnosuchtable\n");
    const auto reading = proc.read();
    EXPECT_THAT(reading.gaps,
                ElementsAre(gap(Fact::legacy_rules, "table nosuchtable, legacy, ipv4", "")));
    EXPECT_EQ(legacy_table(reading, IpFamily::ipv4, "filter").chains, 4U);
    EXPECT_FALSE(reading.state.hints.contains(Backend::legacy)) << "mangle may have been the one";
  });
}

TEST(ReadNetwork, AKernelWithoutIp6tablesHasNoIpv6Tables) {
  in_fresh_network([] {
    const FakeProc proc;
    proc.write("net/ip_tables_names", "");
    const auto [state, gaps] = proc.read();
    EXPECT_THAT(gaps, IsEmpty());
    EXPECT_THAT(state.legacy, testing::Optional(IsEmpty()));
  });
}

TEST(ReadNetwork, AWitnessThatHasExitedIsAGap) {
  in_fresh_network([] {
    const auto [state, gaps] =
        read_own(kBoth, [](NetworkRequest& request) { request.witness = 0x7ffffff0; });
    EXPECT_EQ(state.legacy, std::nullopt);
    EXPECT_THAT(gaps, Contains(gap(Fact::legacy_rules, "tables, legacy, ipv4", "No such file")));
  });
}

TEST(ReadNetwork, DoesNotAskWhenAskingCouldLoadAModule) {
  in_fresh_network([] {
    const FakeProc proc;
    std::ofstream{proc.root() / "version"} << "";
    std::ofstream{proc.root() / "modules"} << "";
    const auto [state, gaps] = proc.read({.nft = Support::unknown});
    EXPECT_EQ(state.nft, std::nullopt);
    EXPECT_THAT(gaps, Contains(gap(Fact::nft_rules, "nft tables", "could load")));
  });
}

TEST(ReadNetwork, AsksAKernelWithoutModulesWhateverIsKnown) {
  in_fresh_network([] {
    const FakeProc proc;
    std::ofstream{proc.root() / "version"} << "";
    const auto [state, gaps] = proc.read({.nft = Support::unknown});
    EXPECT_TRUE(state.nft);
    EXPECT_THAT(gaps, IsEmpty());
  });
}

TEST(ReadNetwork, StopsAtItsDeadline) {
  in_fresh_network([] {
    feed("iptables-nft-restore", kNodeRules);
    feed("iptables-legacy-restore", kNodeRules);
    const auto [state, gaps] =
        read_own(kBoth, [](NetworkRequest& request) { request.timeout = {}; });
    EXPECT_EQ(state.nft, std::nullopt);
    EXPECT_EQ(state.legacy, std::nullopt);
    EXPECT_THAT(gaps, Contains(gap(Fact::nft_rules, "nft tables", "timed out")));
    EXPECT_THAT(gaps, Contains(gap(Fact::legacy_rules, "table nat, legacy", "timed out")));
  });
}

TEST(ReadNetwork, NamesTheNamespaceUnlessItIsTheNodes) {
  in_fresh_network([] {
    drop_capabilities();
    const auto with_witness = [](pid_t pid) {
      return read_own(kBoth, [&](NetworkRequest& request) { request.witness = pid; }).gaps;
    };
    EXPECT_THAT(with_witness(::getpid()), Contains(Field(&Gap::subject, "nft tables (net:[7])")));
    EXPECT_THAT(with_witness(1), Contains(Field(&Gap::subject, "nft tables")));
  });
}

}  // namespace
}  // namespace iptmode::kernel
