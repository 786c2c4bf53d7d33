// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/scratch_tables.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "kernel/attribute_writer.h"
#include "kernel/nft_batch.h"
#include "kernel/nft_expressions.h"
#include "kernel/rule_needs.h"
#include "kernel/xt_objects.h"

namespace iptmode::kernel {
namespace {

/// The number of an ipset here, by the one that the rules know it by.
using IpSetNumbers = std::map<std::uint32_t, std::uint16_t>;

/// A change, and which shape it is the rule of.
struct Planned {
  NftChange change = {};
  std::optional<SetAside> shape = {};
};

// enum nf_inet_hooks of linux/netfilter.h, in its order.
constexpr std::array<std::string_view, 5> kHooks{"prerouting", "input", "forward", "output",
                                                 "postrouting"};

std::uint8_t protocol_family(const NftTable& table) {
  return family_of(table) == IpFamily::ipv6 ? NFPROTO_IPV6 : NFPROTO_IPV4;
}

/// The changes that rebuild one table.
class TablePlan {
 public:
  TablePlan(const ScratchTable& scratch, const IpSetNumbers& ip_sets, std::vector<Planned>& plan,
            std::vector<SetAside>& aside)
      : table_{*scratch.table}, scratch_{scratch}, ip_sets_{ip_sets}, plan_{plan}, aside_{aside} {}

  void add() {
    add(NFT_MSG_NEWTABLE, AttributeWriter{}.text(NFTA_TABLE_NAME, table_.name));
    if (scratch_.base_chains)
      for (const BaseChain& base : table_.base_chains) add_base_chain(base);
    for (const std::uint32_t shape : scratch_.shapes) add_surroundings(shape);
    for (const std::uint32_t shape : scratch_.shapes) add_rule(shape);
  }

 private:
  void add(std::uint16_t type, const AttributeWriter& attributes,
           std::optional<SetAside> shape = {}) {
    plan_.push_back({.change = {.type = type,
                                .family = protocol_family(table_),
                                .attributes = attributes.result()},
                     .shape = std::move(shape)});
  }

  [[nodiscard]] SetAside aside(std::uint32_t shape, std::string reason = {}) const {
    return {.family = family_of(table_),
            .table = table_.name,
            .shape = shape,
            .reason = std::move(reason)};
  }

  void add_base_chain(const BaseChain& base) {
    const auto hook = std::ranges::find(kHooks, base.hook);
    if (hook == kHooks.end() || !chains_.insert(base.name).second) return;
    AttributeWriter place;
    place.number(NFTA_HOOK_HOOKNUM, static_cast<std::uint32_t>(hook - kHooks.begin()))
        .number(NFTA_HOOK_PRIORITY, static_cast<std::uint32_t>(base.priority));
    AttributeWriter chain;
    chain.text(NFTA_CHAIN_TABLE, table_.name)
        .text(NFTA_CHAIN_NAME, base.name)
        .nested(NFTA_CHAIN_HOOK, place.result())
        .number(NFTA_CHAIN_POLICY, base.policy == "drop" ? NF_DROP : NF_ACCEPT)
        .text(NFTA_CHAIN_TYPE, base.type);
    add(NFT_MSG_NEWCHAIN, chain);
  }

  void add_chain(std::string_view name) {
    if (!chains_.insert(std::string{name}).second) return;
    AttributeWriter chain;
    chain.text(NFTA_CHAIN_TABLE, table_.name).text(NFTA_CHAIN_NAME, name);
    add(NFT_MSG_NEWCHAIN, chain);
  }

  void add_surroundings(std::uint32_t index) {
    const RuleShape& shape = table_.shapes.at(index);
    add_chain(shape_chain_name(index));
    for (const std::string_view chain : needs_of(shape).chains) add_chain(chain);
    for (const std::string& set : shape.sets) add_set(set);
  }

  /// As it was but empty and named: an anonymous set belongs to the rule that defines it.
  void add_set(std::string_view definition) {
    const std::string_view name = text_of(attribute_of(definition, NFTA_SET_NAME));
    if (!sets_.insert(std::string{name}).second) return;
    AttributeWriter set;
    set.text(NFTA_SET_TABLE, table_.name)
        .number(NFTA_SET_ID, static_cast<std::uint32_t>(sets_.size()));
    for (const auto& [type, payload] : Attributes{definition}) switch (type) {
        case NFTA_SET_FLAGS:
          set.number(type, be32(payload) & ~std::uint32_t{NFT_SET_ANONYMOUS});
          break;
        case NFTA_SET_DESC:
        case NFTA_SET_EXPR:
        case NFTA_SET_EXPRESSIONS: set.nested(type, payload); break;
        case NFTA_SET_NAME:
        case NFTA_SET_KEY_TYPE:
        case NFTA_SET_KEY_LEN:
        case NFTA_SET_DATA_TYPE:
        case NFTA_SET_DATA_LEN:
        case NFTA_SET_OBJ_TYPE:
        case NFTA_SET_TIMEOUT: set.bytes(type, payload); break;
        default: break;
      }
    add(NFT_MSG_NEWSET, set);
  }

