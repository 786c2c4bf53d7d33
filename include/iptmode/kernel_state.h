// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "iptmode/backend.h"
#include "iptmode/base_chain.h"
#include "iptmode/component.h"
#include "iptmode/listeners.h"
#include "iptmode/node_networks.h"
#include "iptmode/owner.h"
#include "iptmode/packet_path.h"
#include "iptmode/rule_shape.h"

namespace iptmode {

/// What one owner has in one table. Chains are not kept: a large node has 36,000 of them.
struct OwnerUse {
  OwnerSet owners = {};      ///< empty: nobody that this program knows
  std::uint64_t chains = 0;  ///< user-defined chains by that name
  std::uint64_t rules =
      0;  ///< in those chains, plus rules elsewhere that jump to them or carry its comment
  std::uint64_t translations = 0;          ///< of `rules`: DNAT, SNAT, MASQUERADE, REDIRECT
  std::vector<std::string> patterns = {};  ///< fingerprints seen, sorted, bounded: "KUBE-SVC-*"
  bool operator==(const OwnerUse&) const = default;
};

/// How the rules of an nft table are encoded, counted while they stream by. Each is a trace of the
/// writer's release (see version.h) and of what an old reader would misread.
struct Encodings {
  std::uint64_t short_prefix = 0;   ///< address loads of 1 to 3 bytes (IPv4): 1.8.7 or later
  std::uint64_t masked_prefix = 0;  ///< a byte-aligned mask by bitwise: 1.8.6 or earlier
  std::uint64_t native_mark = 0;    ///< meta mark compared: 1.8.8 or later
  std::uint64_t native_port = 0;    ///< transport ports loaded and compared: 1.8.8 or later
  std::uint64_t native_range = 0;   ///< range expressions: 1.8.8 or later, blinds 1.8.7 and earlier
  std::uint64_t native_log = 0;     ///< log expressions: 1.8.8 or later, blinds 1.8.7 and earlier
  std::uint64_t xt_mark_or_port = 0;  ///< xt mark, tcp, udp matches: 1.8.7 or earlier
  bool operator==(const Encodings&) const = default;
  Encodings& operator+=(const Encodings& rhs);
};

/// One rule that a chain holds again and again: what comes of a program that does not find its own
/// rule and adds it once more.
struct RepeatedRule {
  std::string chain = {};
  OwnerSet owners = {};      ///< by the chain, else the rule's jump or comment
  std::uint64_t copies = 0;  ///< equal but for their counters, this one included
  std::string rule = {};     ///< in the words of iptables-save; not escaped
  bool operator==(const RepeatedRule&) const = default;
};

struct LegacyTable {
  IpFamily family = IpFamily::ipv4;
  std::string name = {};     ///< "filter"
  std::uint64_t chains = 0;  ///< built-in ones included
  std::uint64_t rules = 0;   ///< policies are not rules
  std::vector<BaseChain> base_chains = {};
  std::vector<OwnerUse> owners = {};        ///< sorted by owners; the empty set last
  std::vector<RepeatedRule> repeated = {};  ///< three copies or more; most copies first, bounded
  /// Sorted, bounded: the chains CNI-DN-* that hold a rule, one for each pod with a hostPort.
  std::vector<std::string> host_ports = {};
  bool operator==(const LegacyTable&) const = default;

