// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/ip_set_members.h"

#include <linux/netfilter/ipset/ip_set.h>
#include <linux/netfilter/nfnetlink.h>

#include <cerrno>
#include <string>
#include <utility>

#include "iptmode/address.h"
#include "iptmode/intervals.h"
#include "kernel/attribute_writer.h"
#include "kernel/netlink_attributes.h"
#include "kernel/nfnetlink_request.h"
#include "kernel/nft_expressions.h"

namespace iptmode::kernel {
namespace {

constexpr std::uint16_t kBitmask = 29;  // IPSET_ATTR_BITMASK, of Linux 6.3 and later

std::string_view address_in(std::string_view nested) {
  const std::string_view ipv4 = attribute_of(nested, IPSET_ATTR_IPADDR_IPV4);
  return ipv4.empty() ? attribute_of(nested, IPSET_ATTR_IPADDR_IPV6) : ipv4;
}

std::uint32_t number_in(std::string_view payload) {
  std::uint32_t number = 0;
  for (const char byte : payload.substr(0, sizeof number))
    number = number << 8U | static_cast<unsigned char>(byte);
  return number;
}

/// Members are compared under a mask: the set holds more than it lists.
bool has_mask(std::string_view header) {
  constexpr std::uint32_t kWhole4 = 32;
  constexpr std::uint32_t kWhole6 = 128;
  const std::string_view netmask = attribute_of(header, IPSET_ATTR_NETMASK);
  const std::uint32_t bits = number_in(netmask);
  return !attribute_of(header, kBitmask).empty() ||
         (!netmask.empty() && bits != kWhole4 && bits != kWhole6);
}

/// One member: an address, or a network by its prefix.
Result<Interval> member_of(std::string_view member) {
  const std::string_view address = address_in(attribute_of(member, IPSET_ATTR_IP));
  if (address.size() != 4 && address.size() != 16) return sys_error(EBADMSG, "ipset member");
  const std::uint32_t flags = number_in(attribute_of(member, IPSET_ATTR_CADT_FLAGS));
  const bool range = !attribute_of(member, IPSET_ATTR_IP_TO).empty();
  if ((flags & IPSET_FLAG_NOMATCH) != 0 || range) return sys_error(ENOTSUP, "ipset member");
  const std::string_view prefix = attribute_of(member, IPSET_ATTR_CIDR);
  const auto bits = prefix.empty() ? address.size() * 8 : number_in(prefix);
  AddressRange network = network_of(address, static_cast<unsigned>(bits));
  return Interval{.low = std::move(network.low), .high = std::move(network.high)};
}

}  // namespace

bool is_of_addresses(const IpSet& set) {
  return set.type == "hash:ip" || set.type == "hash:net" || set.type == "bitmap:ip";
}

Result<> add_members(std::string_view attributes, std::vector<Interval>& members) {
  if (has_mask(attribute_of(attributes, IPSET_ATTR_DATA)))
    return sys_error(ENOTSUP, "ipset with a mask");
  for (const Attribute& element : Attributes{attribute_of(attributes, IPSET_ATTR_ADT)}) {
    if (element.type != IPSET_ATTR_DATA) continue;
    auto member = member_of(element.payload);
    if (!member) return tl::unexpected{member.error()};
    if (members.size() == kMaxSetMembers) return sys_error(EFBIG, "ipset");
    members.push_back(std::move(*member));
  }
  return {};
}

Result<std::vector<Interval>> read_members(const IpSet& set) {
  AttributeWriter by_name;
  by_name.bytes(IPSET_ATTR_PROTOCOL, std::string(1, static_cast<char>(IPSET_PROTOCOL)))
      .text(IPSET_ATTR_SETNAME, set.name);
  std::vector<Interval> members;
  Result<> added;
  const auto read = dump(
      {.subsystem = NFNL_SUBSYS_IPSET, .message = IPSET_CMD_LIST, .attributes = by_name.result()},
      [&](std::string_view attributes) {
        added = add_members(attributes, members);
        return added.has_value();
      });
  if (!added) return tl::unexpected{added.error()};
  if (!read) return tl::unexpected{read.error()};
  return in_normal_form(std::move(members));
}

}  // namespace iptmode::kernel
