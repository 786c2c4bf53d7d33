// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "iptmode/escape.h"
#include "report/installation_words.h"
#include "report/ranking.h"

namespace iptmode::report {

namespace {

constexpr std::size_t kMaxBytes = 200;

// Up to the full stop that a space follows: "1.8.9" is no end of a sentence.
std::string_view first_sentence(std::string_view text) {
  const std::size_t end = text.find(". ");
  if (end != std::string_view::npos) return text.substr(0, end);
  if (text.ends_with('.')) text.remove_suffix(1);
  return text;
}

bool continues_word(std::string_view text, std::size_t at) {
  if (at >= text.size()) return false;
  const char c = text[at];
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

bool has_word(std::string_view text, std::string_view word) {
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1))
    if ((at == 0 || !continues_word(text, at - 1)) && !continues_word(text, at + word.size()))
      return true;
  return false;
}

// "kube-proxy" of "kube-proxy (pid 1402)": where somebody is found says nothing in a sentence.
std::string_view name_of(std::string_view subject) {
  const std::size_t place = std::min(subject.find(" (pid "), subject.find(" (/"));
  return subject.ends_with(')') ? subject.substr(0, place) : subject;
}

// Every word of it: that a sentence says "this pod" does not tell which.
bool speaks_of(std::string_view sentence, std::string_view subject) {
  std::string_view rest = name_of(subject);
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    if (!has_word(sentence, rest.substr(0, end))) return false;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return true;
}

// The subject is put in front unless the sentence speaks of it anyway.
std::string of_finding(const Finding& finding) {
  const std::string_view sentence = first_sentence(finding.message);
  if (speaks_of(sentence, finding.subject)) return std::string{sentence};
  return fmt::format("{}: {}", finding.subject, sentence);
}

std::string and_more(std::size_t others) {
  return others == 0 ? std::string{} : fmt::format(" (and {} more)", others);
}

// Without privilege dozens of facts are missing for one reason.
std::string of_missing_capabilities(const std::vector<Gap>& gaps) {
  std::set<std::string_view> names;
  for (const Gap& gap : gaps)
    if (gap.subject.starts_with("CAP_")) names.insert(gap.subject);
  return names.empty() ? std::string{}
                       : fmt::format("could not see all without {}", fmt::join(names, ", "));
}

std::string of_unknown(const Report& report) {
  if (std::string missing = of_missing_capabilities(report.snapshot.gaps); !missing.empty())
    return missing;
  const auto hides = [](const Gap& gap) { return gap.hides.has_value(); };
  const std::vector<Gap>& gaps = report.snapshot.gaps;
  const auto gap = std::ranges::find_if(gaps, hides);
  if (gap != gaps.end()) {
    const auto count = static_cast<std::size_t>(std::ranges::count_if(gaps, hides));
    return fmt::format("could not see all: {}: {}{}", gap->subject, gap->reason,
                       and_more(count - 1));
  }
  for (const CheckResult& check : report.checks)
    if (check.status == CheckStatus::unknown)
      return fmt::format("{} is undecided: {}", check.id, check.message);
  return "nothing was checked";
}

bool is_kubernetes(const Component& component) {
  return component.impostor == ImpostorReason::none && traits(component.kind).kubernetes;
}

std::string of_idle_machine(const Snapshot& snapshot) {
  if (!snapshot.k0s) return "no Kubernetes component runs here";
  const Program* primary = snapshot.k0s->installation.primary();
  if (primary == nullptr) return "k0s is not running and brings no iptables";
  return fmt::format("k0s is not running; its iptables is {} {}", backend_word(primary),
                     version_word(primary, "of unknown version"));
}

std::string future_of(const Program& program) {
  if (is_wrapper(program.form)) return "a wrapper that has not chosen yet";
  return std::string{backend_word(&program)};
}

bool was_read(const NetworkState* network) {
  return network != nullptr && network->legacy && network->nft;
}

// Where somebody stands who has nothing in the kernel: on the side of the binary only if it may
// have something there that was not read.
std::string standing_without_rules(const Component& component, const Snapshot& snapshot) {
  const Program& program = *component.installation->primary();
  const bool read = was_read(snapshot.network_of(component.network_namespace));
  return read && !is_wrapper(program.form) ? "without rules" : "on " + future_of(program);
}

// "kube-proxy, kube-router on nf_tables; fail2ban-server without rules"
std::string of_writers(const Snapshot& snapshot) {
  std::map<std::string, std::set<std::string_view>> writers;
  for (const Component& component : snapshot.components) {
    if (!component.in_node(snapshot.node.network_namespace)) continue;
    if (traits(component.kind).use == IptablesUse::none) continue;
    for (const Backend backend : effective_backends(component, snapshot))
      writers[fmt::format("on {}", to_string(backend))].insert(traits(component.kind).name);
    const bool told = component.installation && component.installation->primary() != nullptr;
    if (told && effective_backends(component, snapshot).empty())
      writers[standing_without_rules(component, snapshot)].insert(traits(component.kind).name);
  }
  std::vector<std::string> parts;
  for (const auto& [standing, names] : writers)
    parts.push_back(fmt::format("{} {}", fmt::join(names, ", "), standing));
  return parts.empty() ? "no component here writes iptables rules"
                       : fmt::format("{}", fmt::join(parts, "; "));
}

std::string of_pass(const Snapshot& snapshot) {
  if (std::ranges::none_of(snapshot.components, is_kubernetes)) return of_idle_machine(snapshot);
  return of_writers(snapshot);
}

std::string message_of_verdict(const Report& report) {
  const auto ranked = ranked_findings(report.checks);
  const bool found = !ranked.empty() && !ranked.front().finding->suppressed;
  switch (report.verdict) {
    case Verdict::fail:
    case Verdict::warn: return found ? of_finding(*ranked.front().finding) : std::string{};
    case Verdict::unknown: return of_unknown(report);
    case Verdict::pass: return of_pass(report.snapshot);
  }
  return {};
}

}  // namespace

std::string message_of(const Report& report) {
  return shorten(to_plain_ascii(message_of_verdict(report)), kMaxBytes);
}

}  // namespace iptmode::report