  /// No rules, no chains of users, every policy accept: it was registered and never used.
  [[nodiscard]] bool unused() const;
};

struct NftTable {
  std::string family = {};  ///< "ip", "ip6", "inet", "arp", "bridge", "netdev"
  std::string name = {};
  bool compat = false;  ///< one that iptables-nft reads and writes, see is_iptables_nft_table()
  OwnerSet table_owner = {};  ///< of a native table
  std::uint64_t chains = 0;
  std::uint64_t rules = 0;
  std::vector<BaseChain> base_chains = {};
  std::vector<OwnerUse> owners = {};   ///< for a native table one entry with its owner
  Encodings encodings = {};            ///< counted for compat tables only
  std::vector<RuleShape> shapes = {};  ///< of compat ip and ip6 tables, bounded, in the order met
  std::uint64_t unshaped_rules =
      0;  ///< rules whose shape was not kept: too many shapes, or too large
  std::vector<RepeatedRule> repeated = {};  ///< as in a LegacyTable; of compat tables only
  /// As in a LegacyTable. Of portmap's own table `cni_hostport`: the container ids of its rules.
  std::vector<std::string> host_ports = {};
  /// Sets and maps of a plain `type` whose user data describes the key, as nft 1.1.2 and later
  /// write it: nft before 1.1.4 reads that description and dies.
  std::uint64_t described_sets = 0;
  std::string described_set = {};  ///< the name of one of them
  bool operator==(const NftTable&) const = default;
};

/// kubelet's marks (kubernetes PR 109059): in which mangle tables a chain of that name exists.
struct HintChains {
  bool ipt_hint = false;  ///< KUBE-IPTABLES-HINT
  bool canary = false;    ///< KUBE-KUBELET-CANARY
  bool operator==(const HintChains&) const = default;
  [[nodiscard]] bool any() const { return ipt_hint || canary; }
};

/// How asking libnftables for its list of chains ended, in a child process with limits.
struct Libnftables {
  enum class Outcome : std::uint8_t { agrees, differs, refused, died, timed_out, not_asked };
  Outcome outcome = Outcome::not_asked;
  std::string detail = {};  ///< "signal 11", "4 chains, netlink says 5", "36372 chains, limit 1024"
  bool operator==(const Libnftables&) const = default;
};
[[nodiscard]] std::string_view to_string(Libnftables::Outcome outcome) noexcept;

/// The firewall of one network namespace. A part that could not be read is absent and has a gap.
struct NetworkState {
  NamespaceId network_namespace = 0;
  std::optional<std::vector<LegacyTable>> legacy = {};  ///< sorted by family, name
  std::optional<std::vector<NftTable>> nft = {};        ///< sorted by family, name
  std::optional<std::uint32_t> generation =
      {};  ///< the nft generation id, equal before and after the dump
  std::map<Backend, std::array<HintChains, 2>> hints =
      {};  ///< [family]; only for backends that were read
  Libnftables libnftables = {};
  /// Sorted by name. Of the veth pairs, of which a node has one for each pod, a few stand for all.
  std::optional<std::vector<NetworkLink>> links = {};
  std::vector<NetworkRoute> tunnel_routes = {};  ///< through ipip links; bounded
  std::optional<Doors> doors = {};               ///< default routes and listening sockets
  std::optional<PacketPath> packet_path = {};    ///< of one generation
  bool operator==(const NetworkState&) const = default;

  [[nodiscard]] bool hint_in(Backend backend) const;  ///< any hint chain, either family
  /// Chains and rules of `owner` in `backend`: iptables tables only, shared names excluded
  /// unless `owner` names exactly that shared set.
  [[nodiscard]] OwnerUse use_of(OwnerSet owner, Backend backend) const;
  /// The same in the tables of one family: IPv4 and IPv6 rules never meet on a packet.
  [[nodiscard]] OwnerUse use_of(OwnerSet owner, Backend backend, IpFamily family) const;
  /// All owners with at least one rule or chain in the iptables tables of `backend`.
  [[nodiscard]] std::vector<OwnerUse> users_of(Backend backend) const;
  [[nodiscard]] std::vector<OwnerUse> users_of(Backend backend, IpFamily family) const;
  [[nodiscard]] std::uint64_t rules_in(Backend backend) const;  ///< iptables tables only
};

enum class Support : std::uint8_t { yes, no, unknown };
[[nodiscard]] std::string_view to_string(Support support) noexcept;

/// A part of xtables that rules of Kubernetes and its network plugins name: a match, a target, or
/// what lets nf_tables call them.
struct KernelExtension {
  std::string module = {};  ///< "xt_comment", "nft_compat"
  Support support = Support::unknown;
  std::string evidence = {};  ///< "modules.dep", "CONFIG_NFT_COMPAT is not set"
  bool operator==(const KernelExtension&) const = default;
};

/// Whether this kernel can serve a backend, found out without loading or creating anything.
struct KernelSupport {
  Support legacy = Support::unknown;
  Support nft = Support::unknown;
  std::string legacy_evidence =
      {};  ///< "/proc/net/ip_tables_names", "CONFIG_IP_NF_IPTABLES_LEGACY=y"
  std::string nft_evidence = {};
  std::vector<KernelExtension> extensions = {};  ///< sorted by module
  bool operator==(const KernelSupport&) const = default;
};

}  // namespace iptmode
