// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "iptmode/drift.h"

namespace iptmode::drift {

/// Sorted and unique, so that two pods of one image are one fact.
using Facts = std::set<StableFact>;

/// Ends the value of a finding that an exception covers.
inline constexpr std::string_view kExcepted = ", excepted";

/// Subjects and aspects that more than one file of this folder knows.
inline constexpr std::string_view kFinding = "finding";    ///< aspect: check and subject
inline constexpr std::string_view kUnseen = "unseen";      ///< aspect: name of a Fact
inline constexpr std::string_view kProcess = "process";    ///< of a component: whether it runs
inline constexpr std::string_view kIptables = "iptables";  ///< of a place: backend and version
inline constexpr std::string_view kInKernel = "in the kernel";

/// Of the node, with the reason: nobody could be asked to read the rules.
inline constexpr std::string_view kNotRead = "cross-reading";

/// Adds a fact; the parts are escaped and cut here, so they may be foreign bytes.
void add(Facts& facts, std::string_view subject, std::string_view aspect, std::string_view value);

/// What `subject` would run: backend and version, link chain, what else it could use.
void add_installation(Facts& facts, std::string_view subject, const Installation& installation);

/// The areas of which `facts` say that something in them was not seen.
[[nodiscard]] std::set<Fact> unseen_areas(const std::vector<StableFact>& facts);

/// Whether a gap in one of `areas` can be why a fact is not there.
[[nodiscard]] bool is_hidden(const StableFact& fact, const std::set<Fact>& areas);

/// Whether a finding rests on what readers made of the rules.
[[nodiscard]] bool rests_on_readings(const StableFact& fact);

/// A value that says only that it was not seen.
[[nodiscard]] bool says_nothing(std::string_view value);

/// The values of each aspect of each subject.
using Subject = std::pair<std::string, std::string>;  ///< and aspect
using Values = std::set<std::string>;
using Table = std::map<Subject, Values>;

/// Facts name only those of the six names that are not as `iptables`: here each gets its own, so
/// that a change of `iptables` is none of the others.
void spell_out_programs(Table& table);

/// Without those that another of them tells: names that changed as `iptables` did, and the links
/// that lead to a program that has a line of its own.
[[nodiscard]] std::vector<Change> without_repetitions(const std::vector<Change>& changes);

/// Sets the grade of each change: findings and kernel support by themselves, the facts about a
/// component by the findings about it; one that runs and has lost its rules is a regression.
void grade(std::vector<Change>& changes);

}  // namespace iptmode::drift
