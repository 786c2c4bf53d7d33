// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe_fixture.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "sys/file.h"
#include "sys/process_ref.h"

namespace iptmode::probe::test {
namespace {

using Sets = std::array<__user_cap_data_struct, 2>;

Sets capabilities() {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  Sets sets{};
  EXPECT_EQ(::syscall(SYS_capget, &header, sets.data()), 0);
  return sets;
}

void set_capabilities(const Sets& sets) {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  EXPECT_EQ(::syscall(SYS_capset, &header, sets.data()), 0);
}

constexpr std::uint32_t bit(int capability) {
  return 1U << static_cast<unsigned>(capability);
}

}  // namespace

NeededCapabilitiesOnly::NeededCapabilitiesOnly() {
  Sets sets = capabilities();
  sets[0].effective = bit(CAP_SYS_ADMIN) | bit(CAP_SYS_CHROOT) | bit(CAP_SYS_PTRACE) |
                      bit(CAP_DAC_READ_SEARCH) | bit(CAP_NET_ADMIN) | bit(CAP_NET_RAW) |
                      bit(CAP_SETUID) | bit(CAP_SETGID) | bit(CAP_SETPCAP);
  sets[1].effective = 0;
  set_capabilities(sets);
}

NeededCapabilitiesOnly::~NeededCapabilitiesOnly() {
  Sets sets = capabilities();
  for (auto& set : sets) set.effective = set.permitted;
  set_capabilities(sets);
}

void RootTest::SetUp() {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root: it makes namespaces and mounts";
  ASSERT_EQ(::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
}

void RootTest::TearDown() {
  if (::geteuid() != 0) return;
  EXPECT_EQ(children_except(0), std::vector<pid_t>{}) << "left behind";
}

Result<Place> place_of(const FakeContainer& container) {
  auto proc = sys::open_at(AT_FDCWD, "/proc", O_PATH | O_DIRECTORY);
  if (!proc) return tl::unexpected{proc.error()};
  auto process = sys::open_process(proc->get(), container.pid(), 0);
  if (!process) return tl::unexpected{process.error()};
  Place place{.label = "fake container"};
  place.process = std::move(*process);
  return place;
}

ProbeRequest usual_request() {
  return {.search_path = {"/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin", "/bin"},
          .timeout = std::chrono::milliseconds{600}};
}

Result<ProbeReport> probe_place(Result<Place> place, const ProbeRequest& request) {
  if (!place) return tl::unexpected{place.error()};
  const NeededCapabilitiesOnly only;
  auto probe = PlaceProbe::start(std::move(*place), request);
  if (!probe) return tl::unexpected{probe.error()};
  return probe->finish();
}

Result<ProbeReport> probe_container(const FakeContainer& container, const ProbeRequest& request) {
  return probe_place(place_of(container), request);
}

std::vector<pid_t> children_except(pid_t known) {
  std::ifstream list{"/proc/thread-self/children"};
  std::vector<pid_t> children;
  for (pid_t pid = 0; list >> pid;)
    if (pid != known) children.push_back(pid);
  return children;
}

std::size_t open_descriptors() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator{"/proc/self/fd"})
    ++count;
  return count;
}

}  // namespace iptmode::probe::test
