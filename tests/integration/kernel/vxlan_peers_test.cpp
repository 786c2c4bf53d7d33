// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/vxlan_peers.h"

#include <linux/neighbour.h>
#include <sys/socket.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "iptmode/address.h"

namespace iptmode::kernel {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::SizeIs;

constexpr int kLink = 7;

std::string attribute(std::uint16_t type, const std::string& payload) {
  const auto length = static_cast<std::uint16_t>(payload.size() + 4);
  std::string bytes(reinterpret_cast<const char*>(&length), 2);
  bytes.append(reinterpret_cast<const char*>(&type), 2).append(payload);
  return bytes.append((4 - bytes.size() % 4) % 4, '\0');
}

/// What RTM_GETNEIGH says of an entry: an Ethernet address, then `attributes`.
std::string entry(const std::string& attributes, int link = kLink) {
  ndmsg header = {};
  header.ndm_family = AF_BRIDGE;
  header.ndm_ifindex = link;
  header.ndm_flags = NTF_SELF;
  std::string bytes(reinterpret_cast<const char*>(&header), sizeof header);
  return bytes + attribute(NDA_LLADDR, "\x66\x11\x22\x33\x44\x55") + attributes;
}

std::string entry_for(std::string_view address) {
  return entry(attribute(NDA_DST, parse_address(address).value()));
}

std::optional<std::vector<std::string>> peers_of(const std::vector<std::string>& entries) {
  VxlanPeers peers{kLink};
  for (const std::string& bytes : entries) peers.add({bytes});
  return std::move(peers).addresses();
}

TEST(VxlanPeers, AreSortedAndNothingTwice) {
  EXPECT_THAT(peers_of({entry_for("192.0.2.7"), entry_for("2001:db8::6"), entry_for("192.0.2.60"),
                        entry_for("192.0.2.7")}),
              Optional(ElementsAre("192.0.2.60", "192.0.2.7", "2001:db8::6")));
}

TEST(VxlanPeers, AreMachinesNotGroupsAndNotNothing) {
  EXPECT_THAT(peers_of({entry_for("0.0.0.0"), entry_for("::"), entry_for("224.0.0.1"),
                        entry_for("239.1.1.1"), entry_for("255.255.255.255"), entry_for("ff05::1"),
                        entry(""), entry_for("223.255.255.255")}),
              Optional(ElementsAre("223.255.255.255")));
}

TEST(VxlanPeers, AreThoseOfTheOneLink) {
  const std::string address = attribute(NDA_DST, parse_address("192.0.2.6").value());
  EXPECT_THAT(peers_of({entry(address, kLink + 1)}), Optional(IsEmpty()));
  EXPECT_THAT(peers_of({entry(address, kLink)}), Optional(SizeIs(1)));
}

TEST(VxlanPeers, AreNotKnownBehindANexthop) {
  EXPECT_EQ(peers_of({entry_for("192.0.2.6"), entry(attribute(NDA_NH_ID, {"\x0a\0\0\0", 4})),
                      entry_for("192.0.2.7")}),
            std::nullopt);
}

TEST(VxlanPeers, AreNotKnownWhenThereAreTooMany) {
  std::vector<std::string> entries;
  for (unsigned i = 0; i < kMaxPeers; ++i)
    entries.push_back(entry_for("10.9." + std::to_string(i / 256) + "." + std::to_string(i % 256)));
  entries.push_back(entries.front());
  EXPECT_THAT(peers_of(entries), Optional(SizeIs(kMaxPeers)));
  entries.push_back(entry_for("10.10.0.0"));
  EXPECT_EQ(peers_of(entries), std::nullopt);
}

TEST(VxlanPeers, OfBrokenBytesAreNone) {
  const std::string whole = entry_for("192.0.2.6");
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_THAT(peers_of({whole.substr(0, size)}), Optional(IsEmpty())) << size;
  for (const char* odd : {"", "\xc0", "\xc0\1\2\3\4", "\xc0\1\2\3\4\5\6\7"})
    EXPECT_THAT(peers_of({entry(attribute(NDA_DST, odd))}), Optional(IsEmpty()));
}

}  // namespace
}  // namespace iptmode::kernel
