// SPDX-License-Identifier: GPL-2.0-or-later
// The child that asks libnftables, with something else in libnftables' place.
#include "kernel/libnftables_child.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <linux/capability.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "fresh_network.h"

namespace iptmode::kernel {
namespace {

using namespace std::chrono_literals;
using Outcome = Libnftables::Outcome;

Libnftables ask(LibnftablesChild::Lister lister, std::chrono::milliseconds timeout = 5s) {
  auto child = LibnftablesChild::start(lister);
  if (!child) return {.detail = to_string(child.error())};
  return child->finish(7, {.timeout = timeout});
}

ListedChains listed(std::uint64_t chains) {
  return {.outcome = ListedChains::Outcome::listed, .chains = chains};
}
ListedChains refused(const std::string& problem) {
  ListedChains answer;
  problem.copy(answer.problem.data(), answer.problem.size() - 1);
  return answer;
}

TEST(LibnftablesChild, ComparesTheNumberOfChains) {
  in_fresh_network([] {
    EXPECT_EQ(ask([] { return listed(7); }), (Libnftables{Outcome::agrees, ""}));
    EXPECT_EQ(ask([] { return listed(5); }),
              (Libnftables{Outcome::differs, "5 chains, netlink says 7"}));
  });
}

TEST(LibnftablesChild, ReportsARefusalInItsWords) {
  in_fresh_network([] {
    EXPECT_EQ(ask([] { return refused("Error: cache initialization failed"); }),
              (Libnftables{Outcome::refused, "Error: cache initialization failed"}));
  });
}

TEST(LibnftablesChild, ReportsADeath) {
  in_fresh_network([] {
    const auto die = []() -> ListedChains {
      ::signal(SIGSEGV, SIG_DFL);  // a sanitizer would make an exit of it
      ::raise(SIGSEGV);
      return {};
    };
    EXPECT_EQ(ask(die), (Libnftables{Outcome::died, "signal 11"}));
    EXPECT_EQ(ask([]() -> ListedChains { ::_exit(3); }),
              (Libnftables{Outcome::died, "exit status 3"}));
  });
}

TEST(LibnftablesChild, EndsOneThatDoesNotAnswer) {
  in_fresh_network([] {
    const auto before = std::chrono::steady_clock::now();
    const auto hang = []() -> ListedChains {
      ::signal(SIGTERM, SIG_IGN);
      for (;;) ::pause();
    };
    EXPECT_EQ(ask(hang, 50ms), (Libnftables{Outcome::timed_out, "no answer in 50 ms"}));
    EXPECT_LT(std::chrono::steady_clock::now() - before, 2s);
  });
}

TEST(LibnftablesChild, TakesAnAnswerThatIsCutForADeath) {
  in_fresh_network([] {
    const auto cut = []() -> ListedChains {
      const char bytes[] = "short";
      ::_exit(::write(3, bytes, sizeof bytes) < 0 ? 1 : 0);
    };
    EXPECT_EQ(ask(cut), (Libnftables{Outcome::died, "exit status 0"}));
  });
}

/// Capability sets of the calling process that are not empty, the bounding set aside.
std::string held_capabilities() {
  std::ifstream status{"/proc/self/status"};
  std::string held;
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("Cap") && !line.starts_with("CapBnd") &&
        line.find_first_not_of('0', line.find('\t') + 1) != std::string::npos)
      held += line.substr(0, 6) + " ";
  return held;
}

TEST(LibnftablesChild, HoldsNothingButNetAdmin) {
  in_fresh_network([] {
    const auto look = [] {
      std::string problem;
      for (int fd = 4; fd < 64; ++fd)
        if (::fcntl(fd, F_GETFD) >= 0) problem += " descriptor " + std::to_string(fd);
      constexpr std::uint64_t kNetAdminOnly = std::uint64_t{1} << CAP_NET_ADMIN;
      std::ifstream status{"/proc/self/status"};
      for (std::string line; std::getline(status, line);)
        if ((line.starts_with("CapEff") || line.starts_with("CapPrm")) &&
            std::stoull(line.substr(8), nullptr, 16) != kNetAdminOnly)
          problem += line;
      if (::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1) problem += " may gain privileges";
      return refused(problem + " held: " + held_capabilities());
    };
    EXPECT_EQ(ask(look).detail, " held: CapPrm CapEff ");
  });
}

TEST(LibnftablesChild, AsksTheRealLibrary) {
  in_fresh_network([] {
    shell("nft add table inet t; for c in a b c d e f g; do nft add chain inet t $c; done");
    EXPECT_EQ(ask(list_chains_with_libnftables), (Libnftables{Outcome::agrees, ""}));
    shell("nft delete chain inet t g");
    EXPECT_EQ(ask(list_chains_with_libnftables),
              (Libnftables{Outcome::differs, "6 chains, netlink says 7"}));
  });
}

}  // namespace
}  // namespace iptmode::kernel
