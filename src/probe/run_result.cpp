// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/run_result.h"

#include <fmt/format.h>
#include <sys/wait.h>

#include <cerrno>

#include "iptmode/escape.h"
#include "iptmode/identify.h"

namespace iptmode::probe {
namespace {

constexpr std::size_t kMaxQuote = 200;

std::string describe_timeout(std::chrono::milliseconds timeout) {
  return fmt::format("timed out after {:g} s", static_cast<double>(timeout.count()) / 1000);
}

/// Where SIGKILL changes nothing, a file system has not answered a request for good.
constexpr std::string_view kStuck =
    ", and could not be ended: it hangs in the kernel, on a mount that does not answer; abandoned";

std::string first_line(std::string_view output) {
  return shorten(escape(output.substr(0, output.find('\n'))), kMaxQuote);
}

std::string describe_end(int wait_status) {
  if (WIFSIGNALED(wait_status)) return fmt::format("signal {}", WTERMSIG(wait_status));
  return fmt::format("exit status {}", WEXITSTATUS(wait_status));
}

std::string describe_failure(const SandboxOutcome::Failure& failure) {
  const std::string reason = std::generic_category().message(failure.errnum);
  return fmt::format("{}: {}", to_string(failure.step), reason);
}

/// How it ended when it was not as asked; empty when it exited with status 0.
std::string describe_problem(const SandboxOutcome& outcome, std::chrono::milliseconds timeout) {
  if (outcome.failure) return describe_failure(*outcome.failure);
  if (outcome.timed_out)
    return describe_timeout(timeout).append(outcome.stuck ? kStuck : std::string_view{});
  if (outcome.too_much_output)
    return fmt::format("more than {} bytes of output", outcome.output.size());
  if (!outcome.wait_status) return "ended without a word";
  return *outcome.wait_status == 0 ? std::string{} : describe_end(*outcome.wait_status);
}

}  // namespace

RunResult interpret_run(const SandboxOutcome& outcome, std::chrono::milliseconds timeout) {
  std::string problem = describe_problem(outcome, timeout);
  if (!problem.empty()) {
    const std::string line = first_line(outcome.output);
    const bool exited = outcome.wait_status && WIFEXITED(*outcome.wait_status);
    if (exited && !outcome.failure && !line.empty()) problem += ": " + line;
    return {.problem = std::move(problem)};
  }
  const auto identity = parse_version_line(outcome.output);
  if (!identity) return {.problem = to_string(identity.error())};
  return {.identity = *identity};
}

Result<std::string> interpret_reading(const SandboxOutcome& outcome,
                                      std::chrono::milliseconds timeout) {
  if (outcome.answer) return *outcome.answer;
  if (outcome.failure) return sys_error(outcome.failure->errnum, to_string(outcome.failure->step));
  std::string problem = describe_problem(outcome, timeout);
  if (problem.empty()) problem = "ended without an answer";
  return sys_error(outcome.timed_out ? ETIMEDOUT : EIO, "read files", problem);
}

}  // namespace iptmode::probe
