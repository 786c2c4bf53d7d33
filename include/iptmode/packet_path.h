// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "iptmode/backend.h"
#include "iptmode/base_chain.h"
#include "iptmode/node_networks.h"
#include "iptmode/rule.h"

namespace iptmode {

/// A packet that opens a connection, as far as it is known: it stands for every packet that fits.
/// Its conntrack state is new, its mark 0, its source port an ephemeral one, and what answers it
/// goes out by the interface that it came in by.
struct Packet {
  enum class Way : std::uint8_t { input, output, forward };
  Way way = Way::input;
  IpFamily family = IpFamily::ipv4;
  std::uint8_t protocol = 0;                     ///< IPPROTO_*
  std::vector<Interval> source = {};             ///< 4 or 16 bytes; empty: any address
  std::vector<Interval> destination = {};        ///< the same
  std::vector<Interval> destination_port = {};   ///< 2 bytes; empty: any, or there are none
  std::vector<std::string> in_interfaces = {};   ///< one of these; empty: not known, or none
  std::vector<std::string> out_interfaces = {};  ///< the same
  bool operator==(const Packet&) const = default;
};
[[nodiscard]] std::string_view to_string(Packet::Way way) noexcept;

/// A packet that somebody wants the firewall's answer for.
struct PacketQuestion {
  std::string id = {};  ///< "kubeApiserver", "podForward": unique with the packet's family
  Packet packet = {};
  bool operator==(const PacketQuestion&) const = default;
};

/// A rule at its place. One rule with a verdict map or a set of concatenated keys is several of the
/// same number, one for each element.
struct PlacedRule {
  std::uint32_t number = 0;  ///< from 1 in its chain, those that are left out counted
  Rule rule = {};
  bool operator==(const PlacedRule&) const = default;
};

/// One chain, reduced to the rules that can meet a packet of the questions.
struct PathChain {
  std::string name = {};
  std::optional<BaseChain> base = {};  ///< absent: reached by a jump
  std::vector<PlacedRule> rules = {};
  bool cut = false;  ///< there are more behind the last, too many to keep
  bool operator==(const PathChain&) const = default;
};

struct PathTable {
  Backend backend = Backend::nf_tables;
  std::string family = {};  ///< "ip", "ip6", "inet", "netdev"
  std::string name = {};
  std::vector<PathChain> chains = {};  ///< a jump to one that is not here means: nothing in it fits
  bool operator==(const PathTable&) const = default;
};

/// What a packet of a question becomes by a rule that gives it another destination.
struct TranslatedPacket {
  std::uint64_t question = 0;  ///< index into PacketPath::questions
  std::string action = {};  ///< in the words of iptables-save: "-j DNAT --to-destination 10.0.0.9"
  Packet packet = {};       ///< where it is bound for now, and on which way that is
  bool operator==(const TranslatedPacket&) const = default;
};

/// An ipset that rules of the path look addresses up in.
struct AddressSet {
  std::string name = {};
  IpFamily family = IpFamily::ipv4;
  std::vector<Interval> members = {};  ///< all of them, 4 or 16 bytes, sorted, neighbours joined
  bool operator==(const AddressSet&) const = default;
};

/// What a packet of the questions can meet on its way through one network namespace.
struct PacketPath {
  std::vector<PacketQuestion> questions = {};
  /// The chains hold what these can meet, too. One that is not here cannot be followed.
  std::vector<TranslatedPacket> translated = {};
  std::vector<PathTable> tables = {};  ///< of both backends, sorted by backend, family, name
  /// Those of addresses alone whose members could be read. Whether a packet is in another one is
  /// not known.
  std::vector<AddressSet> address_sets = {};
  bool operator==(const PacketPath&) const = default;
};

/// What becomes of a packet.
struct PacketFate {
  enum class Kind : std::uint8_t { accepted, dropped, rejected, undecidable };
  Kind kind = Kind::undecidable;
  std::string decided_by = {};  ///< "nf_tables ip filter INPUT, rule 3: -p tcp --dport 22 -j DROP",
                                ///< "legacy filter INPUT, policy drop"; of an undecidable one: what
                                ///< is not understood; of an accepted one: the last word, if any
                                ///< and if it is the same on every way
  /// The rule that gives it another destination, if one does whatever is in doubt; and what the
  /// packet is from there on (by the first of them, where chance decides between several).
  std::string translated_by = {};
  Packet packet = {};
  /// The base chain in which a packet ends that is dropped or rejected; empty otherwise.
  Backend backend = Backend::nf_tables;
  std::string family = {};
  std::string table = {};
  std::string chain = {};
  bool operator==(const PacketFate&) const = default;
};
[[nodiscard]] std::string_view to_string(PacketFate::Kind kind) noexcept;

/// Whether a packet can meet all conditions of the rule. True when in doubt.
[[nodiscard]] bool can_match(const Rule& rule, const Packet& packet);

/// Fills `path.translated` with what the packets of its questions can become by the rules that it
/// holds. `links` are the node's, with all addresses. Only what is certain about the way behind the
/// translation is there: no address of the loopback, no range that is the node's in part.
void follow_translations(PacketPath& path, const std::vector<NetworkLink>& links);

/// Follows a question's packet through every base chain on its way, of both backends, in the order
/// of priority, and further where it gets another destination. Answers only where no doubt is left:
/// what the rules say that this program does not understand, and an order that it cannot know,
/// count both ways.
[[nodiscard]] PacketFate evaluate(const PacketPath& path, const PacketQuestion& question);

/// The same for those of the question's packets that come from `sources`, some of its own.
[[nodiscard]] PacketFate evaluate_from(const PacketPath& path, const PacketQuestion& question,
                                       const std::vector<Interval>& sources);

}  // namespace iptmode
