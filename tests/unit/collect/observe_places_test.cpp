// SPDX-License-Identifier: GPL-2.0-or-later
// How many children are at work beside the reader of the kernel's tables.
#include <chrono>
#include <thread>

#include "observed_node.h"

namespace iptmode::collect {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kPlaces = 4;  // the host, kubelet, kube-proxy, k0s' bin directory

class BusyNode : public ObservedNode {
 protected:
  /// How many looks were started before the kernel was read, and after one call of idle.
  void observe_starts() {
    host.before_idle = [this] { before_reading = host.started.size(); };
    (void)look();
    ASSERT_EQ(host.started.size(), kPlaces) << "in the end everybody is looked at";
  }
  std::size_t before_reading = 0;
};

TEST_F(BusyNode, HasAsManyChildrenAtWorkAsProcessorsForThem) {
  processors = 2;
  observe_starts();
  EXPECT_EQ(before_reading, 2U);
}

TEST_F(BusyNode, StartsAllAtOnceWherePlentyOfProcessorsAre) {
  processors = 8;
  observe_starts();
  EXPECT_EQ(before_reading, kPlaces);
}

TEST_F(BusyNode, StartsTheNextWhenOneHasEnded) {
  host.looks_end = true;
  observe_starts();
  EXPECT_GT(before_reading, 1U);
}

TEST_F(BusyNode, DoesNotLetAChildThatHangsHoldUpTheOthers) {
  std::size_t started_meanwhile = 0;
  host.before_idle = [&] {
    std::this_thread::sleep_for(25ms);
    started_meanwhile = host.started.size();
  };
  host.after_idle = [&] { started_meanwhile = host.started.size() - started_meanwhile; };
  (void)look();
  EXPECT_EQ(started_meanwhile, 1U);
  EXPECT_EQ(host.started.size(), kPlaces);
}

}  // namespace
}  // namespace iptmode::collect
