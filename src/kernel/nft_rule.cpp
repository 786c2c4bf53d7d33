// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/nft_rule.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>

#include <algorithm>
#include <array>
#include <utility>

#include "kernel/nft_expressions.h"

namespace iptmode::kernel {
namespace {

/// What a register was loaded with, as far as it tells a writer's release.
enum class Loaded : std::uint8_t { something_else, address, mark, port };

/// Where the addresses are in a network header (RFC 791, RFC 8200).
struct AddressLayout {
  std::uint32_t source = 0;
  std::uint32_t destination = 0;
  std::uint32_t length = 0;
};
constexpr AddressLayout kIpv4{.source = 12, .destination = 16, .length = 4};
constexpr AddressLayout kIpv6{.source = 8, .destination = 24, .length = 16};

/// 0xff bytes, at least one, then only zero bytes.
bool is_byte_aligned_mask(std::string_view mask) {
  const auto rest = std::ranges::find_if(mask, [](char byte) { return byte != '\xff'; });
  return rest != mask.begin() && std::all_of(rest, mask.end(), [](char b) { return b == '\0'; });
}

/// The source port is at 0, the destination port at 2; a rule about both loads them at once.
constexpr bool is_at_ports(std::uint32_t offset, std::uint32_t length) {
  return (length == 2 && (offset == 0 || offset == 2)) || (length == 4 && offset == 0);
}

/// Goes through the expressions of one rule and follows the registers.
class Decoder {
 public:
  Decoder(RuleFacts& facts, std::uint8_t family)
      : facts_{facts}, family_{family}, traced_{family == NFPROTO_IPV4 || family == NFPROTO_IPV6} {}

  void expression(std::string_view name, std::string_view data) {
    if (name == "immediate") return verdict(data);
    if (name == "match") return match(data);
    if (name == "target") return target(data);
    if (name == "nat" || name == "masq" || name == "redir") facts_.translates = true;
    if (traced_) encoding(name, data);
  }

 private:
  void encoding(std::string_view name, std::string_view data) {
    if (name == "payload") return payload(data);
    if (name == "meta") return meta(data);
    if (name == "bitwise") return bitwise(data);
    if (name == "cmp") return compare(register_of(data, NFTA_CMP_SREG));
    if (name == "log") ++facts_.encodings.native_log;
    if (name != "range") return;
    ++facts_.encodings.native_range;
    compare(register_of(data, NFTA_RANGE_SREG));
  }

  void verdict(std::string_view data) {
    for (const auto& [type, payload] : Attributes{data})
      if (type == NFTA_IMMEDIATE_DATA)
        for (const auto& [inner_type, inner] : Attributes{payload})
          if (inner_type == NFTA_DATA_VERDICT)
            for (const auto& [part, value] : Attributes{inner})
              if (part == NFTA_VERDICT_CHAIN) facts_.chain_field = value;
  }

  void match(std::string_view data) {
    std::string_view name;
    std::string_view info;
    for (const auto& [type, payload] : Attributes{data}) {
      if (type == NFTA_MATCH_NAME) name = text_of(payload);
      if (type == NFTA_MATCH_INFO) info = payload;
    }
    if (name == "comment") facts_.comment_field = info;
    if (traced_ && (name == "mark" || name == "tcp" || name == "udp"))
      ++facts_.encodings.xt_mark_or_port;
  }

  void target(std::string_view data) {
    for (const auto& [type, payload] : Attributes{data}) {
      if (type != NFTA_TARGET_NAME) continue;
      const std::string_view name = text_of(payload);
      if (name == "DNAT" || name == "SNAT" || name == "MASQUERADE" || name == "REDIRECT")
        facts_.translates = true;
    }
  }

