// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/register_loads.h"

#include <linux/netfilter/nf_tables.h>

#include <array>
#include <cstdint>
#include <string>
#include <utility>

#include "kernel/nft_expressions.h"
#include "kernel/nft_loads.h"

namespace iptmode::kernel {
namespace {

/// Expressions that only fill a register, with something that is not followed.
bool load_something(std::string_view name, std::string_view data, Registers& registers) {
  struct Source {
    std::string_view name = {};
    std::uint16_t destination = 0;
  };
  constexpr std::array kSources{
      Source{"numgen", NFTA_NG_DREG},     Source{"hash", NFTA_HASH_DREG},
      Source{"rt", NFTA_RT_DREG},         Source{"socket", NFTA_SOCKET_DREG},
      Source{"exthdr", NFTA_EXTHDR_DREG}, Source{"osf", NFTA_OSF_DREG},
      Source{"xfrm", NFTA_XFRM_DREG},     Source{"tunnel", NFTA_TUNNEL_DREG}};
  for (const Source& source : kSources) {
    if (source.name != name) continue;
    registers.load(number_of(data, source.destination), {.name = std::string{name}});
    return true;
  }
  return false;
}

void bitwise(std::string_view data, Registers& registers) {
  Operand operand = registers.content(number_of(data, NFTA_BITWISE_SREG));
  const std::string_view mask = data_value(attribute_of(data, NFTA_BITWISE_MASK));
  const std::string_view flip = data_value(attribute_of(data, NFTA_BITWISE_XOR));
  const bool usual = number_of(data, NFTA_BITWISE_OP) == NFT_BITWISE_MASK_XOR &&
                     operand.mask.empty() && mask.size() == operand.length &&
                     flip.size() == mask.size();
  if (!usual || operand.kind != Operand::Kind::field) {
    operand = {.name = operand.kind == Operand::Kind::unknown ? operand.name : "bitwise"};
  } else {
    operand.mask = mask;
    if (flip.find_first_not_of('\0') != std::string_view::npos) operand.flipped = flip;
  }
  registers.load(number_of(data, NFTA_BITWISE_DREG), std::move(operand));
}

void byteorder(std::string_view data, Registers& registers) {
  Operand operand = registers.content(number_of(data, NFTA_BYTEORDER_SREG));
  if (operand.kind == Operand::Kind::field && operand.mask.empty() && operand.length == 4) {
    operand.host_order = !operand.host_order;
  } else {
    operand = {.name = "byteorder"};
  }
  registers.load(number_of(data, NFTA_BYTEORDER_DREG), std::move(operand));
}

}  // namespace

bool load_register(std::string_view name, std::string_view data, const RuleDrafts& drafts,
                   Registers& registers) {
  if (name == "payload" && attribute_of(data, NFTA_PAYLOAD_SREG).empty()) {
    registers.load(number_of(data, NFTA_PAYLOAD_DREG),
                   payload_load(data, drafts.family(), drafts.protocol()));
  } else if (name == "meta" && attribute_of(data, NFTA_META_SREG).empty()) {
    registers.load(number_of(data, NFTA_META_DREG), meta_load(data));
  } else if (name == "ct" && attribute_of(data, NFTA_CT_SREG).empty()) {
    registers.load(number_of(data, NFTA_CT_DREG), conntrack_load(data));
  } else if (name == "fib") {
    registers.load(number_of(data, NFTA_FIB_DREG), fib_load(data));
  } else if (name == "immediate" && number_of(data, NFTA_IMMEDIATE_DREG) != NFT_REG_VERDICT) {
    const std::string_view value = data_value(attribute_of(data, NFTA_IMMEDIATE_DATA));
    registers.load(
        number_of(data, NFTA_IMMEDIATE_DREG),
        {.kind = Operand::Kind::constant, .value = std::string{value}, .length = value.size()});
  } else if (name == "bitwise") {
    bitwise(data, registers);
  } else if (name == "byteorder") {
    byteorder(data, registers);
  } else {
    return load_something(name, data, registers);
  }
  return true;
}

}  // namespace iptmode::kernel
