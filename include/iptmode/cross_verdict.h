// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "iptmode/snapshot.h"

namespace iptmode {

/// What one reader makes of one rule shape.
struct ReadingVerdict {
  enum class Outcome : std::uint8_t {
    same,          ///< the words of the reference
    same_meaning,  ///< other words that say the same
    misread,       ///< a condition is lost or changed, or the action is: `differences` names them
    unreadable,    ///< it refuses the rule, and with it the whole table
    undecided,     ///< `differences` says what nobody here can tell
    not_asked,     ///< `reading` says why
  };
  Outcome outcome = Outcome::not_asked;
  std::vector<std::string> differences = {};  ///< "--mark 0x4000/0x4000 is missing"
  std::string reading = {};  ///< the reader's own words without "-A CHAIN"; foreign bytes
  bool operator==(const ReadingVerdict&) const = default;
};
[[nodiscard]] std::string_view to_string(ReadingVerdict::Outcome outcome) noexcept;

/// One shape with what every reader makes of it. Borrows from the snapshot.
struct ShapeVerdicts {
  IpFamily family = IpFamily::ipv4;
  const NftTable* table = nullptr;         ///< never null
  std::uint32_t number = 0;                ///< index into the table's shapes
  const RuleShape* shape = nullptr;        ///< never null
  std::string reference = {};              ///< the true reading, in iptables' words
  bool agreed = false;                     ///< that is what the newest readers here agree on
  std::vector<ReadingVerdict> cells = {};  ///< one for each reader, in the order of the readings
};

/// A table that a reader cannot read as it stands.
struct BlindTable {
  const NftTable* table = nullptr;  ///< never null
  std::vector<std::uint32_t> because =
      {};                   ///< indices of the shapes that blind it, if it was found
  std::string detail = {};  ///< how its run ended: "exit status 3: ..."
};

struct CrossVerdict {
  std::vector<ShapeVerdicts> shapes = {};           ///< family by family, table by table
  std::vector<std::vector<BlindTable>> blind = {};  ///< one list for each reader
};

/// Whether a run says something about the rules: it took place and came to its end.
[[nodiscard]] bool was_heard(const SaveRun& run) noexcept;

/// Judges every cell of the snapshot's cross-reading. The reference of a shape is what all readers
/// of the newest class (1.8.9 and later) agree on; independent of them every reading is held
/// against what the kernel's expressions say. Where the two contradict each other on a rule that
/// iptables wrote, nobody is accused. Empty without a cross-reading. Pure; borrows from `snapshot`.
[[nodiscard]] CrossVerdict judge_readings(const Snapshot& snapshot);

}  // namespace iptmode
