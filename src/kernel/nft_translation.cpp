// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/nft_translation.h"

#include <linux/netfilter/nf_tables.h>

#include <optional>
#include <string>
#include <utility>

#include "iptmode/address.h"
#include "kernel/nft_expressions.h"

namespace iptmode::kernel {
namespace {

Action translation(std::string name, std::string arguments) {
  return {.kind = Action::Kind::target, .name = std::move(name), .arguments = std::move(arguments)};
}

/// The constant in the register that an attribute names.
std::optional<std::string> constant(const Registers& registers, std::string_view data,
                                    std::uint16_t attribute) {
  const Operand operand = registers.content(number_of(data, attribute));
  if (operand.kind != Operand::Kind::constant) return std::nullopt;
  return operand.value;
}

/// The attributes that name the registers of the first and the last value.
struct Ends {
  std::uint16_t first = 0;
  std::uint16_t last = 0;
};

/// Both ends of a range, the same for one value; an empty text where nothing is said.
std::optional<Interval> ends_of(const Registers& registers, std::string_view data, Ends ends) {
  if (attribute_of(data, ends.first).empty()) return Interval{};
  auto low = constant(registers, data, ends.first);
  auto high = attribute_of(data, ends.last).empty() ? low : constant(registers, data, ends.last);
  if (!low || !high) return std::nullopt;
  return Interval{.low = std::move(*low), .high = std::move(*high)};
}

/// "8080", "8080-8090".
std::optional<std::string> ports(const Registers& registers, std::string_view data, Ends ends) {
  const auto range = ends_of(registers, data, ends);
  if (!range || range->low.empty()) return range ? std::optional{std::string{}} : std::nullopt;
  if (range->low.size() < 2 || range->high.size() < 2) return std::nullopt;
  const auto number = [](const std::string& bytes) {
    return std::to_string(static_cast<unsigned char>(bytes[0]) * 256U +
                          static_cast<unsigned char>(bytes[1]));
  };
  return range->low == range->high ? number(range->low)
                                   : number(range->low) + '-' + number(range->high);
}

std::optional<std::string> addresses(const Registers& registers, std::string_view data) {
  const auto range = ends_of(registers, data, {NFTA_NAT_REG_ADDR_MIN, NFTA_NAT_REG_ADDR_MAX});
  if (!range || range->low.empty()) return range ? std::optional{std::string{}} : std::nullopt;
  const std::string low = address_text(range->low);
  if (low.empty()) return std::nullopt;
  return range->low == range->high ? low : low + '-' + address_text(range->high);
}

Action redirect(const Registers& registers, std::string_view data) {
  const auto port = ports(registers, data, {NFTA_REDIR_REG_PROTO_MIN, NFTA_REDIR_REG_PROTO_MAX});
  Action action = translation("REDIRECT", port && !port->empty() ? "--to-ports " + *port : "");
  action.decoded = port.has_value();
  return action;
}

}  // namespace

Action translation_action(std::string_view expression, std::string_view data,
                          const Registers& registers) {
  if (expression == "masq") return translation("MASQUERADE", "");
  if (expression == "redir") return redirect(registers, data);
  const bool source = number_of(data, NFTA_NAT_TYPE) == NFT_NAT_SNAT;
  Action action = translation(source ? "SNAT" : "DNAT", "");
  const auto address = addresses(registers, data);
  const auto port = ports(registers, data, {NFTA_NAT_REG_PROTO_MIN, NFTA_NAT_REG_PROTO_MAX});
  action.decoded = address && port;
  if (!action.decoded) return action;
  const bool bracket = !port->empty() && address->find(':') != std::string::npos;
  action.arguments = std::string{source ? "--to-source " : "--to-destination "} +
                     (bracket ? '[' + *address + ']' : *address) +
                     (port->empty() ? "" : ':' + *port);
  return action;
}

}  // namespace iptmode::kernel
