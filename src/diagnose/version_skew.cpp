// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "diagnose/blindness.h"
#include "diagnose/checks.h"
#include "diagnose/cross_readers.h"
#include "diagnose/domains.h"
#include "diagnose/host_users.h"
#include "diagnose/iptables_users.h"
#include "diagnose/node_commands.h"
#include "diagnose/subject_names.h"

namespace iptmode::checks {
namespace {

constexpr Version kReadsNative{1, 8, 8};       ///< the first that reads native marks and ports
constexpr Version kReadsShortPrefix{1, 8, 7};  ///< the first that reads loads of 1 to 3 bytes

/// Rules in one table that a reader gets wrong, by what it does to them. A table that it refuses is
/// the subject of reader_blind.
struct Misread {
  std::string table = {};           ///< "ip filter"
  std::uint64_t conditions = 0;     ///< marks and ports that it drops without a word
  std::uint64_t prefixes = 0;       ///< prefixes that it narrows to a single address
  bool rewritten_as_whole = false;  ///< kube-router restores all of it, others' rules included

  [[nodiscard]] std::uint64_t total() const { return conditions + prefixes; }
};

/// One old reader with what it shares its tables with.
struct Skew {
  const IptablesUser* reader = nullptr;
  std::vector<const IptablesUser*> writers = {};  ///< those whose rules it cannot read
  std::vector<Misread> live = {};                 ///< tables that hold such rules now

