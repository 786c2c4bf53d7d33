// SPDX-License-Identifier: GPL-2.0-or-later
#include "redact/address_intervals.h"

#include <algorithm>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "iptmode/address.h"

namespace iptmode::redact {
namespace {

Interval between(std::string_view low, std::string_view high) {
  return {.low = parse_address(low).value(), .high = parse_address(high).value()};
}

bool contain(const std::vector<Interval>& intervals, const std::string& address) {
  return std::ranges::any_of(intervals, [&](const Interval& interval) {
    return interval.low <= address && address <= interval.high;
  });
}

/// Addresses at and around the ends, and any others.
std::vector<std::string> samples_of(const std::vector<Interval>& intervals, std::size_t size) {
  std::mt19937 random{7};
  std::vector<std::string> samples;
  for (int i = 0; i < 400; ++i) {
    std::string address(size, '\0');
    for (char& byte : address) byte = static_cast<char>(random());
    samples.push_back(address);
  }
  for (const Interval& interval : intervals)
    for (std::string end : {interval.low, interval.high})
      for (const int step : {-1, 0, 1}) {
        end.back() = static_cast<char>(end.back() + step);
        samples.push_back(end);
      }
  return samples;
}

TEST(AddressIntervals, HaveInsideWhatTheyHadInside) {
  const std::vector<std::vector<Interval>> cases{
      {between("10.0.0.7", "10.0.0.7")},
      {between("1.0.0.0", "10.244.2.255"), between("10.244.4.0", "126.255.255.255")},
      {between("192.0.2.3", "192.0.2.250"), between("192.0.3.0", "192.0.3.0")},
      {between("0.0.0.0", "255.255.255.255")},
      {between("2001:db8::5", "2001:db8::ffff:7"), between("fd00::", "fdff::")}};
  for (const auto& intervals : cases) {
    AddressMap map{"key"};
    const std::vector<Interval> images = mapped(intervals, map);
    EXPECT_TRUE(std::ranges::is_sorted(images, {}, &Interval::low));
    for (const std::string& address : samples_of(intervals, intervals.front().low.size()))
      EXPECT_EQ(contain(images, map(address)), contain(intervals, address))
          << address_text(address);
  }
}

TEST(AddressIntervals, KeepANetworkOneInterval) {
  AddressMap map{"key"};
  const auto images = mapped({between("10.96.0.0", "10.111.255.255")}, map);
  ASSERT_EQ(images.size(), 1U);
  EXPECT_EQ(images.front().low, map.network(parse_address("10.96.0.0").value(), 12));
  EXPECT_TRUE(mapped({}, map).empty());
}

TEST(AddressIntervals, LeaveWhatIsNoAddressAsItIs) {
  AddressMap map{"key"};
  const std::vector<Interval> ports{{.low = "\x10\x01", .high = "\x10\x02"}};
  EXPECT_EQ(mapped(ports, map), ports);
}

TEST(AddressIntervals, GiveUpAComparisonUnderAMask) {
  AddressMap map{"key"};
  const std::string address = parse_address("10.0.0.7").value();
  Rule rule{.conditions = {{.field = Field::source,
                            .negated = true,
                            .mask = parse_address("255.0.0.255").value(),
                            .any_of = {{.low = address, .high = address}}}}};
  map_addresses(rule, map);
  EXPECT_EQ(to_string(rule), "[! address]");
}

}  // namespace
}  // namespace iptmode::redact
