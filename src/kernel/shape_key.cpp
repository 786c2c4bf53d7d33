// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/shape_key.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>

#include <algorithm>
#include <array>

#include "kernel/byte_hash.h"
#include "kernel/nft_expressions.h"

namespace iptmode::kernel {
namespace {

/// What a register holds, as far as it decides what of a comparison a reader's path depends on.
enum class Held : std::uint8_t { something_else, protocol, interface };

/// How a mask is printed: as a prefix that ends at a byte, as another prefix, or as bits.
enum class MaskForm : std::uint8_t { bytes, prefix, bits };

MaskForm form_of(std::string_view mask) noexcept {
  const auto* rest = std::find_if(mask.begin(), mask.end(), [](char c) { return c != '\xff'; });
  const auto is_zero = [](char c) { return c == '\0'; };
  if (std::all_of(rest, mask.end(), is_zero)) return MaskForm::bytes;
  const auto inverted = static_cast<unsigned char>(~static_cast<unsigned char>(*rest));
  const bool contiguous = (inverted & (inverted + 1U)) == 0;
  return contiguous && std::all_of(rest + 1, mask.end(), is_zero) ? MaskForm::prefix
                                                                  : MaskForm::bits;
}

bool is_zero(std::string_view bytes) noexcept {
  return std::all_of(bytes.begin(), bytes.end(), [](char c) { return c == '\0'; });
}

class ShapeHasher {
 public:
  explicit ShapeHasher(std::vector<Varying>& varying) : varying_{varying} {}

  void expression(std::string_view name, std::string_view data) {
    if (name == "counter") return leave_out(data, true);  // everywhere, and without meaning
    add(name);
    if (name == "cmp") return compare(data, NFTA_CMP_SREG, NFTA_CMP_OP, NFTA_CMP_DATA);
    if (name == "range") return range(data);
    if (name == "match" || name == "target") return extension(data);
    if (name == "immediate") return immediate(data);
    if (name == "bitwise") return bitwise(data);
    if (name == "limit") return limit(data);
    if (name == "payload") return payload(data);
    if (name == "meta") return meta(data);
    other(data);
  }
  [[nodiscard]] std::uint64_t result() const noexcept { return state_; }

 private:
  void add(std::uint64_t word) noexcept { state_ = mixed(state_, word); }
  void add(std::string_view text) noexcept { state_ = hash_bytes(text, state_); }
  void leave_out(std::string_view bytes, bool counts = false) {
    if (!bytes.empty()) varying_.push_back({.bytes = bytes, .counts = counts});
  }

  /// Which attributes there are, their lengths, and the numbers: keys, offsets, registers, flags.
  void other(std::string_view data) {
    for (const auto& [type, payload] : Attributes{data}) {
      add((std::uint64_t{type} << 32U) | payload.size());
      if (payload.size() == sizeof(std::uint32_t)) {
        add(be32(payload));
      } else {
        leave_out(payload);
      }
    }
  }
  void numbers(std::string_view data) noexcept {
    for (const auto& [type, payload] : Attributes{data})
      add((std::uint64_t{type} << 32U) | be32(payload));
  }

  void compare(std::string_view data, std::uint16_t source, std::uint16_t operation,
               std::uint16_t operand) {
    const std::uint32_t index = number_of(data, source);
    const std::string_view value = data_value(attribute_of(data, operand));
    add((std::uint64_t{index} << 32U) | number_of(data, operation));
    switch (content(index)) {
      case Held::protocol: return add(value);
      // With its NUL it is a whole name, without the beginning of one.
      case Held::interface:
        add(value.ends_with('\0') ? 1U : 2U);
        return leave_out(value.substr(0, value.empty() ? 0 : value.size() - 1));
      case Held::something_else: add(value.size()); return leave_out(value);
    }
  }

  void range(std::string_view data) {
    compare(data, NFTA_RANGE_SREG, NFTA_RANGE_OP, NFTA_RANGE_FROM_DATA);
    leave_out(data_value(attribute_of(data, NFTA_RANGE_TO_DATA)));
  }

  // NFTA_TARGET_* has the numbers of NFTA_MATCH_*.
  void extension(std::string_view data) {
    for (const auto& [type, payload] : Attributes{data}) {
      if (type == NFTA_MATCH_NAME) add(text_of(payload));
      if (type == NFTA_MATCH_REV) add(be32(payload));
      if (type != NFTA_MATCH_INFO) continue;
      add(payload.size());
      leave_out(payload);
    }
  }

  void immediate(std::string_view data) {
    const std::string_view content = attribute_of(data, NFTA_IMMEDIATE_DATA);
    const std::string_view value = data_value(content);
    const std::string_view verdict = attribute_of(content, NFTA_DATA_VERDICT);
    add(number_of(data, NFTA_IMMEDIATE_DREG));
    add(value.size());
    add(number_of(verdict, NFTA_VERDICT_CODE));
    leave_out(value);
    leave_out(attribute_of(verdict, NFTA_VERDICT_CHAIN));
  }

