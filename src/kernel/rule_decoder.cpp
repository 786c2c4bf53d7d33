// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/rule_decoder.h"

#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>

#include <optional>
#include <utility>

#include "kernel/nft_comparisons.h"
#include "kernel/nft_expressions.h"
#include "kernel/nft_operand.h"
#include "kernel/nft_registers.h"
#include "kernel/nft_rule.h"
#include "kernel/nft_translation.h"
#include "kernel/nft_verdict.h"
#include "kernel/register_loads.h"
#include "kernel/rule_drafts.h"
#include "kernel/set_lookups.h"
#include "kernel/xt_decoder.h"
#include "kernel/xt_structure.h"

namespace iptmode::kernel {
namespace {

constexpr std::size_t kNumberBytes = 4;

/// Goes through the expressions of one rule and follows the registers.
class RuleDecoder {
 public:
  explicit RuleDecoder(const RuleSurroundings& surroundings) : drafts_{surroundings} {}

  void expression(std::string_view name, std::string_view data) {
    if (name == "counter" || name == "last" || name == "dup" || name == "flow_offload") return;
    if (load_register(name, data, drafts_, registers_) || condition(name, data) ||
        action(name, data))
      return;
    drafts_.opaque(std::string{name});
  }

  std::vector<Rule> finish(std::string_view comment) { return drafts_.finish(comment); }

 private:
  bool condition(std::string_view name, std::string_view data) {
    if (name == "cmp") {
      decode_comparison(data, registers_, drafts_);
    } else if (name == "range") {
      decode_range(data, registers_, drafts_);
    } else if (name == "lookup") {
      decode_lookup(data, registers_, drafts_);
    } else if (name == "match") {
      match(data);
    } else if (name == "limit") {
      limit(data);
    } else {
      return false;
    }
    return true;
  }

  bool action(std::string_view name, std::string_view data) {
    if (name == "immediate") {
      drafts_.act(
          verdict_action(attribute_of(attribute_of(data, NFTA_IMMEDIATE_DATA), NFTA_DATA_VERDICT)));
    } else if (name == "target") {
      drafts_.act(decode_xt_target({.name = text_of(attribute_of(data, NFTA_TARGET_NAME)),
                                    .revision = number_of(data, NFTA_TARGET_REV),
                                    .info = attribute_of(data, NFTA_TARGET_INFO)},
                                   drafts_.ip_family()));
    } else if (name == "reject") {
      drafts_.act(reject_action(data, drafts_.family()));
    } else if (name == "queue") {
      drafts_.act(queue_action(data));
    } else if (name == "log") {
      drafts_.act(log_action(data));
    } else if (name == "notrack") {
      drafts_.act({.kind = Action::Kind::target, .name = "CT", .arguments = "--notrack"});
    } else if (name == "nat" || name == "masq" || name == "redir") {
      drafts_.act(translation_action(name, data, registers_));
    } else if (name == "meta" || name == "ct" || name == "payload" || name == "objref") {
      set_something(name, data);
    } else if (name == "tproxy" || name == "synproxy" || name == "fwd") {
      drafts_.act({.kind = Action::Kind::target, .name = std::string{name}, .decoded = false});
    } else {
      return name == "dynset" && attribute_of(data, NFTA_DYNSET_EXPR).empty() &&
             attribute_of(data, NFTA_DYNSET_EXPRESSIONS).empty();
    }
    return true;
  }

  void match(std::string_view data) {
    const Extension extension{.name = text_of(attribute_of(data, NFTA_MATCH_NAME)),
                              .revision = number_of(data, NFTA_MATCH_REV),
                              .info = attribute_of(data, NFTA_MATCH_INFO)};
    for (Rule& rule : drafts_.all()) decode_xt_match(extension, drafts_.ip_family(), rule);
  }

