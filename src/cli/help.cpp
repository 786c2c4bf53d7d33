// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/option_table.h"
#include "report/display.h"

namespace iptmode::cli {

namespace {

constexpr std::size_t kWidth = 80;
constexpr std::size_t kCommandColumn = 28;
constexpr std::size_t kOptionColumn = 26;

void append_entry(std::string& out, const std::string& lead, std::string_view text,
                  std::size_t column) {
  for (const std::string& line : report::wrap_after(report::padded(lead, column), text, kWidth))
    out.append(line).append("\n");
}

std::string option_lead(const OptionRow& row) {
  const std::string letter = row.letter == 0 ? "    " : fmt::format("-{}, ", row.letter);
  return fmt::format("  {}--{}{}{}", letter, row.name, row.value.empty() ? "" : " ", row.value);
}

std::string options_text() {
  std::string out = "\nOptions, the same before and after every command:\n";
  for (const OptionRow& row : all_options()) {
    const std::string lead = option_lead(row);
    if (report::display_width(lead) + 2 <= kOptionColumn) {
      append_entry(out, lead, row.help, kOptionColumn);
      continue;
    }
    out.append(lead).append("\n");
    append_entry(out, "", row.help, kOptionColumn);
  }
  return out;
}

constexpr std::string_view kExitText =
    "\nExit status:\n"
    "  0   nothing at or above --fail-on\n"
    "  1   a finding at or above it\n"
    "  2   could not decide: a required fact not read, or the report not written\n"
    "  64  wrong usage\n"
    "With -o npd: 0 no problem, 1 a problem, 2 unknown or wrong usage.\n"
    "With -o nagios: 0 OK, 1 WARNING (below --fail-on), 2 CRITICAL, 3 UNKNOWN\n"
    "or wrong usage.\n";

constexpr std::string_view kExamples =
    "\nExamples:\n"
    "  iptmode                            audit this node\n"
    "  iptmode -o json | jq .verdict      the same for programs\n"
    "  iptmode explain backend_mismatch   what a finding means and how to mend it\n"
    "  iptmode diagnose *.json            stored snapshots, side by side\n"
    "  iptmode bundle --redact ip,host    everything for support, without names\n"
    "  iptmode --fail-on warning -q       for cron: be strict, be brief\n";

std::string commands_text() {
  std::string out = "\nCommands:\n";
  for (const Command& command : all_commands())
    append_entry(out,
                 fmt::format("  {}{}{}", command.name, command.arguments.empty() ? "" : " ",
                             command.arguments),
                 command.summary, kCommandColumn);
  return out;
}

std::string program_help() {
  std::string out =
      "Usage: iptmode [COMMAND] [OPTIONS]\n\n"
      "Tells which iptables backend and version every component of this Kubernetes\n"
      "node uses, what does not fit together, and what mends it. Changes nothing.\n";
  out += kExamples;
  return out + commands_text() + options_text() + std::string{kExitText};
}

}  // namespace

std::string help_text(const Command* command) {
  if (command == nullptr) return program_help();
  return fmt::format("Usage: iptmode {}{}{} [OPTIONS]\n\n{}\n", command->name,
                     command->arguments.empty() ? "" : " ", command->arguments, command->summary) +
         options_text();
}

CommandResult help(const Options& options, const Surroundings& /*surroundings*/) {
  if (options.arguments.empty()) return Outcome{.text = help_text(nullptr)};
  const std::string& name = options.arguments.front();
  if (const Command* command = find_command(name); command != nullptr)
    return Outcome{.text = help_text(command)};
  std::vector<std::string_view> names;
  for (const Command& command : all_commands()) names.push_back(command.name);
  return unknown_word("command", name, names);
}

}  // namespace iptmode::cli
