// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include "html/markup.h"
#include "html/parts.h"
#include "iptmode/html.h"

namespace iptmode {

namespace {

// Nothing may be loaded, nothing may run, no form may be sent, no other page may frame this one.
constexpr std::string_view kPolicy =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

std::string head(const Report& report) {
  const std::string& host = report.snapshot.node.hostname;
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n"
      "<title>{}: {} - iptmode</title>\n<style>\n{}</style>\n</head>\n",
      kPolicy, host.empty() ? "this node" : html::safe(host), to_string(report.verdict),
      html::style_sheet());
}

}  // namespace

std::string render_html(const Report& report) {
  std::string page = head(report);
  page += "<body>\n<a class=\"skip\" href=\"#findings\">To the findings</a>\n";
  page += html::banner(report);
  page += "<main>\n";
  page += html::section("writers", "Who writes where", html::picture(report));
  page += html::section("findings", "Findings", html::finding_cards(report));
  page += html::section("components", "Components", html::component_table(report));
  page += html::section("readings", "Who reads what", html::reading_matrix(report));
  page += html::section("kernel", "In the kernel", html::kernel_tables(report));
  page += html::section("gaps", "What could not be seen", html::gap_list(report));
  page += html::section("checks", "Every check", html::check_table(report));
  return page + "</main>\n</body>\n</html>\n";
}

}  // namespace iptmode
