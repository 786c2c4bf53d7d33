// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctime>

#include <fmt/format.h>

#include "html/markup.h"
#include "html/parts.h"

namespace iptmode::html {

namespace {

std::string_view word_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass: return "Pass";
    case Verdict::warn: return "Warning";
    case Verdict::fail: return "Fail";
    case Verdict::unknown: return "Unknown";
  }
  return "?";
}

void append_fact(std::string& out, std::string_view name, std::string_view markup) {
  if (!markup.empty()) out += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", name, markup);
}

std::string moment(std::int64_t seconds) {
  const std::time_t time = seconds;
  std::tm parts{};
  if (::gmtime_r(&time, &parts) == nullptr) return {};
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02} UTC", 1900L + parts.tm_year,
                     parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

std::string facts_of(const Report& report) {
  const Snapshot& snapshot = report.snapshot;
  std::string facts;
  append_fact(facts, "Node", safe(snapshot.node.hostname));
  append_fact(facts, "Role", to_string(snapshot.node.role));
  if (snapshot.k0s) {
    append_fact(facts, "k0s", safe(snapshot.k0s->version));
    append_fact(facts, "k0s' iptables mode", safe(snapshot.k0s->mode));
  }
  append_fact(facts, "Kernel", safe(snapshot.node.kernel));
  append_fact(facts, "System", safe(snapshot.node.os_id + " " + snapshot.node.os_version));
  append_fact(facts, "Seen", moment(snapshot.taken_at));
  append_fact(facts, "iptmode", safe(snapshot.tool_version));
  append_fact(facts, "Fingerprint", safe(report.fingerprint.substr(0, 16)));
  return facts;
}

}  // namespace

std::string banner(const Report& report) {
  return fmt::format(
      "<header class=\"banner {}\">\n<p class=\"verdict\">{}</p>\n<h1>{}</h1>\n"
      "<dl class=\"facts\">\n{}</dl>\n</header>\n",
      to_string(report.verdict), word_of(report.verdict), safe(report.message), facts_of(report));
}

}  // namespace iptmode::html
