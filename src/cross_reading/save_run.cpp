// SPDX-License-Identifier: GPL-2.0-or-later
#include "cross_reading/save_run.h"

#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <system_error>

#include "cross_reading/save_text.h"
#include "iptmode/escape.h"

namespace iptmode::cross_reading {
namespace {

constexpr std::size_t kMaxQuote = 200;

/// A program says last why it ends.
std::string last_line(std::string_view errors) {
  while (errors.ends_with('\n')) errors.remove_suffix(1);
  const auto start = errors.rfind('\n');
  return shorten(escape(errors.substr(start == std::string_view::npos ? 0 : start + 1)), kMaxQuote);
}

/// Why the text is not whole; empty if it is.
std::string missing_from(std::string_view text, std::span<const std::string_view> tables) {
  if (const auto note = incompatible_note(text); !note.empty())
    return shorten(escape(note), kMaxQuote);
  const auto closed = closed_tables(text);
  for (const std::string_view table : tables)
    if (std::ranges::find(closed, table) == closed.end())
      return fmt::format("table {} does not come to its end", table);
  return {};
}

}  // namespace

std::string describe_end(const probe::SandboxOutcome& outcome) {
  if (outcome.failure)
    return fmt::format("{}: {}", to_string(outcome.failure->step),
                       std::generic_category().message(outcome.failure->errnum));
  if (outcome.timed_out) return "no end in its time";
  if (outcome.too_much_output)
    return fmt::format("more than {} bytes of output", outcome.output.size());
  if (!outcome.wait_status) return "ended without a word";
  if (WIFSIGNALED(*outcome.wait_status))
    return fmt::format("signal {}", WTERMSIG(*outcome.wait_status));
  if (*outcome.wait_status == 0) return {};
  const std::string line = last_line(outcome.errors);
  return fmt::format("exit status {}{}{}", WEXITSTATUS(*outcome.wait_status),
                     line.empty() ? "" : ": ", line);
}

SaveRun save_run_of(const probe::SandboxOutcome& outcome,
                    std::span<const std::string_view> tables) {
  using Outcome = SaveRun::Outcome;
  SaveRun run{.detail = describe_end(outcome), .text = outcome.output};
  if (outcome.failure || (!outcome.wait_status && !outcome.timed_out)) {
    run.outcome = Outcome::not_run;
  } else if (outcome.timed_out || outcome.too_much_output) {
    run.outcome = Outcome::timed_out;
  } else if (WIFSIGNALED(*outcome.wait_status)) {
    run.outcome = Outcome::died;
  } else if (*outcome.wait_status != 0) {
    run.outcome = Outcome::refused;
  } else {
    run.detail = missing_from(outcome.output, tables);
    run.outcome = run.detail.empty() ? Outcome::printed : Outcome::incomplete;
  }
  return run;
}

}  // namespace iptmode::cross_reading
