// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/completion.h"

#include <array>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/commands.h"
#include "cli/option_table.h"

namespace iptmode::cli {

namespace {

std::string check_ids() {
  std::vector<std::string_view> ids;
  for (const Check& check : all_checks()) ids.push_back(check.id);
  return fmt::format("{}", fmt::join(ids, " "));
}

std::string command_names() {
  std::vector<std::string_view> names;
  for (const Command& command : all_commands()) names.push_back(command.name);
  return fmt::format("{}", fmt::join(names, " "));
}

// The words that an argument of this command can be.
std::string argument_words(const Command& command) {
  if (command.words == "CHECKS") return check_ids();
  return command.words == "COMMANDS" ? command_names() : std::string{command.words};
}

bool takes_files(const Command& command) {
  return command.words == "FILES";
}

// A text between single quotes, for every one of the three shells.
std::string quoted(std::string_view text) {
  std::string result = "'";
  for (const char byte : text) {
    if (byte == '\'')
      result += "'\\''";
    else
      result += byte;
  }
  return result + "'";
}

constexpr std::string_view kBashFiles = "COMPREPLY=($(compgen -f -- \"$current\"))";

std::string bash_values(const OptionRow& row) {
  switch (row.kind) {
    case ValueKind::words: return fmt::format("_iptmode_words '{}'", row.words);
    case ValueKind::checks: return "_iptmode_list \"$checks\"";
    case ValueKind::file: return std::string{kBashFiles};
    case ValueKind::directory: return "COMPREPLY=($(compgen -d -- \"$current\"))";
    case ValueKind::number:
    case ValueKind::none: return ":";
  }
  return ":";
}

std::string bash_option_cases() {
  std::string cases;
  for (const OptionRow& row : all_options()) {
    if (row.is_switch()) continue;
    const std::string letter = row.letter == 0 ? "" : fmt::format(" | -{}", row.letter);
    cases += fmt::format("    --{}{}) {}; return ;;\n", row.name, letter, bash_values(row));
  }
  return cases;
}

std::string bash_command_cases() {
  std::string cases;
  for (const Command& command : all_commands())
    if (takes_files(command))
      cases += fmt::format("    {}) {} ;;\n", command.name, kBashFiles);
    else if (command.max_arguments > 0)
      cases +=
          fmt::format("    {}) _iptmode_words '{}' ;;\n", command.name, argument_words(command));
  return cases;
}

std::string long_options() {
  std::vector<std::string> names;
  for (const OptionRow& row : all_options()) names.push_back(fmt::format("--{}", row.name));
  return fmt::format("{}", fmt::join(names, " "));
}

// Bash splits at '=' and hands over the pieces, so "--color=al" arrives as three words.
constexpr std::string_view kBash = R"(# bash completion for iptmode

_iptmode_words() {{ COMPREPLY=($(compgen -W "$1" -- "$current")); }}

_iptmode_list() {{
  local done=
  [[ $current == *,* ]] && done=${{current%,*}},
  COMPREPLY=($(compgen -P "$done" -W "$1" -- "${{current##*,}}"))
}}

_iptmode() {{
  local checks='{checks}' commands='{commands}'
  local current=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}} word command=
  if [[ $current == = ]]; then
    current=
  elif [[ $before == = ]]; then
    before=${{COMP_WORDS[COMP_CWORD - 2]}}
  fi
  case $before in
{option_cases}  esac
  if [[ $current == -* ]]; then
    _iptmode_words '{options}'
    return
  fi
  for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
    [[ " $commands " == *" $word "* ]] && command=$word && break
  done
  case $command in
    '') _iptmode_words "$commands" ;;
{command_cases}  esac
}}

complete -F _iptmode iptmode
)";

std::string zsh_action(const OptionRow& row) {
  switch (row.kind) {
    case ValueKind::words: return fmt::format("({})", row.words);
    case ValueKind::checks: return "_iptmode_checks";
    case ValueKind::file: return "_files";
    case ValueKind::directory: return "_files -/";
    case ValueKind::number:
    case ValueKind::none: return "";
  }
  return "";
}

// In a specification of _arguments brackets and colons end a part.
std::string zsh_text(std::string_view text) {
  std::string result;
  for (const char byte : text) {
    if (byte == '[' || byte == ']' || byte == ':') result += '\\';
    result += byte;
  }
  return result;
}

