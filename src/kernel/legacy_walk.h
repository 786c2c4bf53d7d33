// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <linux/netfilter/x_tables.h>
#include <linux/netfilter/xt_comment.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "iptmode/owner.h"
#include "kernel/byte_hash.h"
#include "kernel/host_port_chains.h"
#include "kernel/legacy_rule.h"
#include "kernel/legacy_tables.h"
#include "kernel/owner_tally.h"
#include "kernel/quick_look.h"
#include "kernel/repeated_rules.h"

// The walk over one legacy table, once for both families. `Api` gives libip4tc and libip6tc the
// same names; only its two forms, legacy_ipv4.cpp and legacy_ipv6.cpp, include this.
namespace iptmode::kernel {

/// A built-in chain's place in the packet path.
struct BuiltinChain {
  std::string_view name = {};
  std::string_view hook = {};
};
inline constexpr std::array kBuiltinChains{
    BuiltinChain{"PREROUTING", "prerouting"}, BuiltinChain{"INPUT", "input"},
    BuiltinChain{"FORWARD", "forward"}, BuiltinChain{"OUTPUT", "output"},
    BuiltinChain{"POSTROUTING", "postrouting"}};

/// The priority at which the kernel calls a table (NF_IP_PRI_* of linux/netfilter_ipv4.h, the same
/// numbers in linux/netfilter_ipv6.h).
constexpr std::int32_t legacy_priority(std::string_view table, std::string_view hook) {
  if (table == "raw") return -300;
  if (table == "mangle") return -150;
  if (table == "nat") return hook == "prerouting" || hook == "output" ? -100 : 100;
  return table == "security" ? 50 : 0;
}

constexpr bool is_translating_target(std::string_view target) {
  return target == "DNAT" || target == "SNAT" || target == "MASQUERADE" || target == "REDIRECT";
}

/// Text in an array of fixed size, which need not end in NUL.
template <std::size_t Size>
std::string_view text_in(const char (&field)[Size]) {
  return {field, static_cast<std::size_t>(std::find(field, field + Size, '\0') - field)};
}

/// A structure inside an entry, at a byte offset.
template <class T, class Entry>
const T* part_at(const Entry* entry, std::size_t offset) {
  return reinterpret_cast<const T*>(reinterpret_cast<const char*>(entry) + offset);
}

/// The extension that a rule ends in; empty for verdicts and jumps.
template <class Entry>
std::string_view target_name(const Entry* entry) {
  return text_in(part_at<xt_entry_target>(entry, entry->target_offset)->u.user.name);
}

/// What `-m comment` says, or nothing.
template <class Entry>
std::string_view comment_of(const Entry* entry) {
  for (std::size_t at = sizeof(Entry); at + sizeof(xt_entry_match) <= entry->target_offset;) {
    const auto* match = part_at<xt_entry_match>(entry, at);
    const std::size_t size = match->u.user.match_size;
    if (size < sizeof(xt_entry_match) || at + size > entry->target_offset) return {};
    if (text_in(match->u.user.name) == "comment" &&
        size >= sizeof(xt_entry_match) + sizeof(xt_comment_info))
      return text_in(part_at<xt_comment_info>(entry, at + sizeof(xt_entry_match))->comment);
    at += size;
  }
  return {};
}

/// One table, chain by chain, while its snapshot is held.
template <class Api>
class LegacyWalk {
 public:
  LegacyWalk(typename Api::Handle* handle, const std::string& table) : handle_{handle} {
    reading_.table.family = Api::kFamily;
    reading_.table.name = table;
  }

  LegacyReading run(const LegacyPathRequest& path) {
    for (const char* chain = Api::first_chain(handle_); chain != nullptr;
         chain = Api::next_chain(handle_))
      path.path_only ? add_base_chain(chain) : add_chain(chain);
    reading_.table.owners = tally_.take();
    reading_.table.repeated = repeated_.take();
    sort_host_ports(reading_.table.host_ports);
    collect_path(path);
    return std::move(reading_);
  }

 private:
  using Entry = typename Api::Entry;

  void add_base_chain(const char* chain) {
    if (auto builtin = base_chain(chain)) reading_.table.base_chains.push_back(std::move(*builtin));
  }

  void add_chain(const char* chain) {
    LegacyTable& table = reading_.table;
    ++table.chains;
    const auto builtin = base_chain(chain);
    const Attribution owner = builtin ? Attribution{} : attribute_chain(chain);
    if (!builtin) tally_.add_chains(owner, 1);
    if (!builtin && table.name == "mangle") note_hint(chain, reading_.hints);

    const std::uint64_t rules =
        owner.owners.empty() ? add_rules_of_nobodys(chain) : add_rules_of(owner, chain);
    table.rules += rules;
    repeated_.end_chain(chain);
    if (rules > 0) note_host_port_chain(chain, table.host_ports);
    if (!builtin) return;
    table.base_chains.push_back(*builtin);
    table.base_chains.back().rules = rules;
  }

