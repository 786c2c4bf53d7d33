// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "iptmode/diagnose.h"
#include "iptmode/finding.h"
#include "iptmode/redact.h"

namespace iptmode::cli {

enum class Format : std::uint8_t { text, json, prometheus, npd, nagios, html };
enum class Colour : std::uint8_t { automatic, always, never };

/// The command line and the configuration file, understood.
struct Options {
  std::string command = "audit";
  std::vector<std::string> arguments = {};  ///< what follows the command
  Format format = Format::text;
  std::string output_file = "-";  ///< "-": standard output
  bool output_file_given = false;
  std::string output_dir = {};  ///< of a bundle
  Redaction redaction = {};     ///< of a bundle or a snapshot
  Colour colour = Colour::automatic;
  bool quiet = false;
  bool verbose = false;
  std::optional<Severity> fail_on = Severity::error;  ///< nothing: never
  bool exit_zero = false;
  Selection selection = {};
  std::string exceptions = {};  ///< a file; empty: that of the node, if there is one
  std::chrono::seconds timeout{30};
  bool no_exec = false;
  std::string data_dir = {};
  std::string status_socket = "/run/k0s/status.sock";
  std::string host_root = {};
  std::string proc_root = "/proc";
  std::string write_file = {};  ///< of crossread: where the distilled ruleset is kept
  std::string from_file = {};   ///< of crossread: a stored one instead of this node
  std::string reader = {};      ///< of crossread: the iptables-nft that reads a stored one
  bool history = false;         ///< of drift: the timeline instead of a comparison
  bool journal = false;         ///< of audit and drift: also an entry for each finding or change
  bool help = false;
  bool version = false;
};

/// One line that says what is wrong with the usage, fit to be shown: foreign text is escaped.
using UsageError = std::string;

/// `arguments` without the name of the program. Options stand before or after the command; nothing
/// is guessed from an abbreviation; what follows "--" is never an option. Reads the file of
/// --config, which holds the same options; the command line goes before it.
[[nodiscard]] tl::expected<Options, UsageError> parse_options(
    std::span<const char* const> arguments);

/// The format that a wrong command line asks for, as far as can be told: who watches the node must
/// get the answer in its own protocol.
[[nodiscard]] Format wanted_format(std::span<const char* const> arguments);

}  // namespace iptmode::cli