  void add_rule(std::uint32_t index) {
    const RuleShape& shape = table_.shapes.at(index);
    const RuleNeeds needs = needs_of(shape);
    if (!needs.outside.empty()) {
      aside_.push_back(
          aside(index, std::string{needs.outside} + " acts outside of its network namespace"));
      return;
    }
    AttributeWriter rule;
    rule.text(NFTA_RULE_TABLE, table_.name)
        .text(NFTA_RULE_CHAIN, shape_chain_name(index))
        .nested(NFTA_RULE_EXPRESSIONS, shape.ip_sets.empty()
                                           ? shape.expressions
                                           : with_ip_sets(shape.expressions, ip_sets_));
    if (!shape.user_data.empty()) rule.bytes(NFTA_RULE_USERDATA, shape.user_data);
    if (needs.protocol != 0) {
      AttributeWriter compat;
      compat.number(NFTA_RULE_COMPAT_PROTO, needs.protocol)
          .number(NFTA_RULE_COMPAT_FLAGS, needs.inverted ? NFT_RULE_COMPAT_F_INV : 0);
      rule.nested(NFTA_RULE_COMPAT, compat.result());
    }
    add(NFT_MSG_NEWRULE, rule, aside(index));
  }

  const NftTable& table_;         // NOLINT(*-ref-data-members): lives for one call
  const ScratchTable& scratch_;   // NOLINT(*-ref-data-members)
  const IpSetNumbers& ip_sets_;   // NOLINT(*-ref-data-members)
  std::vector<Planned>& plan_;    // NOLINT(*-ref-data-members)
  std::vector<SetAside>& aside_;  // NOLINT(*-ref-data-members)
  std::set<std::string, std::less<>> chains_ = {};
  std::set<std::string, std::less<>> sets_ = {};
};

// What a socket of a user namespace may send at once, with room to spare: net.core.wmem_default.
constexpr std::size_t kMaxBatch = std::size_t{128} * 1024;

/// The first part of the plan that makes one batch.
std::vector<Planned> take_batch(std::vector<Planned>& plan) {
  std::size_t bytes = 0;
  auto end = plan.begin();
  while (end != plan.end() && (bytes += end->change.attributes.size() + 64) <= kMaxBatch) ++end;
  if (end == plan.begin() && end != plan.end()) ++end;
  std::vector<Planned> batch{std::move_iterator{plan.begin()}, std::move_iterator{end}};
  plan.erase(plan.begin(), end);
  return batch;
}

std::vector<NftChange> changes_of(const std::vector<Planned>& batch) {
  std::vector<NftChange> changes;
  for (const Planned& planned : batch) changes.push_back(planned.change);
  return changes;
}

/// A batch is atomic: it is sent again without what was refused, until nothing is.
Result<> commit_all_that_is_taken(std::vector<Planned> batch, std::vector<SetAside>& aside) {
  while (!batch.empty()) {
    auto refusals = commit(changes_of(batch));
    if (!refusals) return tl::unexpected{refusals.error()};
    if (refusals->empty()) return {};
    std::ranges::sort(*refusals, std::greater{}, &NftRefusal::change);
    std::optional<std::size_t> last;
    for (const auto& [change, errnum] : *refusals) {
      if (last == change) continue;  // one change can be refused for two reasons
      last = change;
      if (std::optional<SetAside>& shape = batch.at(change).shape) {
        shape->reason = std::generic_category().message(errnum);
        aside.push_back(std::move(*shape));
      }
      batch.erase(batch.begin() + static_cast<std::ptrdiff_t>(change));
    }
  }
  return {};
}

}  // namespace

IpFamily family_of(const NftTable& table) {
  return table.family == "ip6" ? IpFamily::ipv6 : IpFamily::ipv4;
}

std::vector<ScratchTable> whole_tables(const std::vector<NftTable>& tables) {
  std::vector<ScratchTable> whole;
  for (const NftTable& table : tables) {
    if (table.shapes.empty()) continue;
    ScratchTable& scratch = whole.emplace_back(ScratchTable{.table = &table});
    for (std::uint32_t i = 0; i < table.shapes.size(); ++i) scratch.shapes.push_back(i);
  }
  return whole;
}

namespace {

/// What the rules refer to beside their tables. What cannot be made is missing when a rule that
/// wants it comes: that one is then refused. Returns the numbers that the sets have here.
IpSetNumbers make_objects(const std::vector<ScratchTable>& tables) {
  std::map<std::string, std::uint16_t> made;
  IpSetNumbers numbers;
  for (const ScratchTable& table : tables)
    for (const std::uint32_t index : table.shapes) {
      const RuleShape& shape = table.table->shapes.at(index);
      for (const std::string_view counter : needs_of(shape).counters)
        (void)create_counter(std::string{counter});  // may be there already
      for (const IpSet& set : shape.ip_sets) {
        if (!made.contains(set.name))
          if (const auto number = create_ip_set(set)) made.emplace(set.name, *number);
        if (made.contains(set.name)) numbers[set.index] = made.at(set.name);
      }
    }
  return numbers;
}

}  // namespace

Result<std::vector<SetAside>> rebuild(const std::vector<ScratchTable>& tables) {
  const IpSetNumbers ip_sets = make_objects(tables);
  std::vector<Planned> plan;
  std::vector<SetAside> aside;
  for (const ScratchTable& table : tables) TablePlan{table, ip_sets, plan, aside}.add();
  while (!plan.empty())
    if (auto done = commit_all_that_is_taken(take_batch(plan), aside); !done)
      return tl::unexpected{done.error()};
  const auto order = [](const SetAside& shape) {
    return std::tuple(shape.family, std::string_view{shape.table}, shape.shape);
  };
  std::ranges::sort(aside, {}, order);
  return aside;
}

}  // namespace iptmode::kernel
