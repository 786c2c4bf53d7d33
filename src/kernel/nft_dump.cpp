// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/nft_dump.h"

#include <linux/netfilter/nf_tables.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "kernel/netlink_attributes.h"
#include "kernel/nft_chain.h"
#include "kernel/nft_set.h"
#include "kernel/nft_socket.h"
#include "kernel/nft_table_count.h"
#include "kernel/owner_tally.h"
#include "kernel/shape_key.h"
#include "kernel/xt_objects.h"

namespace iptmode::kernel {
namespace {

constexpr unsigned kRequestsBetweenIdle = 128;  // a millisecond

/// One chain: 16 bytes, for a node has tens of thousands.
struct ChainRow {
  std::uint32_t name = 0;  ///< where it begins in the pool of names
  std::uint32_t table = 0;
  std::uint32_t base = kNoBase;  ///< index into the table's base chains
  std::uint32_t use = 0;         ///< rules in it plus jumps to it; 0: certainly empty
  static constexpr std::uint32_t kNoBase = UINT32_MAX;
  [[nodiscard]] std::optional<std::size_t> base_chain() const {
    return base == kNoBase ? std::nullopt : std::optional<std::size_t>{base};
  }
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
    std::string_view name;
    for (const auto& [type, payload] : Attributes{answer.attributes})
      if (type == NFTA_TABLE_NAME) name = text_of(payload);
    tables_.emplace_back(answer.family, name, options_.questions);
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
    ChainRow row{.name = static_cast<std::uint32_t>(names_.size()),
                 .table = static_cast<std::uint32_t>(last_table_),
                 .use = facts.use};
    names_.append(facts.name).push_back('\0');
    if (!facts.bound_to_rule) ++listed_chains_;
    if (const auto base = tables_.at(last_table_).list_chain(std::move(facts)))
      row.base = static_cast<std::uint32_t>(*base);
    chains_.push_back(row);
    return true;
  }

  /// Sets last_table_. Chains come table by table, in the order of the tables: looking on from the
  /// last one finds the next at once.
  bool find_table(std::uint8_t family, std::string_view name) {
    for (std::size_t step = 0; step < tables_.size(); ++step) {
      const std::size_t index = (last_table_ + step) % tables_.size();
      if (tables_[index].family() != family || tables_[index].table().name != name) continue;
      last_table_ = index;
      return true;
    }
    return false;
  }

  Result<> read_rules() {
    unsigned requests = 0;
    for (const ChainRow& row : chains_) {
      if (auto read = read_chain(row); !read) return read;
      if (row.use != 0 && ++requests % kRequestsBetweenIdle == 0 && options_.idle) options_.idle();
    }
    return {};
  }

  Result<> read_chain(const ChainRow& row) {
    NftTableCount& count = tables_.at(row.table);
    const char* name = names_.c_str() + row.name;
    count.begin_chain(name, row.base_chain(), row.use);
    if (row.base == ChainRow::kNoBase) note_hint_in(count.table(), name);
    if (row.use == 0) return {};
    const NftRequest request{.type = NFT_MSG_GETRULE,
                             .family = count.family(),
                             .table = count.table().name.c_str(),
                             .name = name};
    auto read = socket_.ask(request, [&](const NftAnswer& answer) {
      count.add_rule(answer.attributes, exemplar_bytes_left_);
      return is_current(answer);
    });
    if (read) count.end_chain();
    return read;
  }

  void note_hint_in(const NftTable& table, std::string_view chain) {
    if (table.name != "mangle") return;
    if (table.family == "ip") note_hint(chain, hints_of(IpFamily::ipv4));
    if (table.family == "ip6") note_hint(chain, hints_of(IpFamily::ipv6));
  }
  HintChains& hints_of(IpFamily family) {
    return reading_.hints.at(static_cast<std::size_t>(family));
  }

  /// The definitions of the sets that the kept rules look up.
  Result<> read_sets() {
    for (NftTableCount& count : tables_)
      for (RuleShape& shape : count.shapes()) {
        for (const std::string_view name : sets_looked_up(shape.expressions))
          if (auto read = read_set(count, std::string{name}, shape); !read) return read;
        for (const std::uint16_t number : ip_sets_named(shape.expressions))
          if (auto set = read_ip_set(number)) shape.ip_sets.push_back(std::move(*set));
      }
    return {};
  }

  Result<> read_set(const NftTableCount& count, const std::string& name, RuleShape& shape) {
    const NftRequest request{.type = NFT_MSG_GETSET,
                             .family = count.family(),
                             .dump = false,
                             .table = count.table().name.c_str(),
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
        NftTable& table = tables_.at(last_table_).table();
        if (++table.described_sets == 1) table.described_set = set.name;
      }
      return is_current(answer);
    });
  }

  NftReading finish() {
    for (NftTableCount& count : tables_) reading_.tables.push_back(count.take(reading_.sieved));
    std::ranges::sort(reading_.tables, {}, [](const NftTable& table) {
      return std::tuple<std::string_view, std::string_view>(table.family, table.name);
    });
    return std::move(reading_);
  }

  NftSocket socket_;
  const NftDumpOptions& options_;
  std::vector<NftTableCount> tables_ = {};
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