  void payload(std::string_view data) {
    std::uint32_t destination = 0;
    std::uint32_t base = 0;
    std::uint32_t offset = 0;
    std::uint32_t length = 0;
    for (const auto& [type, value] : Attributes{data}) {
      if (type == NFTA_PAYLOAD_DREG) destination = be32(value);
      if (type == NFTA_PAYLOAD_BASE) base = be32(value);
      if (type == NFTA_PAYLOAD_OFFSET) offset = be32(value);
      if (type == NFTA_PAYLOAD_LEN) length = be32(value);
    }
    const AddressLayout& layout = family_ == NFPROTO_IPV4 ? kIpv4 : kIpv6;
    const bool at_address = base == NFT_PAYLOAD_NETWORK_HEADER &&
                            (offset == layout.source || offset == layout.destination);
    if (at_address && family_ == NFPROTO_IPV4 && length < layout.length)
      ++facts_.encodings.short_prefix;
    if (at_address && length == layout.length) {
      load(destination, Loaded::address);
    } else if (base == NFT_PAYLOAD_TRANSPORT_HEADER && is_at_ports(offset, length)) {
      load(destination, Loaded::port);
    } else {
      load(destination, Loaded::something_else);
    }
  }

  void meta(std::string_view data) {
    std::uint32_t destination = 0;  // stays 0 when the rule sets a meta value instead
    std::uint32_t key = 0;
    for (const auto& [type, value] : Attributes{data}) {
      if (type == NFTA_META_DREG) destination = be32(value);
      if (type == NFTA_META_KEY) key = be32(value);
    }
    load(destination, key == NFT_META_MARK ? Loaded::mark : Loaded::something_else);
  }

  void bitwise(std::string_view data) {
    std::string_view mask;
    for (const auto& [type, value] : Attributes{data})
      if (type == NFTA_BITWISE_MASK) mask = data_value(value);
    const Loaded what = content(register_of(data, NFTA_BITWISE_SREG));
    if (what == Loaded::address && is_byte_aligned_mask(mask)) ++facts_.encodings.masked_prefix;
    load(register_of(data, NFTA_BITWISE_DREG), what);
  }

  void compare(std::uint32_t source) {
    const Loaded what = content(source);
    if (what == Loaded::mark) ++facts_.encodings.native_mark;
    if (what == Loaded::port) ++facts_.encodings.native_port;
  }

  static std::uint32_t register_of(std::string_view data, std::uint16_t attribute) {
    for (const auto& [type, value] : Attributes{data})
      if (type == attribute) return be32(value);
    return 0;
  }

  void load(std::uint32_t index, Loaded what) {
    if (index < registers_.size()) registers_.at(index) = what;
  }
  [[nodiscard]] Loaded content(std::uint32_t index) const {
    return index < registers_.size() ? registers_.at(index) : Loaded::something_else;
  }

  RuleFacts& facts_;
  std::uint8_t family_;
  bool traced_;
  std::array<Loaded, NFT_REG32_15 + 1> registers_ = {};  ///< by their number in messages
};

}  // namespace

std::string_view user_comment(std::string_view records) {
  constexpr char kComment = 0;
  while (records.size() >= 2) {
    const auto length = std::size_t{static_cast<unsigned char>(records[1])};
    if (records.size() < 2 + length) return {};
    if (records[0] == kComment) return text_of(records.substr(2, length));
    records.remove_prefix(2 + length);
  }
  return {};
}

RuleFacts find_expressions(std::string_view attributes) {
  RuleFacts facts;
  for (const auto& [type, payload] : Attributes{attributes}) {
    if (type == NFTA_RULE_EXPRESSIONS) facts.expressions = payload;
    if (type == NFTA_RULE_USERDATA) facts.user_data = payload;
  }
  return facts;
}

RuleFacts decode_rule(std::string_view attributes, std::uint8_t family) {
  RuleFacts facts = find_expressions(attributes);
  Decoder decoder{facts, family};
  for_each_expression(facts.expressions, [&](std::string_view name, std::string_view data) {
    decoder.expression(name, data);
  });
  return facts;
}

}  // namespace iptmode::kernel
