// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/vxlan_peers.h"

#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "iptmode/address.h"
#include "kernel/netlink_attributes.h"

namespace iptmode::kernel {
namespace {

/// Neither a group nor 0.0.0.0 or "::", which stand for no destination.
bool is_of_one_machine(std::string_view address) {
  constexpr unsigned char kGroup4 = 224;
  constexpr unsigned char kGroup6 = 0xff;
  if (address.size() != 4 && address.size() != 16) return false;
  const auto first = static_cast<unsigned char>(address.front());
  if (address.size() == 4 ? first >= kGroup4 : first == kGroup6) return false;
  return address.find_first_not_of('\0') != std::string_view::npos;
}

}  // namespace

void VxlanPeers::add(const RouteAnswer& entry) {
  ndmsg header = {};
  if (!known_ || !entry.read(header) || header.ndm_ifindex != link_) return;
  for (const auto& [type, payload] : Attributes{entry.attributes<ndmsg>()}) {
    if (type == NDA_NH_ID) known_ = false;
    if (type == NDA_DST && is_of_one_machine(payload)) addresses_.insert(address_text(payload));
  }
  if (addresses_.size() > kMaxPeers) known_ = false;
}

std::optional<std::vector<std::string>> VxlanPeers::addresses() && {
  if (!known_) return std::nullopt;
  return std::vector<std::string>{addresses_.begin(), addresses_.end()};
}

Result<std::optional<std::vector<std::string>>> read_vxlan_peers(
    int link, std::chrono::steady_clock::time_point deadline) {
  VxlanPeers peers{link};
  const auto asked = dump_rtnetlink({.type = RTM_GETNEIGH, .family = AF_BRIDGE, .link = link},
                                    deadline, [&](const RouteAnswer& entry) { peers.add(entry); });
  if (!asked) return tl::unexpected{asked.error()};
  return std::move(peers).addresses();
}

}  // namespace iptmode::kernel