  /// Only the five names can be built in: libiptc's own look-up is not free, and a node has
  /// thousands of chains.
  std::optional<BaseChain> base_chain(const char* chain) const {
    const auto known =
        std::ranges::find(kBuiltinChains, std::string_view{chain}, &BuiltinChain::name);
    if (known == kBuiltinChains.end() || Api::is_builtin(chain, handle_) == 0) return std::nullopt;
    xt_counters counters = {};
    const char* policy = Api::policy(chain, &counters, handle_);
    const std::string_view verdict = policy == nullptr ? "" : policy;
    const std::string& table = reading_.table.name;
    return BaseChain{.name = chain,
                     .type = table,
                     .hook = std::string{known->hook},
                     .priority = legacy_priority(table, known->hook),
                     .policy = verdict == "ACCEPT" ? "accept"
                               : verdict == "DROP" ? "drop"
                                                   : ""};
  }

  std::uint64_t add_rules_of(const Attribution& owner, const char* chain) {
    std::uint64_t rules = 0;
    std::uint64_t translations = 0;
    for (const Entry* entry = Api::first_rule(chain, handle_); entry != nullptr;
         entry = Api::next_rule(entry, handle_)) {
      ++rules;
      if (is_translating_target(target_name(entry))) ++translations;
      note_repetition(entry);
    }
    tally_.add_rules(owner, rules, translations);
    return rules;
  }

  std::uint64_t add_rules_of_nobodys(const char* chain) {
    std::uint64_t rules = 0;
    for (const Entry* entry = Api::first_rule(chain, handle_); entry != nullptr;
         entry = Api::next_rule(entry, handle_)) {
      ++rules;
      note_repetition(entry);
      const char* target = Api::target(entry, handle_);
      const Attribution owner =
          attribute_rule({}, target == nullptr ? "" : target, comment_of(entry));
      tally_.add_rules(owner, 1, is_translating_target(target_name(entry)) ? 1 : 0);
    }
    return rules;
  }

  void note_repetition(const Entry* entry) {
    repeated_.add(key_of(entry), [&] {
      const char* name = Api::target(entry, handle_);
      const std::string_view target = name == nullptr ? "" : name;
      return RepeatedRule{.owners = attribute_rule({}, target, comment_of(entry)).owners,
                          .rule = to_string(decode_legacy_rule(entry, target))};
    });
  }

  /// Equal for rules that differ in their counters at most. A verdict without a name of its own
  /// holds the place of the next rule: what libiptc calls it is taken instead.
  std::uint64_t key_of(const Entry* entry) const {
    const auto bytes = [&](std::size_t from, std::size_t to) {
      return std::string_view{reinterpret_cast<const char*>(entry) + from, to - from};
    };
    std::uint64_t key = hash_bytes(bytes(0, Api::kAddressBytes), 1);
    key = hash_bytes(bytes(sizeof(Entry), entry->target_offset), key);
    if (!target_name(entry).empty())
      return hash_bytes(bytes(entry->target_offset, entry->next_offset), key);
    const char* verdict = Api::target(entry, handle_);
    return hash_bytes(verdict == nullptr ? "" : verdict, key);
  }

  /// Once more through the chains that a packet of the questions can reach.
  void collect_path(const LegacyPathRequest& request) {
    if (request.questions == nullptr || request.questions->empty()) return;
    const LegacyTable& table = reading_.table;
    PathCollector collector{{.backend = Backend::legacy,
                             .family = table.family == IpFamily::ipv4 ? "ip" : "ip6",
                             .name = table.name},
                            *request.questions,
                            *request.budget};
    for (const BaseChain& base : table.base_chains)
      if (collector.is_on_the_way(base)) collector.add_base(base);
    while (PathChain* chain = collector.next()) collect_chain(*chain, collector);
    PathTable path = collector.take();
    if (!path.chains.empty()) reading_.path = std::move(path);
  }

  void collect_chain(PathChain& chain, PathCollector& collector) {
    std::uint32_t number = 0;
    for (const Entry* entry = Api::first_rule(chain.name.c_str(), handle_); entry != nullptr;
         entry = Api::next_rule(entry, handle_)) {
      ++number;
      if (is_for_another_destination(*entry, collector.packets())) continue;
      const char* target = Api::target(entry, handle_);
      Rule rule = decode_legacy_rule(entry, target == nullptr ? "" : target);
      if (collector.can_meet(rule)) collector.keep(chain, number, std::move(rule));
    }
  }

  typename Api::Handle* handle_;
  OwnerTally tally_ = {};
  RepeatedRules repeated_ = {};
  LegacyReading reading_ = {};
};

}  // namespace iptmode::kernel
