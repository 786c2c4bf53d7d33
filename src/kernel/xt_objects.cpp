// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/xt_objects.h"

#include <linux/netfilter/ipset/ip_set.h>
#include <linux/netfilter/nf_tables_compat.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_acct.h>
#include <linux/netlink.h>

#include <cerrno>
#include <cstring>

#include "kernel/attribute_writer.h"
#include "kernel/nfnetlink_request.h"
#include "kernel/nft_expressions.h"

namespace iptmode::kernel {
namespace {

constexpr std::uint16_t kNoSet = 0xffff;  // IPSET_INVALID_ID

/// Calls `visit(position)` for each number of a set in the data of a match or target, of revision 1
/// and later (xt_set_info of linux/netfilter/xt_set.h: a match has one, a target two or three).
template <class Visit>
void for_each_ip_set(std::string_view expressions, Visit visit) {
  constexpr std::size_t kStep = 4;  // sizeof(xt_set_info)
  for_each_expression(expressions, [&](std::string_view name, std::string_view data) {
    if (name != "match" && name != "target") return;
    // NFTA_TARGET_* has the numbers of NFTA_MATCH_*.
    const auto extension = text_of(attribute_of(data, NFTA_MATCH_NAME));
    const std::uint32_t revision = number_of(data, NFTA_MATCH_REV);
    const std::string_view info = attribute_of(data, NFTA_MATCH_INFO);
    if (revision == 0 || (extension != "set" && extension != "SET")) return;
    std::size_t count = 1;
    if (extension == "SET") count = revision >= 3 ? 3 : 2;
    const auto start = static_cast<std::size_t>(info.data() - expressions.data());
    for (std::size_t i = 0; i < count && (i + 1) * kStep <= info.size(); ++i)
      visit(start + i * kStep);
  });
}

std::uint16_t number_at(std::string_view bytes, std::size_t position) {
  std::uint16_t number = 0;
  std::memcpy(&number, bytes.data() + position, sizeof number);
  return number;
}

std::string be16(std::uint16_t value) {
  return {static_cast<char>(value >> 8U), static_cast<char>(value & 0xffU)};
}

/// What begins every message to ipset.
AttributeWriter to_ip_set() {
  AttributeWriter attributes;
  attributes.bytes(IPSET_ATTR_PROTOCOL, std::string(1, static_cast<char>(IPSET_PROTOCOL)));
  return attributes;
}

Result<std::string> ask_ip_set(std::uint8_t command, const AttributeWriter& attributes,
                               std::uint16_t flags = 0, std::uint8_t family = 0) {
  return ask({.subsystem = NFNL_SUBSYS_IPSET,
              .message = command,
              .flags = flags,
              .family = family,
              .attributes = attributes.result()});
}

std::uint32_t byte_of(std::string_view payload) {
  return payload.empty() ? 0U : static_cast<unsigned char>(payload.front());
}

/// A bitmap is made for a range: the smallest that its type allows.
AttributeWriter extent_of(const IpSet& set) {
  AttributeWriter extent;
  if (set.type == "bitmap:port") {
    extent.bytes(IPSET_ATTR_PORT | NLA_F_NET_BYTEORDER, be16(0));
    extent.bytes(IPSET_ATTR_PORT_TO | NLA_F_NET_BYTEORDER, be16(0));
  }
  return extent;
}

}  // namespace

std::vector<std::uint16_t> ip_sets_named(std::string_view expressions) {
  std::vector<std::uint16_t> numbers;
  for_each_ip_set(expressions, [&](std::size_t position) {
    const std::uint16_t number = number_at(expressions, position);
    if (number != kNoSet) numbers.push_back(number);
  });
  return numbers;
}

std::string with_ip_sets(std::string expressions,
                         const std::map<std::uint32_t, std::uint16_t>& numbers) {
  const std::string original = expressions;
  for_each_ip_set(original, [&](std::size_t position) {
    const auto number = numbers.find(number_at(original, position));
    if (number == numbers.end()) return;
    std::memcpy(expressions.data() + position, &number->second, sizeof number->second);
  });
  return expressions;
}

Result<IpSet> read_ip_set(std::uint16_t index) {
  AttributeWriter by_index = to_ip_set();
  by_index.bytes(IPSET_ATTR_INDEX | NLA_F_NET_BYTEORDER, be16(index));
  const auto named = ask_ip_set(IPSET_CMD_GET_BYINDEX, by_index);
  if (!named) return tl::unexpected{named.error()};
  IpSet set{.index = index, .name = std::string{text_of(attribute_of(*named, IPSET_ATTR_SETNAME))}};
  AttributeWriter by_name = to_ip_set();
  by_name.text(IPSET_ATTR_SETNAME, set.name);
  const auto header = ask_ip_set(IPSET_CMD_HEADER, by_name);
  if (!header) return tl::unexpected{header.error()};
  set.type = text_of(attribute_of(*header, IPSET_ATTR_TYPENAME));
  set.revision = byte_of(attribute_of(*header, IPSET_ATTR_REVISION));
  set.family = byte_of(attribute_of(*header, IPSET_ATTR_FAMILY));
  return set;
}

Result<std::uint16_t> create_ip_set(const IpSet& set) {
  AttributeWriter create = to_ip_set();
  create.text(IPSET_ATTR_SETNAME, set.name)
      .text(IPSET_ATTR_TYPENAME, set.type)
      .bytes(IPSET_ATTR_REVISION, std::string(1, static_cast<char>(set.revision)))
      .bytes(IPSET_ATTR_FAMILY, std::string(1, static_cast<char>(set.family)))
      .nested(IPSET_ATTR_DATA, extent_of(set).result());
  const auto created = ask_ip_set(IPSET_CMD_CREATE, create, NLM_F_CREATE | NLM_F_EXCL);
  if (!created) return tl::unexpected{created.error()};
  AttributeWriter by_name = to_ip_set();
  by_name.text(IPSET_ATTR_SETNAME, set.name);
  const auto found = ask_ip_set(IPSET_CMD_GET_BYNAME, by_name);
  if (!found) return tl::unexpected{found.error()};
  const std::string_view number = attribute_of(*found, IPSET_ATTR_INDEX);
  if (number.size() < 2) return sys_error(EBADMSG, "ipset", set.name);
  return static_cast<std::uint16_t>((byte_of(number) << 8U) | byte_of(number.substr(1)));
}

Result<> create_counter(const std::string& name) {
  const auto created = ask({.subsystem = NFNL_SUBSYS_ACCT,
                            .message = NFNL_MSG_ACCT_NEW,
                            .flags = NLM_F_CREATE,
                            .attributes = AttributeWriter{}.text(NFACCT_NAME, name).result()});
  if (!created) return tl::unexpected{created.error()};
  return {};
}

}  // namespace iptmode::kernel
