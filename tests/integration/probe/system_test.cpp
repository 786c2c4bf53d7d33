// SPDX-License-Identifier: GPL-2.0-or-later
// Files with bounds, children, namespaces and capabilities of this process.
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>

#include "probe/capabilities.h"
#include "probe_fixture.h"
#include "sys/child_process.h"
#include "sys/file.h"
#include "sys/network_namespace.h"

namespace iptmode::probe::test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

struct Pipe {
  sys::UniqueFd read;
  sys::UniqueFd write;
  Pipe() {
    int ends[2];
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    read.reset(ends[0]);
    write.reset(ends[1]);
  }
  void put(const std::string& text) const {
    EXPECT_EQ(::write(write.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
};

TEST(ReadBounded, TakesWhatFitsAndNotOneByteMore) {
  Pipe pipe;
  pipe.put("12345");
  pipe.write.reset();
  EXPECT_EQ(sys::read_bounded(pipe.read.get(), 5, 1s), "12345");

  Pipe longer;
  longer.put("123456");
  EXPECT_EQ(sys::read_bounded(longer.read.get(), 5, 1s).error().code, std::errc::file_too_large);
}

TEST(ReadBounded, GivesUpOnASilentWriterAndOnOneThatDrips) {
  const Pipe silent;
  auto started = Clock::now();
  EXPECT_EQ(sys::read_bounded(silent.read.get(), 5, 50ms).error().code, std::errc::timed_out);
  EXPECT_GE(Clock::now() - started, 50ms);

  Pipe dripping;
  auto child = sys::ChildProcess::start([&]() -> int {
    for (;;) {
      dripping.put("x");
      ::usleep(1000);
    }
  });
  ASSERT_TRUE(child.has_value());
  started = Clock::now();
  EXPECT_EQ(sys::read_bounded(dripping.read.get(), 1000000, 50ms).error().code,
            std::errc::timed_out);
  EXPECT_LT(Clock::now() - started, 500ms);
}

TEST(ReadFile, HasABoundAndNamesWhatItCouldNotOpen) {
  EXPECT_EQ(sys::read_file(AT_FDCWD, "/dev/zero", 1000).error().code, std::errc::file_too_large);
  EXPECT_EQ(sys::read_file(AT_FDCWD, "/dev/null", 0), "");
  EXPECT_EQ(to_string(sys::read_file(AT_FDCWD, "/nowhere", 10).error()),
            "openat /nowhere: No such file or directory");
}

TEST(ReadLink, GivesTheTargetAsItIsWritten) {
  const auto target = sys::read_link(AT_FDCWD, "/proc/self/ns/net");
  ASSERT_TRUE(target.has_value());
  EXPECT_TRUE(target->starts_with("net:["));
  EXPECT_EQ(sys::read_link(AT_FDCWD, "/proc").error().code, std::errc::invalid_argument);
}

TEST(ChildProcess, IsReapedWithItsStatus) {
  auto child = sys::ChildProcess::start([] { return 42; });
  ASSERT_TRUE(child.has_value());
  const auto status = child->reap(2s);
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(WEXITSTATUS(*status), 42);
  EXPECT_EQ(child->reap(), std::nullopt) << "only once";
}

TEST(ChildProcess, IsEndedWhateverItIgnores) {
  auto child = sys::ChildProcess::start([] {
    ::signal(SIGTERM, SIG_IGN);
    for (;;) ::pause();
    return 0;
  });
  ASSERT_TRUE(child.has_value());
  EXPECT_EQ(child->reap(), std::nullopt);
  const pid_t pid = child->pid();
  EXPECT_TRUE(child->end(1s));
  EXPECT_EQ(::waitpid(pid, nullptr, WNOHANG), -1) << "nothing left to reap";
}

TEST(ChildProcess, IsReapedThoughItsParentWasStartedIgnoringChildren) {
  ::signal(SIGCHLD, SIG_IGN);
  auto child = sys::ChildProcess::start([] { return 3; });
  ASSERT_TRUE(child.has_value());
  EXPECT_TRUE(child->reap(2s).has_value());
}

using System = RootTest;

std::string line_of_status(const std::string& key) {
  std::ifstream file{"/proc/thread-self/status"};
  for (std::string line; std::getline(file, line);)
    if (line.starts_with(key)) return line.substr(key.size());
  return "none";
}

/// Runs `body` in a child; its result is 0 when all held.
int in_child(const std::function<int()>& body) {
  auto child = sys::ChildProcess::start(body);
  if (!child) return -1;
  const auto status = child->reap(5s);
  return status ? *status : -1;
}

TEST_F(System, KeepsTheNeededCapabilitiesOnly) {
  EXPECT_EQ(in_child([] {
              const auto missing = keep_needed_capabilities();
              if (!missing || !missing->empty()) return 1;
              // DAC_READ_SEARCH 2, SETGID 6, SETUID 7, SETPCAP 8, NET_ADMIN 12, NET_RAW 13,
              // SYS_CHROOT 18, SYS_PTRACE 19, SYS_ADMIN 21
              const std::string needed = "\t00000000002c31c4";
              if (line_of_status("CapEff:") != needed) return 2;
              if (line_of_status("CapPrm:") != needed) return 3;
              if (line_of_status("CapBnd:") != needed) return 4;
              if (line_of_status("CapInh:") != "\t0000000000000000") return 5;
              if (line_of_status("CapAmb:") != "\t0000000000000000") return 6;
              return 0;
            }),
            0);
}

TEST_F(System, NamesTheCapabilitiesThatAreMissing) {
  EXPECT_EQ(in_child([] {
              if (::setresuid(65534, 65534, 65534) != 0) return 1;
              const auto missing = keep_needed_capabilities();
              if (!missing) return 2;
              const std::vector<std::string> all{
                  "CAP_DAC_READ_SEARCH", "CAP_NET_ADMIN",  "CAP_NET_RAW",
                  "CAP_SETGID",          "CAP_SETPCAP",    "CAP_SETUID",
                  "CAP_SYS_ADMIN",       "CAP_SYS_CHROOT", "CAP_SYS_PTRACE"};
              return *missing == all ? 0 : 3;
            }),
            0);
}

NamespaceId network_of(const std::string& path) {
  struct stat status = {};
  return ::stat(path.c_str(), &status) == 0 ? status.st_ino : 0;
}

TEST_F(System, VisitsANetworkNamespaceAndComesBack) {
  auto other = sys::ChildProcess::start([] {
    if (::unshare(CLONE_NEWNET) != 0) return 1;
    for (;;) ::pause();
  });
  ASSERT_TRUE(other.has_value());
  const NamespaceId home = network_of("/proc/thread-self/ns/net");
  const std::string path = "/proc/" + std::to_string(other->pid()) + "/ns/net";
  for (int turn = 0; turn < 500 && network_of(path) == home; ++turn) ::usleep(1000);
  const NamespaceId there = network_of(path);
  ASSERT_NE(there, home);

  const auto proc = sys::open_at(AT_FDCWD, "/proc", O_PATH | O_DIRECTORY);
  {
    const auto guard = sys::NetworkNamespaceGuard::enter(proc->get(), other->pid(), there);
    ASSERT_TRUE(guard.has_value()) << to_string(guard.error());
    EXPECT_EQ(network_of("/proc/thread-self/ns/net"), there);
  }
  EXPECT_EQ(network_of("/proc/thread-self/ns/net"), home);

  const auto wrong = sys::NetworkNamespaceGuard::enter(proc->get(), other->pid(), home);
  ASSERT_FALSE(wrong.has_value());
  EXPECT_EQ(wrong.error().code, std::errc::no_such_process);
  EXPECT_TRUE(sys::NetworkNamespaceGuard::enter(proc->get(), ::getpid(), home).has_value());
}

TEST_F(System, MakesAnEmptyNetworkAndStaysWhereItWas) {
  const NamespaceId home = network_of("/proc/thread-self/ns/net");
  const auto empty = sys::make_empty_network();
  ASSERT_TRUE(empty.has_value()) << to_string(empty.error());
  EXPECT_EQ(network_of("/proc/thread-self/ns/net"), home);
  EXPECT_EQ(in_child([&] {
              if (::setns(empty->get(), CLONE_NEWNET) != 0) return 1;
              if (network_of("/proc/thread-self/ns/net") == home) return 2;
              std::ifstream devices{"/proc/thread-self/net/dev"};
              std::string text{std::istreambuf_iterator<char>{devices}, {}};
              if (std::ranges::count(text, ':') != 1) return 3;  // loopback alone
              const sys::UniqueFd socket{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
              ifreq loopback = {};
              std::strcpy(loopback.ifr_name, "lo");
              if (::ioctl(socket.get(), SIOCGIFFLAGS, &loopback) != 0) return 4;
              return (loopback.ifr_flags & IFF_UP) == 0 ? 0 : 5;
            }),
            0);
}

TEST_F(System, RefusesAProcessInAnotherMountNamespaceThanExpected) {
  const auto proc = sys::open_at(AT_FDCWD, "/proc", O_PATH | O_DIRECTORY);
  const auto self = sys::open_process(proc->get(), ::getpid(), 0);
  ASSERT_TRUE(self.has_value()) << to_string(self.error());
  EXPECT_EQ(self->mount_namespace, network_of("/proc/self/ns/mnt"));
  EXPECT_TRUE(sys::open_process(proc->get(), ::getpid(), self->mount_namespace).has_value());
  const auto other = sys::open_process(proc->get(), ::getpid(), self->mount_namespace + 1);
  ASSERT_FALSE(other.has_value());
  EXPECT_EQ(other.error().code, std::errc::no_such_process);
}

}  // namespace
}  // namespace iptmode::probe::test
