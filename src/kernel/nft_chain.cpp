// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/nft_chain.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#include <array>
#include <span>

#include "kernel/netlink_attributes.h"

namespace iptmode::kernel {
namespace {

// By hook number: enum nf_inet_hooks and nf_dev_hooks of linux/netfilter.h, NF_BR_* of
// linux/netfilter_bridge.h, NF_ARP_* of linux/netfilter_arp.h.
using Hooks = std::span<const std::string_view>;
constexpr std::array<std::string_view, 6> kInetHooks{"prerouting", "input",       "forward",
                                                     "output",     "postrouting", "ingress"};
constexpr std::array<std::string_view, 3> kArpHooks{"input", "output", "forward"};
constexpr std::array<std::string_view, 2> kDeviceHooks{"ingress", "egress"};

Hooks hooks_of(std::uint8_t family) {
  if (family == NFPROTO_ARP) return kArpHooks;
  if (family == NFPROTO_NETDEV) return kDeviceHooks;
  return kInetHooks;
}

/// Names alone: since Linux 6.16 a hook can be of all devices that begin with a word.
void read_devices(std::string_view payload, std::vector<std::string>& devices) {
  bool all_told = true;
  for (const auto& [type, name] : Attributes{payload})
    if (type == NFTA_DEVICE_NAME)
      devices.emplace_back(text_of(name));
    else
      all_told = false;
  if (!all_told) devices.clear();
}

void read_hook(std::string_view payload, std::uint8_t family, BaseChain& chain) {
  std::uint32_t number = 0;
  for (const auto& [type, value] : Attributes{payload}) {
    if (type == NFTA_HOOK_HOOKNUM) number = be32(value);
    if (type == NFTA_HOOK_PRIORITY) chain.priority = static_cast<std::int32_t>(be32(value));
    if (type == NFTA_HOOK_DEVS) read_devices(value, chain.devices);
  }
  const Hooks hooks = hooks_of(family);
  chain.hook = number < hooks.size() ? std::string{hooks[number]} : std::to_string(number);
}

}  // namespace

ChainFacts decode_chain(std::string_view attributes, std::uint8_t family) {
  ChainFacts facts;
  for (const auto& [type, payload] : Attributes{attributes}) {
    switch (type) {
      case NFTA_CHAIN_TABLE: facts.table = text_of(payload); break;
      case NFTA_CHAIN_NAME: facts.name = text_of(payload); break;
      case NFTA_CHAIN_USE: facts.use = be32(payload); break;
      case NFTA_CHAIN_TYPE: facts.base.type = text_of(payload); break;
      case NFTA_CHAIN_POLICY:
        facts.base.policy = be32(payload) == NF_DROP ? "drop" : "accept";
        break;
      case NFTA_CHAIN_FLAGS: facts.bound_to_rule = (be32(payload) & NFT_CHAIN_BINDING) != 0; break;
      case NFTA_CHAIN_HOOK:
        facts.is_base = true;
        read_hook(payload, family, facts.base);
        break;
      default: break;
    }
  }
  if (facts.is_base) facts.base.name = facts.name;
  return facts;
}

std::string nft_family_name(std::uint8_t family) {
  switch (family) {
    case NFPROTO_IPV4: return "ip";
    case NFPROTO_IPV6: return "ip6";
    case NFPROTO_INET: return "inet";
    case NFPROTO_ARP: return "arp";
    case NFPROTO_BRIDGE: return "bridge";
    case NFPROTO_NETDEV: return "netdev";
    default: return std::to_string(family);
  }
}

}  // namespace iptmode::kernel