  [[nodiscard]] std::uint64_t count(std::uint64_t Misread::*part) const {
    std::uint64_t sum = 0;
    for (const Misread& table : live) sum += table.*part;
    return sum;
  }
};

Misread misread_in(const NftTable& table, const IptablesUser& reader) {
  const Encodings& encodings = table.encodings;
  Misread found{.table = table.family + " " + table.name};
  if (*reader.version < kReadsNative)
    found.conditions = encodings.native_mark + encodings.native_port;
  if (*reader.version < kReadsShortPrefix) found.prefixes = encodings.short_prefix;
  found.rewritten_as_whole =
      reader.writes_back() == WritesBack::whole_table && table.name == "filter";
  return found;
}

std::vector<Misread> misread_now(const NetworkState& network, const IptablesUser& reader) {
  std::vector<Misread> found;
  if (!network.nft) return found;
  const auto refused = refused_tables(reader, network);
  for (const NftTable& table : *network.nft) {
    if (!uses_table(reader, table)) continue;
    if (std::ranges::find(refused, &table) != refused.end()) continue;
    if (Misread misread = misread_in(table, reader); misread.total() > 0)
      found.push_back(std::move(misread));
  }
  return found;
}

/// A program that misreads rules of its own version has a bug, not a skew.
bool is_illegible(Version writer, Version reader) {
  const Legibility found = legibility(writer, reader);
  return found == Legibility::prefix_misread || found == Legibility::condition_lost;
}

std::vector<const IptablesUser*> newer_writers(const std::vector<IptablesUser>& users,
                                               const IptablesUser& reader) {
  std::vector<const IptablesUser*> writers;
  for (const IptablesUser& writer : users) {
    const bool writes = &writer != &reader && !writer.idle && writer.version &&
                        writer.backend == Backend::nf_tables;
    if (writes && is_illegible(*writer.version, *reader.version)) writers.push_back(&writer);
  }
  return writers;
}

/// By harm: a table restored as a whole loses its conditions for everybody; who asks and rewrites
/// chains of its own gets wrong answers; who only looks for its own marks is hurt when it cannot
/// read the table at all; and a program that nobody calls does nothing.
Severity severity_of(const Skew& skew) {
  if (skew.reader->idle) return Severity::info;
  const bool whole = std::ranges::any_of(skew.live, &Misread::rewritten_as_whole);
  switch (skew.reader->writes_back()) {
    case WritesBack::whole_table:
      if (whole) return Severity::critical;
      return skew.live.empty() ? Severity::warning : Severity::error;
    case WritesBack::own_chains: return skew.live.empty() ? Severity::warning : Severity::error;
    case WritesBack::nothing: return Severity::info;
  }
  return Severity::warning;
}

std::string harm_of(const Skew& skew) {
  if (skew.reader->idle)
    return "What it lists is not what the kernel holds; saving and restoring with it would destroy "
           "rules.";
  if (skew.live.empty())
    return "At the next rule with a mark, a port or a short prefix it reads something else than "
           "was written.";
  if (std::ranges::any_of(skew.live, &Misread::rewritten_as_whole))
    return "It restores the filter table as it reads it: a DROP for marked packets becomes a DROP "
           "for all packets, at its next sync.";
  if (skew.reader->writes_back() == WritesBack::nothing)
    return "It looks only for marks of its own in them, so no traffic suffers by it.";
  return "Whether a rule exists is answered wrongly, so rules are missing or doubled; what is "
         "saved and restored loses its conditions.";
}

std::string message_of(const Skew& skew) {
  const std::string version = to_string(*skew.reader->version);
  if (skew.live.empty())
    return fmt::format(
        "{} reads with iptables {} the nf_tables rules that a newer iptables writes. {}",
        skew.reader->subject, version, harm_of(skew));
  std::uint64_t count = 0;
  for (const Misread& table : skew.live) count += table.total();
  return fmt::format(
      "{} reads with iptables {}, and the kernel holds {} in a form that it misreads. {}",
      skew.reader->subject, version, count_of(count, "expression"), harm_of(skew));
}

std::string describe(const Misread& misread) {
  std::vector<std::string> parts;
  if (misread.conditions > 0)
    parts.push_back(
        fmt::format("{} it drops (marks, ports)", count_of(misread.conditions, "condition")));
  if (misread.prefixes > 0)
    parts.push_back(fmt::format("{} it narrows to a single address",
                                count_of(misread.prefixes, "prefix load")));
  return fmt::format("nft table {}: {}", misread.table, fmt::join(parts, ", "));
}

std::vector<std::string> evidence_of(const Skew& skew, const Snapshot& snapshot) {
  std::vector<std::string> lines{"reader: " + program_of(*skew.reader)};
  if (const auto behind = users_behind(skew.reader->place); !behind.empty())
    lines.back() += fmt::format("; {}", behind);
  if (skew.reader->place == Place::host)
    for (std::string& line : uses_of_host_iptables(snapshot)) lines.push_back(std::move(line));
  for (const IptablesUser* writer : skew.writers)
    lines.push_back(fmt::format("writer: {}, {}", writer->subject, program_of(*writer)));
  for (const Misread& table : skew.live) lines.push_back(describe(table));
  if (skew.writers.empty())
    lines.emplace_back(
        "no iptables found here writes that form: the rules come from another program, or from one "
        "that has been replaced since");
  return lines;
}

/// The oldest release that reads everything which this reader now misreads.
Version needed_by(const Skew& skew) {
  const auto native = [](const IptablesUser* writer) { return *writer->version >= kReadsNative; };
  const bool holds_native = skew.count(&Misread::conditions) > 0;
  // 1.8.8 itself misreads a prefix beside a mark.
  return holds_native || std::ranges::any_of(skew.writers, native) ? Version{1, 8, 9}
                                                                   : kReadsShortPrefix;
}

std::string replace_reader(const Skew& skew, const Snapshot& snapshot) {
  const std::string needed = to_string(needed_by(skew));
  switch (skew.reader->place) {
    case Place::k0s_bin:
      return fmt::format("upgrade k0s: 1.28 and later bring iptables 1.8.9 or later in {}",
                         snapshot.k0s ? snapshot.k0s->bin_dir : "its bin directory");
    case Place::host:
      return fmt::format(
          "do not save and restore rules with the host's iptables; read them with `{}`, or install "
          "{} or later",
          command_for(snapshot, Backend::nf_tables, IpFamily::ipv4, "iptables-save"), needed);
    case Place::component: break;
  }
  return fmt::format("use an image or package of {} with iptables {} or later, then {}",
                     to_string(skew.reader->component->kind), needed,
                     renew(*skew.reader->component, snapshot));
}

std::vector<std::string> remedy_of(const Skew& skew, const Snapshot& snapshot) {
  std::vector<std::string> steps{replace_reader(skew, snapshot)};
  if (skew.reader->idle || skew.live.empty()) return steps;
  steps.push_back(fmt::format(
      "see whether rules were damaged already, from a console that does not need the network: `{} "
      "| grep -E 'KUBE-FIREWALL|CNI-HOSTPORT-MASQ'`; a DROP or MASQUERADE without its mark is "
      "damaged, delete it",
      command_for(snapshot, Backend::nf_tables, IpFamily::ipv4, "iptables-save")));
  return steps;
}

/// What the reader's own binary made of the rules that are here.
enum class Proof : std::uint8_t {
  none,       ///< it was not asked
  confirmed,  ///< it misreads or refuses some: reader_misreads and reader_blind say which
  cleared,    ///< it reads all of them as they are
};

Proof proof_for(const IptablesUser& user, const CrossVerdict& verdict, const Snapshot& snapshot) {
  for (const CrossReader& reader : cross_readers(snapshot)) {
    if (reader.readings != readings_of(user, snapshot)) continue;
    const auto wrong = [&](const ShapeVerdicts& row) {
      const auto outcome = row.cells[reader.number].outcome;
      return !row.shape->native && (outcome == ReadingVerdict::Outcome::misread ||
                                    outcome == ReadingVerdict::Outcome::unreadable);
    };
    const auto open = [&](const ShapeVerdicts& row) {
      const auto outcome = row.cells[reader.number].outcome;
      return outcome == ReadingVerdict::Outcome::not_asked ||
             outcome == ReadingVerdict::Outcome::undecided;
    };
    if (std::ranges::any_of(verdict.shapes, wrong)) return Proof::confirmed;
    if (!std::ranges::any_of(verdict.shapes, open)) return Proof::cleared;
  }
  return Proof::none;
}

Finding confirmed(const Skew& skew, const Snapshot& snapshot) {
  Finding finding{.subject = skew.reader->subject};
  finding.message = fmt::format(
      "{} reads with iptables {} what a newer iptables wrote, and was caught at it: "
      "reader_misreads "
      "and reader_blind name the rules.",
      skew.reader->subject, to_string(*skew.reader->version));
  finding.evidence = evidence_of(skew, snapshot);
  return finding;
}

/// A skew that its own reader disproves is none: distributions mend old releases.
void examine(const Skew& skew, Proof proof, const Snapshot& snapshot,
             std::vector<Finding>& findings) {
  if (proof == Proof::confirmed) {
    findings.push_back(confirmed(skew, snapshot));
    return;
  }
  if (proof == Proof::cleared && !skew.live.empty()) return;
  findings.push_back({.severity = severity_of(skew),
                      .subject = skew.reader->subject,
                      .message = message_of(skew),
                      .evidence = evidence_of(skew, snapshot),
                      .remedy = remedy_of(skew, snapshot)});
}

CheckOutcome judge_version_skew(const Snapshot& snapshot, const CrossVerdict& verdict) {
  CheckOutcome outcome;
  for (const Domain& domain : domains_of(snapshot)) {
    const std::vector<IptablesUser> users = iptables_users(domain, snapshot);
    for (const IptablesUser& reader : users) {
      if (reader.backend != Backend::nf_tables || !reader.version) continue;
      const Skew skew{.reader = &reader,
                      .writers = newer_writers(users, reader),
                      .live = misread_now(*domain.network, reader)};
      if (skew.writers.empty() && skew.live.empty()) continue;
      const Proof proof = domain.is_node ? proof_for(reader, verdict, snapshot) : Proof::none;
      const bool refuses = !refused_tables(reader, *domain.network).empty();
      if (refuses && skew.live.empty() && proof == Proof::none) continue;
      examine(skew, proof, snapshot, outcome.findings);
    }
  }
  return outcome;
}

}  // namespace

Check version_skew() {
  return {
      .id = "version_skew",
      .title = "No old iptables reads rules that a newer one wrote",
      .severity = Severity::critical,
      .needs = kNeeds<Fact::processes, Fact::k0s, Fact::installations, Fact::nft_rules>,
      .run_on_readings = judge_version_skew,
      .looks_for =
          "Programs of the nf_tables variant in one network namespace where an older one reads "
          "tables that a newer one writes. Releases that read alike: up to 1.8.6; 1.8.7; 1.8.8; "
          "1.8.9 and later. The rules in the kernel are counted by how they are encoded: with such "
          "rules there the fault is live, without them it waits for the next one. Where the reader "
          "itself was asked to read the rules, its answer decides: reader_misreads names them, or "
          "the reader is cleared. A newer reader "
          "of older rules is fine, and so are two versions of one class; legacy tables have one "
          "encoding for all versions.",
      .matters =
          "A reader before 1.8.8 drops marks and ports from the rules of 1.8.8 and later without a "
          "word: `-m mark --mark 0x8000/0x8000 -j DROP` comes back as `-j DROP`. kube-router "
          "restores the filter table as it read it, so the node drops all traffic. Port ranges and "
          "NFLOG make such a reader refuse the table (reader_blind). A reader before 1.8.7 takes "
          "10.244.0.0/16 "
          "for 10.244.0.0/32.",
      .mend =
          "Bring every program of the node into one class, 1.8.9 or later: upgrade k0s to 1.28 or "
          "later, use its own images, and take the host's package from the distribution's current "
          "release or remove it. Then renew the pods and delete damaged rules.",
      .sources =
          "iptables commits 32325900 (1.8.7), 94309632, 6aba94ef, c034cf31, 98e69b7e, db99f601 "
          "(1.8.8)\n"
          "https://github.com/kubernetes/kubernetes/issues/112477\n"
          "https://github.com/kubernetes/kubernetes/issues/114549\n"
          "https://github.com/cloudnativelabs/kube-router/issues/1370\n"
          "https://github.com/cloudnativelabs/kube-router/issues/1588\n"
          "https://bugzilla.netfilter.org/show_bug.cgi?id=1632"};
}

}  // namespace iptmode::checks
