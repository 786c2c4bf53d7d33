// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/nft_path.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <net/if.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "kernel/nft_expressions.h"
#include "kernel/nft_rule.h"
#include "kernel/nft_socket.h"
#include "kernel/rule_decoder.h"
#include "kernel/shape_key.h"
#include "kernel/sieved_chain.h"

namespace iptmode::kernel {
namespace {

constexpr std::size_t kMaxElements = 16384;  // of one set
constexpr std::size_t kMaxWaitingBytes = std::size_t{1} << 20U;

std::uint8_t family_number(std::string_view family) {
  if (family == "ip") return NFPROTO_IPV4;
  if (family == "ip6") return NFPROTO_IPV6;
  if (family == "inet") return NFPROTO_INET;
  return NFPROTO_NETDEV;
}

std::string link_name(std::uint32_t index) {
  std::array<char, IF_NAMESIZE> name = {};
  return ::if_indextoname(index, name.data()) == nullptr ? std::string{} : std::string{name.data()};
}

SetElement decode_element(std::string_view attributes) {
  const std::uint32_t flags = number_of(attributes, NFTA_SET_ELEM_FLAGS);
  return {.key = std::string{data_value(attribute_of(attributes, NFTA_SET_ELEM_KEY))},
          .key_end = std::string{data_value(attribute_of(attributes, NFTA_SET_ELEM_KEY_END))},
          .interval_end = (flags & NFT_SET_ELEM_INTERVAL_END) != 0,
          .catch_all = (flags & NFT_SET_ELEM_CATCHALL) != 0,
          .verdict = std::string{
              attribute_of(attribute_of(attributes, NFTA_SET_ELEM_DATA), NFTA_DATA_VERDICT)}};
}

/// The path through one table.
class TableReader {
 public:
  TableReader(NftSocket& socket, const NftTable& table, PathCollector& collector,
              const NftPathRequest& request, std::uint32_t generation)
      : socket_{socket},
        table_{table},
        collector_{collector},
        sieve_{table.family, request.questions},
        sieved_{request.sieved_generation == generation ? request.sieved : nullptr},
        generation_{static_cast<std::uint16_t>(generation)},
        plain_{.family = family_number(table.family), .interface = link_name},
        with_sets_{plain_} {
    with_sets_.set = [this](std::string_view name) { return set_named(name); };
    with_sets_.keep = [this](const Rule& rule) { return collector_.can_meet(rule); };
  }

  Result<> read() {
    while (PathChain* chain = collector_.next())
      if (auto read = read_chain(*chain); !read) return read;
    return {};
  }

 private:
  Result<> read_chain(PathChain& chain) {
    if (sieved_ != nullptr) {
      const auto known = sieved_->find({table_.family, table_.name, chain.name});
      if (known != sieved_->end()) return keep_met(chain, known->second);
    }
    const NftRequest request{.type = NFT_MSG_GETRULE,
                             .family = plain_.family,
                             .table = table_.name.c_str(),
                             .name = chain.name.c_str()};
    std::uint32_t number = 0;
    SievedChain rules;
    auto asked = socket_.ask(request, [&](const NftAnswer& answer) {
      ++number;
      if (rules.bytes < kMaxWaitingBytes) {
        add_rule(number, find_expressions(answer.attributes), rules);
      } else {
        chain.cut = true;
      }
      return answer.generation == generation_;
    });
    if (!asked) return asked;
    for (const SievedChain::Entry& rule : rules.rules)
      if (auto kept = keep(chain, rule); !kept) return kept;
    return {};
  }

  void add_rule(std::uint32_t number, const RuleFacts& rule, SievedChain& rules) const {
    if (sieve_.passes(rule.expressions) && can_be_met(rule.expressions, rule.user_data))
      rules.add(number, rule.expressions, rule.user_data);
  }

  /// By what it says without the sets that it looks up.
  [[nodiscard]] bool can_be_met(std::string_view expressions, std::string_view user_data) const {
    return collector_.can_meet(decode_rule_conditions(expressions, user_data, plain_.family));
  }

