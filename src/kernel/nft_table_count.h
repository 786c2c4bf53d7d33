// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "iptmode/kernel_state.h"
#include "kernel/nft_chain.h"
#include "kernel/owner_tally.h"
#include "kernel/repeated_rules.h"
#include "kernel/rule_distiller.h"
#include "kernel/rule_reader.h"
#include "kernel/sieved_chain.h"

namespace iptmode::kernel {

/// One table of nf_tables while it is being counted: begin_chain(), its rules, end_chain().
class NftTableCount {
 public:
  /// `family` is NFPROTO_*. `questions` outlive the count; nullptr: none.
  NftTableCount(std::uint8_t family, std::string_view name,
                const std::vector<PacketQuestion>* questions);

  /// Lists a chain. For a base chain returns its index, which begin_chain() wants.
  std::optional<std::size_t> list_chain(ChainFacts&& chain);

  /// `name` stays valid until end_chain(). `use` is ChainFacts::use.
  void begin_chain(std::string_view name, std::optional<std::size_t> base, std::uint32_t use);
  /// `attributes` are those of an NFT_MSG_NEWRULE message. `bytes_left` is what may still be kept
  /// of the rules of all tables.
  void add_rule(std::string_view attributes, std::size_t& bytes_left);
  void end_chain();

  [[nodiscard]] std::uint8_t family() const { return family_; }
  [[nodiscard]] const NftTable& table() const { return table_; }
  [[nodiscard]] NftTable& table() { return table_; }
  [[nodiscard]] std::vector<RuleShape>& shapes() { return distiller_.shapes(); }

  /// Leaves nothing behind. Adds to `sieved` the long chains, which take long to be read again.
  [[nodiscard]] NftTable take(SievedChains& sieved);

 private:
  /// The chain whose rules are being added.
  struct Chain {
    std::string_view name = {};
    std::optional<std::size_t> base = {};
    bool can_repeat = false;
    bool is_sieved = false;
    Attribution owner = {};
    std::uint64_t seed = 0;  ///< shape_seed() of the owner
    std::uint64_t rules = 0;
    std::uint64_t translations = 0;
    SievedChain sieved = {};
  };

  [[nodiscard]] bool is_nobodys() const { return table_.compat && chain_.owner.owners.empty(); }
  void distil(const ReadRule& rule, const Attribution& owner, std::size_t& bytes_left);
  void note_repetition(const ReadRule& rule);
  void sift(const RuleFacts& rule);

  NftTable table_ = {};
  std::uint8_t family_ = 0;
  bool distilled_ = false;  ///< iptables-nft and its kin of the other family read the table
  bool has_host_ports_ = false;
  Attribution owner_ = {};  ///< of a native table
  RuleReader reader_;
  OwnerTally tally_ = {};
  RuleDistiller distiller_ = {};
  RepeatedRules repeated_ = {};
  RuleSieve sieve_;
  SievedChains sieved_ = {};
  std::size_t sieved_bytes_left_;
  Chain chain_ = {};
};

}  // namespace iptmode::kernel
