// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/commands.h"

#include <algorithm>
#include <array>
#include <limits>

#include <fmt/format.h>

#include "cli/suggestion.h"
#include "iptmode/escape.h"

namespace iptmode::cli {

namespace {

constexpr std::array kCommands{
    Command{.name = "audit",
            .summary = "audit this node (what happens without a command)",
            .json = true,
            .monitoring = true,
            .run = audit},
    Command{.name = "snapshot",
            .summary = "what was seen, as JSON, without a verdict",
            .json = true,
            .redacts = true,
            .run = take_snapshot},
    Command{.name = "bundle",
            .summary = "everything for support in one archive: report, snapshot, raw evidence",
            .redacts = true,
            .run = make_bundle},
    Command{
        .name = "diagnose",
        .arguments = "FILE...",
        .summary = "audit stored snapshots or bundles, - is standard input; several: side by side",
        .words = "FILES",
        .max_arguments = std::numeric_limits<std::size_t>::max(),
        .json = true,
        .monitoring = true,
        .run = diagnose_files},
    Command{.name = "crossread",
            .summary = "let every iptables here read the rules in the kernel, and compare",
            .json = true,
            .run = cross_read},
    Command{.name = "explain",
            .arguments = "[CHECK]",
            .summary = "what a check looks for, why it matters, how to mend it; or the list",
            .words = "CHECKS",
            .max_arguments = 1,
            .run = explain},
    Command{.name = "baseline",
            .arguments = "accept|show|clear",
            .summary = "accept this node as it is, show what was accepted, or forget it",
            .words = "accept show clear",
            .max_arguments = 1,
            .json = true,
            .run = baseline},
    Command{.name = "drift",
            .summary = "what has changed on this node since its baseline was accepted",
            .json = true,
            .run = drift},
    Command{.name = "completion",
            .arguments = "bash|zsh|fish",
            .summary = "print the completion script of a shell",
            .words = "bash zsh fish",
            .max_arguments = 1,
            .run = completion},
    Command{.name = "help",
            .arguments = "[COMMAND]",
            .summary = "show this help, or that of one command",
            .words = "COMMANDS",
            .max_arguments = 1,
            .run = help}};

}  // namespace

std::span<const Command> all_commands() {
  return kCommands;
}

const Command* find_command(std::string_view name) {
  const auto* found = std::ranges::find(kCommands, name, &Command::name);
  return found == kCommands.end() ? nullptr : found;
}

tl::unexpected<Failure> unknown_word(std::string_view what, std::string_view word,
                                     std::span<const std::string_view> words) {
  const std::string_view near = nearest(word, words);
  const std::string hint = near.empty() ? "" : fmt::format("; did you mean {}?", near);
  return tl::unexpected(Failure{
      .message = fmt::format("unknown {} '{}'{}", what, escape(word), hint), .code = Exit::usage});
}

}  // namespace iptmode::cli