  Result<> keep_met(PathChain& chain, const SievedChain& rules) {
    for (const SievedChain::Entry& rule : rules.rules)
      if (can_be_met(rule.expressions, rule.user_data))
        if (auto kept = keep(chain, rule); !kept) return kept;
    return {};
  }

  Result<> keep(PathChain& chain, const SievedChain::Entry& rule) {
    for (const std::string_view name : sets_looked_up(rule.expressions))
      if (auto read = read_set(std::string{name}); !read) return read;
    for (Rule& decoded : decode_rules(rule.expressions, rule.user_data, with_sets_))
      collector_.keep(chain, rule.number, std::move(decoded));
    return {};
  }

  [[nodiscard]] const SetContent* set_named(std::string_view name) const {
    const auto known = sets_.find(name);
    return known == sets_.end() || !known->second ? nullptr : &*known->second;
  }

  /// A set that is too large stays unknown.
  Result<> read_set(const std::string& name) {
    if (sets_.contains(name)) return {};
    std::optional<SetContent>& set = sets_[name];
    set.emplace();
    NftRequest request{.type = NFT_MSG_GETSET,
                       .family = plain_.family,
                       .dump = false,
                       .table = table_.name.c_str(),
                       .name = name.c_str()};
    auto asked = socket_.ask(request, [&](const NftAnswer& answer) {
      set->interval = (number_of(answer.attributes, NFTA_SET_FLAGS) & NFT_SET_INTERVAL) != 0;
      return answer.generation == generation_;
    });
    if (!asked) return asked;
    request.type = NFT_MSG_GETSETELEM;
    request.dump = true;
    asked = socket_.ask(request, [&](const NftAnswer& answer) {
      add_elements(answer.attributes, set);
      return answer.generation == generation_;
    });
    return asked;
  }

  static void add_elements(std::string_view attributes, std::optional<SetContent>& set) {
    for (const auto& [type, element] :
         Attributes{attribute_of(attributes, NFTA_SET_ELEM_LIST_ELEMENTS)}) {
      if (!set || type != NFTA_LIST_ELEM) continue;
      if (set->elements.size() == kMaxElements) {
        set.reset();
      } else {
        set->elements.push_back(decode_element(element));
      }
    }
  }

  NftSocket& socket_;
  const NftTable& table_;
  PathCollector& collector_;
  RuleSieve sieve_;
  const SievedChains* sieved_;
  std::uint16_t generation_;
  RuleSurroundings plain_;
  RuleSurroundings with_sets_;
  std::map<std::string, std::optional<SetContent>, std::less<>> sets_ = {};
};

/// Nothing for a table that no packet of the questions passes.
Result<std::optional<PathTable>> read_table(NftSocket& socket, const NftTable& table,
                                            const NftPathRequest& request, PathBudget& budget,
                                            std::uint32_t generation) {
  PathCollector collector{{.family = table.family, .name = table.name}, *request.questions, budget};
  bool passed = false;
  for (const BaseChain& base : table.base_chains) {
    if (!collector.is_on_the_way(base)) continue;
    collector.add_base(base);
    passed = true;
  }
  if (!passed) return std::nullopt;
  TableReader reader{socket, table, collector, request, generation};
  if (auto read = reader.read(); !read) return tl::unexpected(read.error());
  return collector.take();
}

}  // namespace

Result<std::vector<PathTable>> read_nft_path(const NftPathRequest& request, PathBudget& budget) {
  auto socket = NftSocket::open(request.deadline);
  if (!socket) return tl::unexpected(socket.error());
  const auto before = read_generation(*socket);
  if (!before) return tl::unexpected(before.error());
  std::vector<PathTable> tables;
  for (const NftTable& table : *request.tables) {
    auto read = read_table(*socket, table, request, budget, *before);
    if (!read) return tl::unexpected(read.error());
    if (*read) tables.push_back(std::move(**read));
  }
  const auto after = read_generation(*socket);
  if (!after) return tl::unexpected(after.error());
  if (*after != *before) return sys_error(EINTR, "netlink GETGEN");
  return tables;
}

}  // namespace iptmode::kernel
