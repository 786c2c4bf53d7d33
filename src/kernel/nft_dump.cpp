// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/nft_dump.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "iptmode/owner.h"
#include "kernel/host_port_chains.h"
#include "kernel/netlink_attributes.h"
#include "kernel/nft_chain.h"
#include "kernel/nft_rule.h"
#include "kernel/nft_set.h"
#include "kernel/nft_socket.h"
#include "kernel/owner_tally.h"
#include "kernel/repeated_rules.h"
#include "kernel/rule_decoder.h"
#include "kernel/rule_distiller.h"
#include "kernel/shape_key.h"
#include "kernel/xt_objects.h"

namespace iptmode::kernel {
namespace {

constexpr unsigned kRequestsBetweenIdle = 256;  // two milliseconds

/// One table while it is being counted.
struct Counted {
  NftTable table = {};
  std::uint8_t family = 0;
  std::uint8_t traced_family = NFPROTO_UNSPEC;  ///< whose encodings tell a writer's release
  Attribution owner = {};                       ///< of a native table
  OwnerTally tally = {};
  RuleDistiller distiller = {};
  RepeatedRules repeated = {};

  /// Whether iptables-nft and its kin of the other family read the table.
  [[nodiscard]] bool is_distilled() const {
    return table.compat && (family == NFPROTO_IPV4 || family == NFPROTO_IPV6);
  }
};

/// One chain: 16 bytes, for a node has tens of thousands.
struct ChainRow {
  std::uint32_t name = 0;  ///< where it begins in the pool of names
  std::uint32_t table = 0;
  std::uint32_t base = kNoBase;  ///< index into the table's base chains
  std::uint32_t use = 0;         ///< rules in it plus jumps to it; 0: certainly empty
  static constexpr std::uint32_t kNoBase = UINT32_MAX;
};

class NftDump {
 public:
  NftDump(NftSocket socket, const NftDumpOptions& options)
      : socket_{std::move(socket)}, options_{options} {}

  Result<NftReading> run() {
    const auto before = read_generation(socket_);
    if (!before) return tl::unexpected(before.error());
    reading_.generation = *before;
    if (auto read = read_tables(); !read) return tl::unexpected(read.error());
    if (auto read = read_chains(); !read) return tl::unexpected(read.error());
    if (options_.chains_known) options_.chains_known(listed_chains_);
    if (auto read = read_rules(); !read) return tl::unexpected(read.error());
    if (auto read = read_sets(); !read) return tl::unexpected(read.error());
    if (auto read = find_described_sets(); !read) return tl::unexpected(read.error());
    const auto after = read_generation(socket_);
    if (!after) return tl::unexpected(after.error());
    if (*after != *before) return sys_error(EINTR, "netlink GETGEN");
    return finish();
  }

 private:
  /// Every answer carries the generation that it belongs to: a commit in between shows at once.
  [[nodiscard]] bool is_current(const NftAnswer& answer) const {
    return answer.generation == (reading_.generation & 0xffffU);
  }

  Result<> read_tables() {
    return socket_.ask({.type = NFT_MSG_GETTABLE}, [this](const NftAnswer& answer) {
      add_table(answer);
      return is_current(answer);
    });
  }

  void add_table(const NftAnswer& answer) {
    Counted counted{.family = answer.family};
    counted.table.family = nft_family_name(answer.family);
    for (const auto& [type, payload] : Attributes{answer.attributes})
      if (type == NFTA_TABLE_NAME) counted.table.name = text_of(payload);
    NftTable& table = counted.table;
    table.compat = is_iptables_nft_table(table.family, table.name);
    if (table.compat) {
      counted.traced_family = answer.family;
    } else {
      counted.owner = attribute_nft_table(table.family, table.name);
      table.table_owner = counted.owner.owners;
      counted.tally.add_chains(counted.owner, 0);
    }
    tables_.push_back(std::move(counted));
  }

  Result<> read_chains() {
    return socket_.ask({.type = NFT_MSG_GETCHAIN}, [this](const NftAnswer& answer) {
      return is_current(answer) && add_chain(answer);
    });
  }