  void limit(std::string_view data) {
    const bool packets = number_of(data, NFTA_LIMIT_TYPE) == NFT_LIMIT_PKTS;
    const std::string_view rate = attribute_of(data, NFTA_LIMIT_RATE);
    const std::string_view unit = attribute_of(data, NFTA_LIMIT_UNIT);
    if (!packets || rate.size() != 8 || unit.size() != 8) return drafts_.opaque("limit");
    const bool inverted = (number_of(data, NFTA_LIMIT_FLAGS) & NFT_LIMIT_F_INV) != 0;
    constexpr std::uint32_t kUsualBurst = 5;  // iptables leaves it out
    const std::uint32_t burst = number_of(data, NFTA_LIMIT_BURST);
    std::string words =
        "--limit " + std::to_string(be32(rate.substr(4))) + '/' + unit_word(be32(unit.substr(4)));
    if (burst != 0 && burst != kUsualBurst) words += " --limit-burst " + std::to_string(burst);
    for (Rule& rule : drafts_.all())
      demand(rule, {.negated = inverted, .name = "limit", .arguments = words});
  }

  static std::string unit_word(std::uint32_t seconds) {
    switch (seconds) {
      case 1: return "sec";
      case 60: return "min";
      case 60 * 60: return "hour";
      case 24 * 60 * 60: return "day";
      default: return std::to_string(seconds) + "s";
    }
  }

  void set_something(std::string_view name, std::string_view data) {
    if (name == "objref") {
      constexpr std::uint32_t kCounter = NFT_OBJECT_COUNTER;
      constexpr std::uint32_t kHelper = NFT_OBJECT_CT_HELPER;
      const std::uint32_t type = number_of(data, NFTA_OBJREF_IMM_TYPE);
      if (type != kCounter && type != kHelper) drafts_.opaque("objref");
      return;
    }
    if (name == "meta" && number_of(data, NFTA_META_KEY) == NFT_META_MARK)
      return set_mark(registers_.content(number_of(data, NFTA_META_SREG)));
    if (name == "meta") return;  // priority, nftrace, pkttype
    if (name == "ct" && number_of(data, NFTA_CT_KEY) != NFT_CT_MARK &&
        number_of(data, NFTA_CT_KEY) != NFT_CT_ZONE)
      return;  // labels, helper, events
    drafts_.have_effect({.kind = Action::Kind::target,
                         .name = name == "ct" ? "CONNMARK" : std::string{name},
                         .decoded = false});
  }

  void set_mark(const Operand& source) {
    std::optional<std::pair<std::uint32_t, std::uint32_t>> change;  // clear, then change
    if (source.kind == Operand::Kind::constant && source.value.size() == kNumberBytes) {
      change = {UINT32_MAX, be32(in_network_order(source.value, true))};
    } else if (source.kind == Operand::Kind::field && source.pieces.size() == 1 &&
               source.pieces.front().field == Field::mark) {
      const std::string all(kNumberBytes, '\xff');
      const std::string none(kNumberBytes, '\0');
      change = {~be32(in_network_order(source.mask.empty() ? all : source.mask, true)),
                be32(in_network_order(source.flipped.empty() ? none : source.flipped, true))};
    }
    if (!change)
      return drafts_.have_effect({.kind = Action::Kind::target, .name = "MARK", .decoded = false});
    drafts_.have_effect(
        {.kind = Action::Kind::set_mark,
         .name = "MARK",
         .arguments = "--set-xmark " + hex_text(change->second) + '/' + hex_text(change->first),
         .clear = change->first,
         .change = change->second});
  }

  RuleDrafts drafts_;
  Registers registers_ = {};
};

}  // namespace

std::vector<Rule> decode_rules(std::string_view expressions, std::string_view user_data,
                               const RuleSurroundings& surroundings) {
  RuleDecoder decoder{surroundings};
  for_each_expression(expressions, [&](std::string_view name, std::string_view data) {
    decoder.expression(name, data);
  });
  return decoder.finish(user_comment(user_data));
}

Rule decode_rule_conditions(std::string_view expressions, std::string_view user_data,
                            std::uint8_t family) {
  std::vector<Rule> rules = decode_rules(expressions, user_data, {.family = family});
  if (rules.empty()) return {};
  Rule rule = std::move(rules.back());
  if (rules.size() > 1) rule.action.decoded = false;
  return rule;
}

Rule decode_rule_conditions(std::string_view attributes, std::uint8_t family) {
  return decode_rule_conditions(attribute_of(attributes, NFTA_RULE_EXPRESSIONS),
                                attribute_of(attributes, NFTA_RULE_USERDATA), family);
}

}  // namespace iptmode::kernel
