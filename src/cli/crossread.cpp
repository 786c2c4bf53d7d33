// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/exceptions.h"
#include "cli/input.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/rendering.h"
#include "collect/replay.h"
#include "iptmode/escape.h"
#include "iptmode/render.h"
#include "iptmode/rule_bytes.h"
#include "iptmode/snapshot_json.h"

namespace iptmode::cli {

namespace {

using MaybeSnapshot = tl::expected<Snapshot, Failure>;

tl::unexpected<Failure> failed(const std::string& file, const std::string& reason) {
  return tl::unexpected(Failure{.message = fmt::format("{}: {}", escape(file), escape(reason))});
}

MaybeSnapshot stored_rules(const Options& options) {
  auto snapshot = read_snapshot(options.from_file, options.timeout);
  if (!snapshot) return failed(options.from_file, reason_of(snapshot.error()));
  return std::move(*snapshot);
}

bool holds_outlines(const std::vector<NftTable>& tables) {
  return std::ranges::any_of(tables, [](const NftTable& table) {
    return std::ranges::any_of(
        table.shapes, [](const RuleShape& shape) { return is_outline(shape.expressions); });
  });
}

/// The rules of the file, as the iptables of --reader reads them here.
MaybeSnapshot replayed(const Options& options) {
  auto snapshot = stored_rules(options);
  if (!snapshot || options.reader.empty()) return snapshot;
  const auto& tables = snapshot->network().nft;
  if (tables && holds_outlines(*tables))
    return failed(options.from_file,
                  "its rules are redacted: what was read of them can be shown, not read again");
  auto reading = collect::read_with(
      tables ? *tables : std::vector<NftTable>{},
      {.root = options.host_root.empty() ? "/" : options.host_root, .path = options.reader},
      options.timeout);
  if (!reading) return failed(options.reader, to_string(reading.error()));
  snapshot->cross_reading = std::move(*reading);
  return snapshot;
}

MaybeSnapshot read_here(const Options& options, const Surroundings& surroundings) {
  const Progress progress{surroundings.terminal.shows_progress && !options.quiet,
                          "every iptables on this node reads the rules in the kernel"};
  auto snapshot = observe_and_cross_read(options, surroundings);
  if (!snapshot) return tl::unexpected(Failure{.message = to_string(snapshot.error())});
  return std::move(*snapshot);
}

/// The rules and what was read of them, and of the node nothing else: no names, no processes.
Snapshot distilled(const Snapshot& snapshot) {
  Snapshot kept{.tool_version = snapshot.tool_version,
                .taken_at = snapshot.taken_at,
                .node = {.kernel = snapshot.node.kernel,
                         .network_namespace = snapshot.node.network_namespace},
                .cross_reading = snapshot.cross_reading};
  NetworkState network{.network_namespace = snapshot.node.network_namespace};
  if (const auto& tables = snapshot.network().nft) {
    network.nft.emplace();
    for (const NftTable& table : *tables)
      if (!table.shapes.empty())
        network.nft->push_back({.family = table.family,
                                .name = table.name,
                                .compat = table.compat,
                                .rules = table.rules,
                                .base_chains = table.base_chains,
                                .encodings = table.encodings,
                                .shapes = table.shapes});
  }
  kept.networks.push_back(std::move(network));
  return kept;
}

tl::expected<void, Failure> keep(const Snapshot& snapshot, const Options& options) {
  if (options.write_file.empty()) return {};
  const auto written = replace_file(options.write_file, snapshot_to_json(distilled(snapshot)));
  if (!written) return tl::unexpected(Failure{.message = to_string(written.error())});
  return {};
}

bool was_read(const Snapshot& snapshot) {
  return snapshot.cross_reading && !snapshot.cross_reading->skipped;
}

/// As an audit of the two checks that say what was found; a reader that was not heard leaves the
/// first of them undecided.
tl::expected<Exit, Failure> exit_for(const Snapshot& snapshot, const Options& options) {
  const auto exceptions =
      options.from_file.empty() ? exceptions_of_node(options) : exceptions_for_files(options);
  if (!exceptions) return tl::unexpected(exceptions.error());
  if (options.exit_zero) return Exit::clean;
  if (!was_read(snapshot)) return Exit::undecided;
  const Report report = judge(snapshot, {.only = {"reader_misreads", "reader_blind"}}, *exceptions);
  return exit_of(report, options);
}

}  // namespace

CommandResult cross_read(const Options& options, const Surroundings& surroundings) {
  if (!options.reader.empty() && options.from_file.empty())
    return tl::unexpected(Failure{.message = "crossread: --reader needs --from, the rules to read",
                                  .code = Exit::usage});
  const auto snapshot =
      options.from_file.empty() ? read_here(options, surroundings) : replayed(options);
  if (!snapshot) return tl::unexpected(snapshot.error());
  const auto code = exit_for(*snapshot, options);
  if (!code) return tl::unexpected(code.error());
  if (const auto kept = keep(*snapshot, options); !kept) return tl::unexpected(kept.error());
  return Outcome{
      .text = options.format == Format::json
                  ? render_cross_reading_json(*snapshot)
                  : render_cross_reading(*snapshot, style_of(options, surroundings.terminal)),
      .code = *code};
}

}  // namespace iptmode::cli
