// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "cli/exit.h"
#include "cli/options.h"
#include "cli/terminal.h"
#include "iptmode/journal.h"
#include "iptmode/result.h"
#include "iptmode/snapshot.h"

namespace iptmode::cli {

/// What a command found out about its surroundings before it runs.
struct Surroundings {
  Terminal terminal = {};
  /// Of those the audit needs; an error when privileges could not be dropped.
  Result<std::vector<std::string>> missing_capabilities = {};
};

/// What a command has to say, and how the program ends once it is said.
struct Outcome {
  std::string text = {};
  Exit code = Exit::clean;
  bool delivered = false;    ///< the result is in its file; `text` is for standard output
  std::string warning = {};  ///< what went wrong beside it: one line for stderr, or nothing
  std::vector<JournalEntry> journal = {};  ///< what systemd's journal is told once it is said
};

/// Why a command has nothing to say: one line for stderr.
struct Failure {
  std::string message = {};
  Exit code = Exit::undecided;
};

using CommandResult = tl::expected<Outcome, Failure>;

/// One row of the table of commands. A command prints nothing itself.
struct Command {
  std::string_view name = {};
  std::string_view arguments = {};  ///< "[CHECK]", as --help shows them
  std::string_view summary = {};
  std::string_view words =
      {};  ///< what completes its argument; "CHECKS" and "COMMANDS" are lists, "FILES" are files
  std::size_t max_arguments = 0;
  bool json = false;        ///< has a JSON form
  bool redacts = false;     ///< obeys --redact
  bool monitoring = false;  ///< has a form for each monitoring system
  CommandResult (*run)(const Options&, const Surroundings&) = nullptr;
};

[[nodiscard]] std::span<const Command> all_commands();
/// Null when there is no such command. Exact names only.
[[nodiscard]] const Command* find_command(std::string_view name);

/// Looks at the node once.
[[nodiscard]] Result<Snapshot> observe(const Options& options, const Surroundings& surroundings);
/// The same, and every iptables on it reads the rules, whether that can tell something or not.
[[nodiscard]] Result<Snapshot> observe_and_cross_read(const Options& options,
                                                      const Surroundings& surroundings);

CommandResult audit(const Options& options, const Surroundings& surroundings);
CommandResult take_snapshot(const Options& options, const Surroundings& surroundings);
CommandResult diagnose_files(const Options& options, const Surroundings& surroundings);
CommandResult cross_read(const Options& options, const Surroundings& surroundings);
CommandResult make_bundle(const Options& options, const Surroundings& surroundings);
CommandResult explain(const Options& options, const Surroundings& surroundings);
CommandResult baseline(const Options& options, const Surroundings& surroundings);
CommandResult drift(const Options& options, const Surroundings& surroundings);
CommandResult completion(const Options& options, const Surroundings& surroundings);
CommandResult help(const Options& options, const Surroundings& surroundings);

/// The help of one command, or of the program for null.
[[nodiscard]] std::string help_text(const Command* command);

/// Wrong usage of a command, with the nearest of `words` as a hint.
[[nodiscard]] tl::unexpected<Failure> unknown_word(std::string_view what, std::string_view word,
                                                   std::span<const std::string_view> words);

}  // namespace iptmode::cli
