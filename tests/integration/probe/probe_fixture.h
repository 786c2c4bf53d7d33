// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "fake_container.h"
#include "probe/place_probe.h"

namespace iptmode::probe::test {

/// Takes all capabilities but those that keep_needed_capabilities() leaves from the effective set,
/// for its lifetime: what is tested must work with those.
class NeededCapabilitiesOnly {
 public:
  NeededCapabilitiesOnly();
  NeededCapabilitiesOnly(const NeededCapabilitiesOnly&) = delete;
  NeededCapabilitiesOnly& operator=(const NeededCapabilitiesOnly&) = delete;
  NeededCapabilitiesOnly(NeededCapabilitiesOnly&&) = delete;
  NeededCapabilitiesOnly& operator=(NeededCapabilitiesOnly&&) = delete;
  ~NeededCapabilitiesOnly();
};

/// Skips without root. Orphans of this program come back to it, so that a test sees what a probe
/// left behind.
class RootTest : public ::testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;
};

[[nodiscard]] Result<Place> place_of(const FakeContainer& container);

/// The usual search path, a deadline of 600 ms.
[[nodiscard]] ProbeRequest usual_request();

/// Start and finish, with the needed capabilities only.
[[nodiscard]] Result<ProbeReport> probe_place(Result<Place> place, const ProbeRequest& request);
[[nodiscard]] Result<ProbeReport> probe_container(const FakeContainer& container,
                                                  const ProbeRequest& request = usual_request());

/// Pids of all children of this process but the given ones, zombies included.
[[nodiscard]] std::vector<pid_t> children_except(pid_t known);

[[nodiscard]] std::size_t open_descriptors();

}  // namespace iptmode::probe::test
