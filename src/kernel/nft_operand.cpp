// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/nft_operand.h"

#include <linux/netfilter.h>

#include <algorithm>
#include <bit>
#include <utility>

#include "kernel/netlink_attributes.h"
#include "kernel/set_values.h"

namespace iptmode::kernel {
namespace {

constexpr std::size_t kIndexBytes = 4;

std::size_t full_length(const Piece& piece, std::uint8_t family) {
  if (piece.field != Field::source && piece.field != Field::destination) return piece.length;
  return family == NFPROTO_IPV6 ? 16 : 4;
}

bool is_interface(Field field) {
  return field == Field::in_interface || field == Field::out_interface;
}

/// It has a value of another form than the packet's: an index for a name, an EtherType.
bool is_named(const Operand& operand) {
  return operand.kind == Operand::Kind::interface || operand.kind == Operand::Kind::family ||
         operand.kind == Operand::Kind::return_route;
}

/// A name that ends in NUL is whole; without, it is the beginning of one.
std::optional<Condition> interface_equal(const Operand& operand, std::string_view value) {
  constexpr std::size_t kMaxName = 16;
  if (!operand.mask.empty() || value.size() > kMaxName) return std::nullopt;
  const std::string name{text_of(value)};
  return Condition{.field = operand.pieces.front().field,
                   .prefix = name.size() == value.size() && value.size() < kMaxName,
                   .any_of = {{.low = name, .high = name}}};
}

/// "fib saddr . iif oif missing" is what iptables calls "-m rpfilter --invert".
std::optional<Condition> return_route_equal(const Operand& operand, std::string_view value) {
  const bool missing = value.find_first_not_of('\0') == std::string_view::npos;
  if (!missing && value != std::string_view{"\x01", 1}) return std::nullopt;
  std::string options = operand.value;
  if (missing) options += options.empty() ? "--invert" : " --invert";
  return Condition{.name = "rpfilter", .arguments = std::move(options)};
}

/// "-f": the offset is not 0.
std::optional<Condition> fragment_equal(const Operand& operand, std::string_view value) {
  const bool offset = operand.mask == std::string_view{"\x1f\xff", 2};
  if (!offset || value != std::string_view{"\0\0", 2}) return std::nullopt;
  return Condition{.field = Field::fragment, .negated = true};
}

/// Takes the limit itself away.
void leave_out(const std::string& limit, bool below, Condition& limits) {
  if (limit == std::string(limit.size(), below ? '\0' : '\xff')) {
    limits.any_of.clear();
    return;
  }
  std::string& end = below ? limits.any_of.front().high : limits.any_of.front().low;
  for (std::size_t i = end.size(); i-- > 0;) {
    end[i] = static_cast<char>(static_cast<unsigned char>(end[i]) + (below ? 0xffU : 1U));
    if (end[i] != (below ? '\xff' : '\0')) break;
  }
}

}  // namespace

std::string in_network_order(std::string_view bytes, bool host_order) {
  std::string value{bytes};
  if (host_order && std::endian::native == std::endian::little)
    std::reverse(value.begin(), value.end());
  return value;
}

std::optional<Condition> OperandConditions::equal(const Operand& operand,
                                                  std::string_view value) const {
  return is_named(operand) ? named_equal(operand, value) : field_equal(operand, value);
}

std::optional<Condition> OperandConditions::field_equal(const Operand& operand,
                                                        std::string_view value) const {
  const Piece& piece = operand.pieces.front();
  if (is_interface(piece.field)) return interface_equal(operand, value);
  if (piece.field == Field::fragment) return fragment_equal(operand, value);
  if (value.size() != operand.length) return std::nullopt;
  const std::size_t rest = full_length(piece, family_) - operand.length;
  const std::string bytes = in_network_order(value, operand.host_order);
  Condition condition{.field = piece.field,
                      .mask = in_network_order(operand.mask, operand.host_order),
                      .any_of = {{.low = bytes, .high = bytes}}};
  if (rest == 0) return condition;
  if (!operand.mask.empty()) return std::nullopt;
  condition.any_of.front().low.append(rest, '\0');
  condition.any_of.front().high.append(rest, '\xff');
  return condition;
}

std::optional<Condition> OperandConditions::named_equal(const Operand& operand,
                                                        std::string_view value) const {
  if (operand.kind == Operand::Kind::return_route) return return_route_equal(operand, value);
  if (operand.kind == Operand::Kind::interface) {
    if (value.size() != kIndexBytes || !around_.interface) return std::nullopt;
    const std::string name = around_.interface(be32(in_network_order(value, operand.host_order)));
    if (name.empty()) return std::nullopt;
    return Condition{.field = operand.pieces.front().field, .any_of = {{name, name}}};
  }
  const bool ipv4 = value == std::string_view{"\x08\x00", 2};
  const bool ipv6 = value == std::string_view{"\x86\xdd", 2};
  const std::string family(1, ipv4 ? char{NFPROTO_IPV4} : ipv6 ? char{NFPROTO_IPV6} : '\0');
  return Condition{.field = Field::family, .any_of = {{family, family}}};
}

std::optional<Condition> OperandConditions::within(const Operand& operand,
                                                   const Interval& values) const {
  if (is_named(operand))
    return values.low == values.high ? named_equal(operand, values.low) : std::nullopt;
  if (!operand.is_single_field()) return std::nullopt;
  auto low = field_equal(operand, values.low);
  if (!low || low->any_of.size() != 1 || values.low == values.high) return low;
  const auto high = field_equal(operand, values.high);
  if (!high || high->any_of.size() != 1 || !operand.mask.empty()) return std::nullopt;
  low->any_of.front().high = high->any_of.front().high;
  return low;
}

std::optional<Condition> OperandConditions::one_of(const Operand& operand,
                                                   const SetContent& set) const {
  std::optional<Condition> all;
  for (const SetValues& element : values_of(set)) {
    auto one = within(operand, element.values);
    if (!one || (all && (all->prefix != one->prefix || all->mask != one->mask)))
      return std::nullopt;
    if (!all) {
      all = std::move(one);
    } else {
      all->any_of.push_back(std::move(one->any_of.front()));
    }
  }
  if (!all && operand.is_single_field()) all = Condition{.field = operand.pieces.front().field};
  return all;
}

Condition beyond(const Operand& operand, std::string_view limit, std::uint32_t op) {
  Condition limits{.field = operand.pieces.front().field,
                   .any_of = {{.low = std::string(operand.length, '\0'),
                               .high = std::string(operand.length, '\xff')}}};
  Interval& values = limits.any_of.front();
  const std::string bytes = in_network_order(limit, operand.host_order);
  const bool below = op == NFT_CMP_LT || op == NFT_CMP_LTE;
  (below ? values.high : values.low) = bytes;
  if (op == NFT_CMP_LT || op == NFT_CMP_GT) leave_out(bytes, below, limits);
  return limits;
}

}  // namespace iptmode::kernel
