// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "iptmode/diagnose.h"
#include "iptmode/result.h"
#include "iptmode/snapshot.h"

namespace iptmode {

/// One thing about a node that an operator would call a change when it differs. Escaped text. A
/// subject can have an aspect more than once: two pods, two backends.
struct StableFact {
  std::string subject = {};  ///< "kube-router", "host", "finding"
  std::string aspect = {};   ///< "iptables", "link chain", "in the kernel"
  std::string value = {};    ///< "nf_tables 1.8.9", "legacy"
  auto operator<=>(const StableFact&) const = default;
};

/// Sorted, without doubles. No pids, namespace numbers, counters, handles, rule counts, times,
/// notes, and nothing that comes and goes with single pods or services. What could not be seen is a
/// fact too.
[[nodiscard]] std::vector<StableFact> stable_facts(const Snapshot& snapshot,
                                                   const std::vector<CheckResult>& checks);

/// SHA-256 of the facts in hex: equal exactly when they are. A container chooses some of the text,
/// so a checksum that can be forged would let it hide a change.
[[nodiscard]] std::string fingerprint(const std::vector<StableFact>& facts);

enum class Grade : std::uint8_t {
  regression,  ///< a fault is new or graver, or something that was there is gone
  recovery,    ///< a fault is gone or milder
  change,      ///< neither: an operator may have wanted it
};
[[nodiscard]] std::string_view to_string(Grade grade) noexcept;

/// All values of one aspect of one subject, before and now. An empty side: it was not there.
struct Change {
  Grade grade = Grade::change;
  std::string subject = {};
  std::string aspect = {};
  std::vector<std::string> before = {};
  std::vector<std::string> now = {};
  bool operator==(const Change&) const = default;
};

/// "kube-router: nf_tables 1.8.9 -> legacy 1.8.9"
[[nodiscard]] std::string to_string(const Change& change);

struct Comparison {
  std::vector<Change> changes = {};  ///< regressions first, then by subject and aspect
  /// Findings that came or went and that an exception covers: told, but no drift.
  std::vector<Change> excepted = {};
  /// "kube-router, in the kernel": aspects that were there and could not be looked at now.
  std::vector<std::string> unseen = {};
  bool blind = false;  ///< something could not be seen: no change is no proof of none

  [[nodiscard]] bool unchanged() const { return changes.empty() && !blind; }
  [[nodiscard]] unsigned count(Grade grade) const;
};

/// `before` was seen in full; `now` may hold facts about what could not be seen. What a gap hides
/// is no change, what was seen in spite of it is.
[[nodiscard]] Comparison compare(const std::vector<StableFact>& before,
                                 const std::vector<StableFact>& now);

/// What is written is 1.1. In 1.0, which had no minor number, the subjects of findings were kept
/// with each number as "#", so that web-0 and web-1 were one.
inline constexpr std::string_view kBaselineSchema = "iptmode.baseline/1";
inline constexpr std::string_view kBaselineMinor = ".1";
inline constexpr std::size_t kMaxBaselineBytes = 4U << 20U;

/// The state of a node that an operator has accepted.
struct Baseline {
  std::string tool_version = {};
  std::string hostname = {};
  std::string accepted_at = {};  ///< "2026-01-31T10:20:30Z"
  std::vector<StableFact> facts = {};
  bool masks_numbers = false;  ///< its schema is 1.0
  bool operator==(const Baseline&) const = default;
};

/// `facts` as the program that stored `baseline` would have put them: what is compared has one
/// form.
[[nodiscard]] std::vector<StableFact> in_form_of(const Baseline& baseline,
                                                 std::vector<StableFact> facts);

[[nodiscard]] std::string baseline_to_json(const Baseline& baseline);

/// Fails with errc::invalid_argument, in one line, when `text` is no baseline, is cut off, or does
/// not match its own fingerprint; with errc::not_supported for another major version.
[[nodiscard]] Result<Baseline> baseline_from_json(std::string_view text);

}  // namespace iptmode
