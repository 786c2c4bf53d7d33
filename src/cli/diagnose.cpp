// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <atomic>
#include <future>
#include <iterator>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/exceptions.h"
#include "cli/input.h"
#include "cli/rendering.h"
#include "iptmode/escape.h"
#include "iptmode/fleet.h"

namespace iptmode::cli {

namespace {

CommandResult diagnose_one(const Options& options, std::span<const Exception> exceptions,
                           const Terminal& terminal) {
  const std::string& file = options.arguments.front();
  auto snapshot = read_snapshot(file, options.timeout);
  if (!snapshot)
    return tl::unexpected(Failure{
        .message = fmt::format("{}: {}", escape(file), escape(reason_of(snapshot.error())))});
  return rendered(judge(std::move(*snapshot), options.selection, exceptions), options, terminal);
}

/// What some of the files gave, with how the worst of them ends the program. Of each snapshot only
/// a node's line is kept: a thousand of them take a few megabytes.
struct Looked {
  std::vector<FleetNode> nodes = {};
  std::vector<UnreadFile> unread = {};
  Exit code = Exit::clean;

  void at(const std::string& file, const Options& options, std::span<const Exception> exceptions) {
    auto snapshot = read_snapshot(file, options.timeout);
    if (snapshot) {
      const Report report = judge(std::move(*snapshot), options.selection, exceptions);
      code = worse(code, exit_of(report, options));
      nodes.push_back(fleet_node(file, report));
    } else {
      code = worse(code, Exit::undecided);
      unread.push_back({.file = file, .reason = reason_of(snapshot.error())});
    }
  }
  void join(Looked other) {
    std::ranges::move(other.nodes, std::back_inserter(nodes));
    std::ranges::move(other.unread, std::back_inserter(unread));
    code = worse(code, other.code);
  }
};

// Nearly all of the time is work with nothing to wait for. A bounded number at once, because a
// hostile file can take twenty times its size in memory.
std::size_t workers_for(std::size_t files) {
  constexpr std::size_t kMostWorkers = 8;
  constexpr std::size_t kWorthOne = 8;
  const std::size_t processors = std::max(1U, std::thread::hardware_concurrency());
  return std::min({kMostWorkers, processors, 1 + files / kWorthOne});
}

Looked look_at_all(const Options& options, std::span<const Exception> exceptions) {
  const std::vector<std::string>& files = options.arguments;
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    Looked part;
    for (std::size_t i = next++; i < files.size(); i = next++)
      part.at(files[i], options, exceptions);
    return part;
  };
  std::vector<std::future<Looked>> others;
  for (std::size_t i = 1; i < workers_for(files.size()); ++i)
    others.push_back(std::async(std::launch::async, work));
  Looked looked = work();
  for (std::future<Looked>& other : others) looked.join(other.get());
  return looked;
}

}  // namespace

CommandResult diagnose_files(const Options& options, const Surroundings& surroundings) {
  if (options.arguments.empty())
    return tl::unexpected(
        Failure{.message = "diagnose: name a file with a snapshot, or - for standard input",
                .code = Exit::usage});
  const auto exceptions = exceptions_for_files(options);
  if (!exceptions) return tl::unexpected(exceptions.error());
  if (options.arguments.size() == 1)
    return diagnose_one(options, *exceptions, surroundings.terminal);
  if (options.format != Format::text && options.format != Format::json)
    return tl::unexpected(
        Failure{.message = "diagnose: several files have a text and a JSON form only",
                .code = Exit::usage});
  Looked looked = look_at_all(options, *exceptions);
  const Fleet fleet = compare_nodes(std::move(looked.nodes), std::move(looked.unread));
  return Outcome{.text = options.format == Format::json
                             ? render_fleet_json(fleet)
                             : render_fleet_text(fleet, style_of(options, surroundings.terminal)),
                 .code = options.exit_zero ? Exit::clean : looked.code};
}

}  // namespace iptmode::cli
