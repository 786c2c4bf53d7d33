// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/nft_table_count.h"

#include <linux/netfilter.h>

#include <utility>

#include "iptmode/owner.h"
#include "kernel/host_port_chains.h"
#include "kernel/rule_decoder.h"
#include "kernel/shape_key.h"

namespace iptmode::kernel {
namespace {

// The kernel goes over a chain from its beginning for each 32 KiB that it sends of it.
constexpr std::uint32_t kLongChain = 64;
constexpr std::size_t kMaxSieved = std::size_t{512} << 10U;  // bytes of one table

/// The family whose encodings tell a writer's release.
std::uint8_t traced_family(std::uint8_t family, std::string_view table) {
  constexpr std::uint8_t kNone = NFPROTO_UNSPEC;
  return is_iptables_nft_table(nft_family_name(family), table) ? family : kNone;
}

}  // namespace

NftTableCount::NftTableCount(std::uint8_t family, std::string_view name,
                             const std::vector<PacketQuestion>* questions)
    : family_{family},
      reader_{traced_family(family, name)},
      sieve_{nft_family_name(family), questions},
      sieved_bytes_left_{kMaxSieved} {
  table_.family = nft_family_name(family);
  table_.name = name;
  table_.compat = is_iptables_nft_table(table_.family, table_.name);
  distilled_ = table_.compat && (family == NFPROTO_IPV4 || family == NFPROTO_IPV6);
  has_host_ports_ = table_.name == kHostPortTable;
  if (table_.compat) return;
  owner_ = attribute_nft_table(table_.family, table_.name);
  table_.table_owner = owner_.owners;
  tally_.add_chains(owner_, 0);
}

std::optional<std::size_t> NftTableCount::list_chain(ChainFacts&& chain) {
  ++table_.chains;
  if (!chain.is_base) return std::nullopt;
  table_.base_chains.push_back(std::move(chain.base));
  return table_.base_chains.size() - 1;
}

void NftTableCount::begin_chain(std::string_view name, std::optional<std::size_t> base,
                                std::uint32_t use) {
  chain_ = {.name = name,
            .base = base,
            .can_repeat = table_.compat && use >= kFewestCopies,
            .is_sieved = use >= kLongChain && !sieve_.holds_all()};
  chain_.owner = table_.compat && !base ? attribute_chain(name) : owner_;
  if (!table_.compat || !base) tally_.add_chains(chain_.owner, 1);
  if (use != 0 && distilled_) chain_.seed = shape_seed(chain_.owner.pattern, false);
}

void NftTableCount::add_rule(std::string_view attributes, std::size_t& bytes_left) {
  const ReadRule rule = reader_.read(attributes, chain_.can_repeat);
  table_.encodings += rule.facts.encodings;
  ++chain_.rules;
  if (is_nobodys()) {
    const Attribution owner = attribute_rule({}, rule.facts.jumps_to(), rule.facts.comment());
    tally_.add_rules(owner, 1, rule.facts.translates ? 1 : 0);
    if (distilled_) chain_.seed = shape_seed(owner.pattern, chain_.base.has_value());
    distil(rule, owner, bytes_left);
  } else {
    if (rule.facts.translates) ++chain_.translations;
    distil(rule, chain_.owner, bytes_left);
  }
  if (has_host_ports_) note_host_port(rule.facts.comment(), table_.host_ports);
  if (chain_.can_repeat) note_repetition(rule);
  if (chain_.is_sieved) sift(rule.facts);
}

/// A chain of which too much is left is read again when it matters.
void NftTableCount::sift(const RuleFacts& rule) {
  if (!sieve_.passes(rule.expressions)) return;
  chain_.sieved.add(static_cast<std::uint32_t>(chain_.rules), rule.expressions, rule.user_data);
  if (chain_.sieved.bytes <= sieved_bytes_left_) return;
  chain_.is_sieved = false;
  chain_.sieved = {};
}

void NftTableCount::distil(const ReadRule& rule, const Attribution& owner,
                           std::size_t& bytes_left) {
  if (!distilled_) return;
  const RuleFacts& facts = rule.facts;
  distiller_.add({.chain = chain_.name,
                  .base_chain = chain_.base.has_value(),
                  .owner = owner,
                  .shape = shape_key(rule.expressions_key, !facts.user_data.empty(), chain_.seed),
                  .expressions = facts.expressions,
                  .user_data = facts.user_data},
                 bytes_left);
}

void NftTableCount::note_repetition(const ReadRule& rule) {
  const RuleFacts& facts = rule.facts;
  repeated_.add(rule.equality_key, [&] {
    return RepeatedRule{
        .owners = attribute_rule({}, facts.jumps_to(), facts.comment()).owners,
        .rule = to_string(decode_rule_conditions(facts.expressions, facts.user_data, family_))};
  });
}

void NftTableCount::end_chain() {
  const std::uint64_t rules = chain_.rules;
  table_.rules += rules;
  if (!is_nobodys()) tally_.add_rules(chain_.owner, rules, chain_.translations);
  repeated_.end_chain(chain_.name);
  if (table_.compat && rules > 0) note_host_port_chain(chain_.name, table_.host_ports);
  if (chain_.base) table_.base_chains.at(*chain_.base).rules = rules;
  if (!chain_.is_sieved) return;
  sieved_bytes_left_ -= chain_.sieved.bytes;
  sieved_[{table_.family, table_.name, std::string{chain_.name}}] = std::move(chain_.sieved);
}

NftTable NftTableCount::take(SievedChains& sieved) {
  sieved.merge(sieved_);
  sort_host_ports(table_.host_ports);
  table_.repeated = repeated_.take();
  table_.shapes = std::move(distiller_.shapes());
  for (RuleShape& shape : table_.shapes)
    shape.rule = decode_rule_conditions(shape.expressions, shape.user_data, family_);
  table_.unshaped_rules = distiller_.unshaped_rules();
  table_.owners = tally_.take();
  return std::move(table_);
}

}  // namespace iptmode::kernel
