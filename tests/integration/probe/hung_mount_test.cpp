// SPDX-License-Identifier: GPL-2.0-or-later
// A file system whose daemon takes a request and never answers it: the task that asked is out of
// SIGKILL's reach.
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/fuse.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>

#include <array>
#include <cstring>

#include "probe_fixture.h"

namespace iptmode::probe::test {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using Clock = std::chrono::steady_clock;

/// Answers the handshake, then swallows every request.
[[noreturn]] void serve_nothing(int device) {
  std::array<char, FUSE_MIN_READ_BUFFER + 65536> request{};
  for (;;) {
    if (::read(device, request.data(), request.size()) <= 0) ::_exit(1);
    fuse_in_header header{};
    std::memcpy(&header, request.data(), sizeof header);
    if (header.opcode != FUSE_INIT) continue;
    struct {
      fuse_out_header header = {};
      fuse_init_out init = {};
    } answer;
    answer.header.len = sizeof answer;
    answer.header.unique = header.unique;
    answer.init.major = FUSE_KERNEL_VERSION;
    answer.init.minor = FUSE_KERNEL_MINOR_VERSION;
    answer.init.max_write = 4096;
    (void)!::write(device, &answer, sizeof answer);
  }
}

class HungMount : public RootTest {
 protected:
  void SetUp() override {
    RootTest::SetUp();
    if (::access("/dev/fuse", R_OK | W_OK) != 0)
      GTEST_SKIP() << "there is no /dev/fuse to make a hung mount with";
  }

  /// /usr/sbin is the mount that does not answer.
  ContainerShape shape() {
    return {.populate =
                [this](const std::string& root) {
                  put_directory(root + "/usr/sbin");
                  device_ = ::open("/dev/fuse", O_RDWR | O_CLOEXEC);
                  const std::string options =
                      fmt::format("fd={},rootmode=40000,user_id=0,group_id=0,allow_other", device_);
                  if (::mount("hung", (root + "/usr/sbin").c_str(), "fuse.hung", 0,
                              options.c_str()) != 0)
                    ::_exit(1);
                },
            .live = [this] { serve_nothing(device_); }};
  }

  int device_ = -1;
};

TEST_F(HungMount, IsAbandonedAndReported) {
  FakeContainer container{shape()};
  if (!container.ready()) GTEST_SKIP() << "fuse file systems cannot be mounted here";
  const std::size_t descriptors = open_descriptors();
  const auto started = Clock::now();
  const auto report = probe_container(container);
  EXPECT_LT(Clock::now() - started, 1500ms);
  ASSERT_FALSE(report.has_value());
  EXPECT_EQ(report.error().code, std::errc::timed_out);
  EXPECT_THAT(to_string(report.error()), HasSubstr("could not be ended"));
  EXPECT_EQ(open_descriptors(), descriptors);

  // The daemon's end ends the connection, and the abandoned task with it; it comes back here.
  EXPECT_EQ(children_except(container.pid()).size(), 1U);
  container.end();
  EXPECT_GT(::waitpid(-1, nullptr, 0), 0);
}

TEST_F(HungMount, DoesNotKeepAProbeFromBeingDropped) {
  FakeContainer container{shape()};
  if (!container.ready()) GTEST_SKIP() << "fuse file systems cannot be mounted here";
  const auto started = Clock::now();
  {
    auto probe = PlaceProbe::start(std::move(*place_of(container)), usual_request());
    ASSERT_TRUE(probe.has_value());
    ::usleep(100'000);
    EXPECT_FALSE(probe->poll());
  }
  EXPECT_LT(Clock::now() - started, 1s);
  container.end();
  while (::waitpid(-1, nullptr, 0) > 0) {
  }
}

TEST_F(HungMount, OutsideTheSearchPathDoesNoHarm) {
  const FakeContainer container{shape()};
  if (!container.ready()) GTEST_SKIP() << "fuse file systems cannot be mounted here";
  ProbeRequest request = usual_request();
  request.search_path = {"/usr/bin", "/bin"};
  for (const bool old_kernel : {false, true}) {
    request.without_mount_setattr = old_kernel;
    const auto report = probe_container(container, request);
    EXPECT_TRUE(report.has_value()) << to_string(report.error());
  }
}

}  // namespace
}  // namespace iptmode::probe::test