  void bitwise(std::string_view data) noexcept {
    const std::string_view mask = data_value(attribute_of(data, NFTA_BITWISE_MASK));
    const std::string_view change = data_value(attribute_of(data, NFTA_BITWISE_XOR));
    const std::uint32_t source = number_of(data, NFTA_BITWISE_SREG);
    const std::uint32_t destination = number_of(data, NFTA_BITWISE_DREG);
    add((std::uint64_t{source} << 32U) | destination);
    add((std::uint64_t{number_of(data, NFTA_BITWISE_OP)} << 32U) | mask.size());
    add((std::uint64_t{is_zero(change)} << 8U) | static_cast<std::uint64_t>(form_of(mask)));
    load(destination, content(source));
  }

  void limit(std::string_view data) {
    add(number_of(data, NFTA_LIMIT_TYPE));
    add(number_of(data, NFTA_LIMIT_FLAGS));
    add(attribute_of(data, NFTA_LIMIT_UNIT));
    leave_out(attribute_of(data, NFTA_LIMIT_RATE));
    leave_out(attribute_of(data, NFTA_LIMIT_BURST));
  }

  void payload(std::string_view data) noexcept {
    constexpr std::uint32_t kIpv4Protocol = 9;    // RFC 791
    constexpr std::uint32_t kIpv6NextHeader = 6;  // RFC 8200
    numbers(data);
    const std::uint32_t offset = number_of(data, NFTA_PAYLOAD_OFFSET);
    const bool is_protocol = number_of(data, NFTA_PAYLOAD_BASE) == NFT_PAYLOAD_NETWORK_HEADER &&
                             number_of(data, NFTA_PAYLOAD_LEN) == 1 &&
                             (offset == kIpv4Protocol || offset == kIpv6NextHeader);
    load(number_of(data, NFTA_PAYLOAD_DREG), is_protocol ? Held::protocol : Held::something_else);
  }

  void meta(std::string_view data) noexcept {
    numbers(data);
    const std::uint32_t key = number_of(data, NFTA_META_KEY);
    Held held = Held::something_else;
    if (key == NFT_META_L4PROTO) held = Held::protocol;
    if (key == NFT_META_IIFNAME || key == NFT_META_OIFNAME) held = Held::interface;
    load(number_of(data, NFTA_META_DREG), held);
  }

  void load(std::uint32_t index, Held held) noexcept {
    if (index < registers_.size()) registers_[index] = held;
  }
  [[nodiscard]] Held content(std::uint32_t index) const noexcept {
    return index < registers_.size() ? registers_[index] : Held::something_else;
  }

  std::vector<Varying>& varying_;
  std::uint64_t state_ = 0;
  std::array<Held, NFT_REG32_15 + 1> registers_ = {};  ///< by their number in messages
};

constexpr std::array<std::string_view, 11> kWritten{"bitwise", "cmp",   "counter", "immediate",
                                                    "limit",   "log",   "match",   "meta",
                                                    "payload", "range", "target"};

bool writes_meta(std::string_view data) noexcept {
  if (!attribute_of(data, NFTA_META_SREG).empty()) return false;
  switch (number_of(data, NFTA_META_KEY)) {
    case NFT_META_IIF:
    case NFT_META_OIF:
    case NFT_META_IIFNAME:
    case NFT_META_OIFNAME:
    case NFT_META_L4PROTO:
    case NFT_META_MARK: return true;
    default: return false;
  }
}

/// iptables-nft knows `-m limit` (packets, not inverted) and `-j NFLOG` (a group).
bool is_written(std::string_view name, std::string_view data) noexcept {
  if (name == "meta") return writes_meta(data);
  if (name == "log") return !attribute_of(data, NFTA_LOG_GROUP).empty();
  if (name == "limit")
    return number_of(data, NFTA_LIMIT_TYPE) == NFT_LIMIT_PKTS &&
           (number_of(data, NFTA_LIMIT_FLAGS) & NFT_LIMIT_F_INV) == 0;
  return std::ranges::find(kWritten, name) != kWritten.end();
}

}  // namespace

std::uint64_t expressions_key(std::string_view expressions, std::vector<Varying>& varying) {
  ShapeHasher hasher{varying};
  for_each_expression(expressions, [&](std::string_view name, std::string_view data) {
    hasher.expression(name, data);
  });
  std::ranges::sort(varying, {}, [](const Varying& part) { return part.bytes.data(); });
  return hasher.result();
}

std::uint64_t shape_key(std::uint64_t expressions, bool user_data, std::uint64_t seed) noexcept {
  return mixed(mixed(seed, user_data ? 1 : 0), expressions);
}

std::uint64_t shape_seed(std::string_view pattern, bool base_chain) noexcept {
  return hash_bytes(pattern, base_chain ? 1 : 0);
}

bool is_native(std::string_view expressions) {
  bool native = false;
  for_each_expression(expressions, [&](std::string_view name, std::string_view data) {
    native = native || !is_written(name, data);
  });
  return native;
}

std::vector<std::string_view> sets_looked_up(std::string_view expressions) {
  std::vector<std::string_view> names;
  for_each_expression(expressions, [&](std::string_view name, std::string_view data) {
    std::string_view set;
    if (name == "lookup") set = text_of(attribute_of(data, NFTA_LOOKUP_SET));
    if (name == "dynset") set = text_of(attribute_of(data, NFTA_DYNSET_SET_NAME));
    if (!set.empty()) names.push_back(set);
  });
  return names;
}

}  // namespace iptmode::kernel