  /// False when the chain's table is not known: then it is newer than the list of tables.
  bool add_chain(const NftAnswer& answer) {
    ChainFacts facts = decode_chain(answer.attributes, answer.family);
    if (!find_table(answer.family, facts.table)) return false;
    Counted& counted = tables_.at(last_table_);
    ChainRow row{.name = static_cast<std::uint32_t>(names_.size()),
                 .table = static_cast<std::uint32_t>(last_table_),
                 .use = facts.use};
    names_.append(facts.name).push_back('\0');
    ++counted.table.chains;
    if (!facts.bound_to_rule) ++listed_chains_;
    if (facts.is_base) {
      row.base = static_cast<std::uint32_t>(counted.table.base_chains.size());
      counted.table.base_chains.push_back(std::move(facts.base));
    }
    chains_.push_back(row);
    return true;
  }

  /// Sets last_table_. Chains come table by table, in the order of the tables: looking on from the
  /// last one finds the next at once.
  bool find_table(std::uint8_t family, std::string_view name) {
    for (std::size_t step = 0; step < tables_.size(); ++step) {
      const std::size_t index = (last_table_ + step) % tables_.size();
      if (tables_.at(index).family != family || tables_.at(index).table.name != name) continue;
      last_table_ = index;
      return true;
    }
    return false;
  }

  Result<> read_rules() {
    unsigned requests = 0;
    for (const ChainRow& row : chains_) {
      if (auto counted = count_chain(row); !counted) return counted;
      if (row.use != 0 && ++requests % kRequestsBetweenIdle == 0 && options_.idle) options_.idle();
    }
    return {};
  }

  Result<> count_chain(const ChainRow& row) {
    Counted& counted = tables_.at(row.table);
    const char* name = names_.c_str() + row.name;
    const bool is_base = row.base != ChainRow::kNoBase;
    Attribution owner = counted.owner;
    if (counted.table.compat && !is_base) {
      owner = attribute_chain(name);
      note_hint_in(counted, name);
    }
    if (!counted.table.compat || !is_base) counted.tally.add_chains(owner, 1);
    if (row.use == 0) return {};

    const auto rules = counted.table.compat && owner.owners.empty()
                           ? count_rules_of_nobodys(counted, name, is_base)
                           : count_rules_of(owner, counted, name);
    if (!rules) return tl::unexpected(rules.error());
    counted.table.rules += *rules;
    counted.repeated.end_chain(name);
    if (counted.table.compat && *rules > 0) note_host_port_chain(name, counted.table.host_ports);
    if (is_base) counted.table.base_chains.at(row.base).rules = *rules;
    return {};
  }

  void note_hint_in(const Counted& counted, std::string_view chain) {
    if (counted.table.name != "mangle") return;
    if (counted.family == NFPROTO_IPV4) note_hint(chain, hints_of(IpFamily::ipv4));
    if (counted.family == NFPROTO_IPV6) note_hint(chain, hints_of(IpFamily::ipv6));
  }
  HintChains& hints_of(IpFamily family) {
    return reading_.hints.at(static_cast<std::size_t>(family));
  }

  Result<std::uint64_t> count_rules_of(const Attribution& owner, Counted& counted,
                                       const char* chain) {
    std::uint64_t translations = 0;
    const std::uint64_t seed = shape_seed(owner.pattern, false);
    auto rules = for_each_rule(counted, chain, [&](const RuleFacts& rule) {
      if (rule.translates) ++translations;
      distil(counted, rule, {.chain = chain, .owner = owner, .seed = seed});
    });
    if (rules) counted.tally.add_rules(owner, *rules, translations);
    return rules;
  }

  Result<std::uint64_t> count_rules_of_nobodys(Counted& counted, const char* chain, bool is_base) {
    return for_each_rule(counted, chain, [&](const RuleFacts& rule) {
      const Attribution owner = attribute_rule({}, rule.jumps_to, rule.comment);
      counted.tally.add_rules(owner, 1, rule.translates ? 1 : 0);
      distil(counted, rule,
             {.chain = chain,
              .base_chain = is_base,
              .owner = owner,
              .seed = shape_seed(owner.pattern, is_base)});
    });
  }

  void distil(Counted& counted, const RuleFacts& rule, PassingRule passing) {
    if (!counted.is_distilled()) return;
    passing.expressions = rule.expressions;
    passing.user_data = rule.user_data;
    counted.distiller.add(passing, exemplar_bytes_left_);
  }