std::string zsh_option(const OptionRow& row) {
  const std::string equals = row.is_switch() ? "" : "=";
  const std::string value =
      row.is_switch() ? "" : fmt::format(":{}:{}", zsh_text(row.value), zsh_action(row));
  const std::string rest = fmt::format("[{}]{}", zsh_text(row.help), value);
  const std::string again = row.repeatable ? "*" : "";
  std::string line =
      fmt::format("    {} \\\n", quoted(fmt::format("{}--{}{}{}", again, row.name, equals, rest)));
  if (row.letter != 0)
    line += fmt::format("    {} \\\n", quoted(fmt::format("{}-{}{}", again, row.letter, rest)));
  return line;
}

constexpr std::string_view kZsh = R"(#compdef iptmode

_iptmode_checks() {{
  local -a checks=({checks})
  _values -s , check $checks
}}

_iptmode_argument() {{
  case $line[1] in
{command_cases}  esac
}}

_iptmode() {{
  local -a commands=(
{commands}  )
  local -a line
  _arguments -s -S \
{options}    '1:command:{{_describe command commands}}' \
    '*:argument:_iptmode_argument'
}}

_iptmode "$@"
)";

std::string zsh_commands() {
  std::string lines;
  for (const Command& command : all_commands())
    lines += fmt::format("    {}\n",
                         quoted(fmt::format("{}:{}", command.name, zsh_text(command.summary))));
  return lines;
}

std::string zsh_command_cases() {
  std::string cases;
  for (const Command& command : all_commands())
    if (takes_files(command))
      cases += fmt::format("    {}) _files ;;\n", command.name);
    else if (command.max_arguments > 0)
      cases += fmt::format("    {}) compadd -- {} ;;\n", command.name, argument_words(command));
  return cases;
}

std::string fish_option(const OptionRow& row) {
  std::string line = fmt::format("complete -c iptmode -l {}", row.name);
  if (row.letter != 0) line += fmt::format(" -s {}", row.letter);
  switch (row.kind) {
    case ValueKind::words: line += fmt::format(" -x -a {}", quoted(row.words)); break;
    case ValueKind::checks:
      line += fmt::format(" -x -a \"(__fish_complete_list , 'echo {} | string split \\\" \\\"')\"",
                          check_ids());
      break;
    case ValueKind::file: line += " -r -F"; break;
    case ValueKind::directory: line += " -x -a '(__fish_complete_directories)'"; break;
    case ValueKind::number: line += " -x"; break;
    case ValueKind::none: break;
  }
  return fmt::format("{} -d {}\n", line, quoted(row.help));
}

std::string fish_command(const Command& command) {
  std::string lines =
      fmt::format("complete -c iptmode -n \"not __fish_seen_subcommand_from {}\" -a {} -d {}\n",
                  command_names(), command.name, quoted(command.summary));
  if (takes_files(command))
    lines +=
        fmt::format("complete -c iptmode -n \"__fish_seen_subcommand_from {}\" -F\n", command.name);
  else if (command.max_arguments > 0)
    lines += fmt::format("complete -c iptmode -n \"__fish_seen_subcommand_from {}\" -a {}\n",
                         command.name, quoted(argument_words(command)));
  return lines;
}

}  // namespace

std::string bash_completion() {
  return fmt::format(kBash, fmt::arg("checks", check_ids()), fmt::arg("commands", command_names()),
                     fmt::arg("option_cases", bash_option_cases()),
                     fmt::arg("options", long_options()),
                     fmt::arg("command_cases", bash_command_cases()));
}

std::string zsh_completion() {
  std::string options;
  for (const OptionRow& row : all_options()) options += zsh_option(row);
  return fmt::format(kZsh, fmt::arg("checks", check_ids()), fmt::arg("commands", zsh_commands()),
                     fmt::arg("command_cases", zsh_command_cases()), fmt::arg("options", options));
}

std::string fish_completion() {
  std::string script = "# fish completion for iptmode\ncomplete -c iptmode -f\n";
  for (const Command& command : all_commands()) script += fish_command(command);
  for (const OptionRow& row : all_options()) script += fish_option(row);
  return script;
}

CommandResult completion(const Options& options, const Surroundings& /*surroundings*/) {
  constexpr std::array<std::string_view, 3> kShells{"bash", "zsh", "fish"};
  if (options.arguments.empty())
    return tl::unexpected(
        Failure{.message = "completion: name a shell: bash, zsh or fish", .code = Exit::usage});
  const std::string& shell = options.arguments.front();
  if (shell == "bash") return Outcome{.text = bash_completion()};
  if (shell == "zsh") return Outcome{.text = zsh_completion()};
  if (shell == "fish") return Outcome{.text = fish_completion()};
  return unknown_word("shell", shell, kShells);
}

}  // namespace iptmode::cli
