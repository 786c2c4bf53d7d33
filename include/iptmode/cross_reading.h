// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "iptmode/backend.h"
#include "iptmode/version.h"

namespace iptmode {

/// One iptables that was asked, told apart by the identity of its file.
struct IptablesReader {
  std::string label = {};  ///< "k0s", "host", "kube-router (pid 1402)": the first place that has it
  std::vector<std::string> places = {};  ///< all places with this very file, `label` first
  std::string path = {};                 ///< the final file, inside its place
  std::optional<Version> version = {};
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  bool operator==(const IptablesReader&) const = default;
};

/// How one run of a reader's own `-save` on the rebuilt tables ended.
struct SaveRun {
  enum class Outcome : std::uint8_t {
    printed,     ///< exit status 0 and every table closed by COMMIT
    incomplete,  ///< a table without COMMIT, or "is incompatible" in its place
    refused,     ///< another exit status
    died,        ///< by a signal
    timed_out,   ///< or it wrote without end
    not_run,     ///< `detail` says why
  };
  Outcome outcome = Outcome::not_run;
  std::string detail = {};  ///< "exit status 3: Parsing nftables rule failed", "signal 11"
  std::string text = {};    ///< standard output, bounded
  bool operator==(const SaveRun&) const = default;
};
[[nodiscard]] std::string_view to_string(SaveRun::Outcome outcome) noexcept;

/// What one reader printed of one family. A table that it could not read whole is replayed shape by
/// shape: then `alone` has a run for each shape of that table.
struct FamilyReading {
  struct Alone {
    std::string table = {};
    std::uint32_t shape = 0;  ///< index into that table's NftTable::shapes
    SaveRun run = {};
    bool operator==(const Alone&) const = default;
  };
  IpFamily family = IpFamily::ipv4;
  SaveRun whole = {};
  std::vector<Alone> alone = {};
  bool operator==(const FamilyReading&) const = default;
};

/// A bug that lives inside one version, looked for with the reader's own binary in a scratch
/// network namespace.
struct BugProbe {
  enum class Outcome : std::uint8_t { present, absent, undecided };
  std::string bug =
      {};  ///< "interface_ignored", "ipv6_legacy_check", "prefix_misread", "check_misses"
  Outcome outcome = Outcome::undecided;
  std::string detail = {};  ///< what was run and what it answered
  bool operator==(const BugProbe&) const = default;
};
[[nodiscard]] std::string_view to_string(BugProbe::Outcome outcome) noexcept;

/// An iptables-nft and what it reads.
struct ReaderReadings {
  IptablesReader reader = {};
  std::vector<FamilyReading> families = {};  ///< those with at least one shape
  std::vector<BugProbe> bugs = {};
  bool operator==(const ReaderReadings&) const = default;
};

/// An iptables-legacy, which reads no table of nft, and what was looked for in it.
struct LegacyTrial {
  IptablesReader program = {};
  std::vector<BugProbe> bugs = {};
  bool operator==(const LegacyTrial&) const = default;
};

/// A shape that the scratch kernel did not take: nobody was asked about it.
struct SetAside {
  IpFamily family = IpFamily::ipv4;
  std::string table = {};
  std::uint32_t shape = 0;
  std::string reason = {};
  bool operator==(const SetAside&) const = default;
};

/// Every reader's text of the shapes of the node's own network namespace, rebuilt in a scratch one.
/// In the rebuilt tables each shape is the only rule of a chain of its own, named by
/// shape_chain_name(); what a reader prints is told apart by that name.
struct CrossReading {
  std::optional<std::string> skipped =
      {};  ///< why nobody was asked: "user namespaces are switched off"
  std::vector<ReaderReadings> readers = {};
  std::vector<SetAside> set_aside = {};
  std::vector<LegacyTrial> legacy = {};
  bool operator==(const CrossReading&) const = default;
};

/// "s17": the chain of shape 17 of a table.
[[nodiscard]] std::string shape_chain_name(std::uint32_t shape);

}  // namespace iptmode