  static void note_rule(Counted& counted, const RuleFacts& rule) {
    if (counted.table.name == kHostPortTable)
      note_host_port(rule.comment, counted.table.host_ports);
    if (!counted.table.compat) return;
    counted.repeated.add(rule_key(rule.expressions, rule.user_data), [&] {
      return RepeatedRule{.owners = attribute_rule({}, rule.jumps_to, rule.comment).owners,
                          .rule = to_string(decode_rule_conditions(rule.expressions, rule.user_data,
                                                                   counted.family))};
    });
  }

  /// Returns the number of rules.
  template <class Count>
  Result<std::uint64_t> for_each_rule(Counted& counted, const char* chain, Count count) {
    const NftRequest request{.type = NFT_MSG_GETRULE,
                             .family = counted.family,
                             .table = counted.table.name.c_str(),
                             .name = chain};
    std::uint64_t rules = 0;
    const auto asked = socket_.ask(request, [&](const NftAnswer& answer) {
      const RuleFacts rule = decode_rule(answer.attributes, counted.traced_family);
      counted.table.encodings += rule.encodings;
      count(rule);
      note_rule(counted, rule);
      ++rules;
      return is_current(answer);
    });
    if (!asked) return tl::unexpected(asked.error());
    return rules;
  }

  /// The definitions of the sets that the kept rules look up.
  Result<> read_sets() {
    for (Counted& counted : tables_)
      for (RuleShape& shape : counted.distiller.shapes()) {
        for (const std::string_view name : sets_looked_up(shape.expressions))
          if (auto read = read_set(counted, std::string{name}, shape); !read) return read;
        for (const std::uint16_t number : ip_sets_named(shape.expressions))
          if (auto set = read_ip_set(number)) shape.ip_sets.push_back(std::move(*set));
      }
    return {};
  }

  Result<> read_set(const Counted& counted, const std::string& name, RuleShape& shape) {
    const NftRequest request{.type = NFT_MSG_GETSET,
                             .family = counted.family,
                             .dump = false,
                             .table = counted.table.name.c_str(),
                             .name = name.c_str()};
    return socket_.ask(request, [&](const NftAnswer& answer) {
      if (answer.attributes.size() <= kMaxExemplar) shape.sets.emplace_back(answer.attributes);
      return is_current(answer);
    });
  }

  Result<> find_described_sets() {
    return socket_.ask({.type = NFT_MSG_GETSET}, [this](const NftAnswer& answer) {
      const SetFacts set = decode_set(answer.attributes);
      if (set.described && find_table(answer.family, set.table)) {
        NftTable& table = tables_.at(last_table_).table;
        if (++table.described_sets == 1) table.described_set = set.name;
      }
      return is_current(answer);
    });
  }

  NftReading finish() {
    for (Counted& counted : tables_) {
      sort_host_ports(counted.table.host_ports);
      counted.table.repeated = counted.repeated.take();
      counted.table.shapes = std::move(counted.distiller.shapes());
      for (RuleShape& shape : counted.table.shapes)
        shape.rule = decode_rule_conditions(shape.expressions, shape.user_data, counted.family);
      counted.table.unshaped_rules = counted.distiller.unshaped_rules();
      counted.table.owners = counted.tally.take();
      reading_.tables.push_back(std::move(counted.table));
    }
    std::ranges::sort(reading_.tables, {}, [](const NftTable& table) {
      return std::tuple<std::string_view, std::string_view>(table.family, table.name);
    });
    return std::move(reading_);
  }

  NftSocket socket_;
  const NftDumpOptions& options_;
  std::vector<Counted> tables_ = {};
  std::size_t last_table_ = 0;
  std::vector<ChainRow> chains_ = {};
  std::string names_ = {};  ///< every chain's name, each ended by NUL
  std::uint64_t listed_chains_ = 0;
  std::size_t exemplar_bytes_left_ = kMaxExemplars;
  NftReading reading_ = {};
};

}  // namespace

Result<NftReading> dump_nft(const NftDumpOptions& options) {
  auto socket = NftSocket::open(options.deadline);
  if (!socket) return tl::unexpected(socket.error());
  return NftDump{std::move(*socket), options}.run();
}

}  // namespace iptmode::kernel
