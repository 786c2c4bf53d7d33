// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "iptmode/escape.h"
#include "iptmode/render.h"
#include "report/installation_words.h"

namespace iptmode {

namespace {

constexpr std::array kStatuses{CheckStatus::pass, CheckStatus::warn, CheckStatus::fail,
                               CheckStatus::skip, CheckStatus::unknown};
constexpr std::array kVerdicts{Verdict::pass, Verdict::warn, Verdict::fail, Verdict::unknown};

/// A label and its value, which is escaped when it is written.
struct Label {
  std::string_view name = {};
  std::string value = {};
};

// Inside quotes the exposition format knows \\, \" and \n; escape() has made the rest harmless.
std::string label_value(std::string_view bytes) {
  std::string result;
  for (const char byte : escape(bytes)) {
    if (byte == '\\' || byte == '"') result += '\\';
    result += byte;
  }
  return result;
}

/// One metric: its HELP and TYPE once, then its samples. All are gauges; the names are unique.
class Metric {
 public:
  Metric(std::string_view name, std::string_view help) : name_{name} {
    text_ = fmt::format("# HELP {0} {1}\n# TYPE {0} gauge\n", name, help);
  }
  Metric& add(const std::vector<Label>& labels, std::int64_t value) {
    std::vector<std::string> pairs;
    for (const Label& label : labels)
      pairs.push_back(fmt::format("{}=\"{}\"", label.name, label_value(label.value)));
    const std::string braces = pairs.empty() ? "" : fmt::format("{{{}}}", fmt::join(pairs, ","));
    text_ += fmt::format("{}{} {}\n", name_, braces, value);
    return *this;
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string_view name_;
  std::string text_;
};

std::string word(auto value) {
  return std::string{to_string(value)};
}

std::string build_info(const Snapshot& snapshot) {
  return Metric{"iptmode_build_info", "The version of iptmode that looked at the node."}
      .add({{"version", snapshot.tool_version}}, 1)
      .text();
}

std::string verdict(const Report& report) {
  Metric metric{"iptmode_verdict", "The verdict on the node: 1 for the one that holds."};
  for (const Verdict candidate : kVerdicts)
    metric.add({{"verdict", word(candidate)}}, candidate == report.verdict ? 1 : 0);
  return metric.text();
}

// The usual severity of a check and not that of its finding: a label that changes with the node
// would start a new series, and every `for:` of an alert with it.
Severity usual_severity(const CheckResult& check) {
  const Check* row = find_check(check.id);
  return row == nullptr ? check.severity : row->severity;
}

std::string check_status(const Report& report) {
  Metric metric{"iptmode_check_status", "How each check ended: 1 for the status that holds."};
  for (const CheckResult& check : report.checks)
    for (const CheckStatus status : kStatuses)
      metric.add({{"check", std::string{check.id}},
                  {"severity", word(usual_severity(check))},
                  {"status", word(status)}},
                 status == check.status ? 1 : 0);
  return metric.text();
}

std::string findings(const Report& report) {
  Metric metric{"iptmode_findings", "Findings of each check, without those an exception covers."};
  for (const CheckResult& check : report.checks)
    for (const Severity severity : kAllSeverities) {
      const auto counts = [&](const Finding& finding) {
        return !finding.suppressed && finding.severity == severity;
      };
      metric.add({{"check", std::string{check.id}}, {"severity", word(severity)}},
                 std::ranges::count_if(check.findings, counts));
    }
  return metric.text();
}

std::string exceptions(const Report& report) {
  Metric metric{"iptmode_exceptions", "Exceptions by what became of them."};
  for (const ExceptionState state : {ExceptionState::in_use, ExceptionState::expired,
                                     ExceptionState::not_judged, ExceptionState::unmatched})
    metric.add({{"state", word(state)}},
               std::ranges::count(report.exceptions, state, &ExceptionUse::state));
  return metric.text();
}

/// component, backend, version; two pods of one image are one.
using Binaries = std::set<std::array<std::string, 3>>;

void add_binary(Binaries& binaries, std::string_view component, const Installation& installation) {
  const Program* primary = installation.primary();
  if (primary == nullptr) return;  // a place without iptables is no place with an unknown one
  binaries.insert({std::string{component}, std::string{report::backend_word(primary)},
                   report::version_word(primary, "unknown")});
}

bool is_counted(const Component& component, const Snapshot& snapshot) {
  return component.in_node(snapshot.node.network_namespace);
}

std::string component_backends(const Snapshot& snapshot) {
  Binaries binaries;
  if (snapshot.k0s) add_binary(binaries, "k0s", snapshot.k0s->installation);
  if (snapshot.host) add_binary(binaries, "host", *snapshot.host);
  for (const Component& component : snapshot.components)
    if (is_counted(component, snapshot) && component.installation)
      add_binary(binaries, to_string(component.kind), *component.installation);

  Metric metric{"iptmode_component_backend_info",
                "The iptables that the next call of each component uses."};
  for (const auto& [component, backend, version] : binaries)
    metric.add({{"component", component}, {"backend", backend}, {"version", version}}, 1);
  return metric.text();
}

std::string component_effects(const Snapshot& snapshot) {
  std::set<std::array<std::string, 2>> effects;
  for (const Component& component : snapshot.components)
    if (is_counted(component, snapshot))
      for (const Backend backend : effective_backends(component, snapshot))
        effects.insert({word(component.kind), word(backend)});
  Metric metric{"iptmode_component_effective_backend_info",
                "The backend that holds rules of each component now; two of them are two series."};
  for (const auto& [component, backend] : effects)
    metric.add({{"component", component}, {"backend", backend}}, 1);
  return metric.text();
}

// iptables' words for the families that iptables-nft writes.
std::string family_of(const NftTable& table) {
  if (table.family == "ip") return word(IpFamily::ipv4);
  return table.family == "ip6" ? word(IpFamily::ipv6) : table.family;
}

// Native nft tables can be one for each pod: only those of iptables are a bounded set.
std::string rules(const NetworkState& network) {
  Metric metric{"iptmode_rules", "Rules in the iptables tables of each backend."};
  const auto add = [&](Backend backend, const std::string& family, const std::string& table,
                       std::uint64_t count) {
    metric.add({{"backend", word(backend)}, {"family", family}, {"table", table}},
               static_cast<std::int64_t>(count));
  };
  if (network.legacy)
    for (const LegacyTable& table : *network.legacy)
      add(Backend::legacy, word(table.family), table.name, table.rules);
  if (network.nft)
    for (const NftTable& table : *network.nft)
      if (table.compat) add(Backend::nf_tables, family_of(table), table.name, table.rules);
  return metric.text();
}

std::string single(std::string_view name, std::string_view help, std::int64_t value) {
  return Metric{name, help}.add({}, value).text();
}

}  // namespace

std::string render_prometheus(const Report& report) {
  const Snapshot& snapshot = report.snapshot;
  return build_info(snapshot) + verdict(report) + check_status(report) + findings(report) +
         single("iptmode_suppressed_findings", "Findings that an exception covers.",
                report.summary.suppressed) +
         exceptions(report) + component_backends(snapshot) + component_effects(snapshot) +
         rules(snapshot.network()) +
         single("iptmode_gaps", "Facts that could not be read.",
                static_cast<std::int64_t>(snapshot.gaps.size())) +
         single("iptmode_last_run_timestamp_seconds", "When the node was last looked at.",
                snapshot.taken_at);
}

}  // namespace iptmode
