// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/rendering.h"

#include "iptmode/html.h"
#include "iptmode/render.h"

namespace iptmode::cli {

namespace {

std::string text_of(const Report& report, const Options& options, const Terminal& terminal) {
  const ServiceState state = service_state(exit_of(report, options));
  switch (options.format) {
    case Format::text: return render_text(report, style_of(options, terminal));
    case Format::json: return render_json(report);
    case Format::prometheus: return render_prometheus(report);
    case Format::npd: return render_npd(report, state);
    case Format::nagios: return render_nagios(report, state);
    case Format::html: return render_html(report);
  }
  return {};
}

}  // namespace

Exit exit_of(const Report& report, const Options& options) {
  const auto severity = worst(report);
  if (options.fail_on && severity && *severity >= *options.fail_on) return Exit::findings;
  if (report.verdict == Verdict::unknown) return Exit::undecided;
  return severity && *severity >= Severity::warning ? Exit::warnings : Exit::clean;
}

Outcome rendered(const Report& report, const Options& options, const Terminal& terminal) {
  return {.text = text_of(report, options, terminal),
          .code = options.exit_zero ? Exit::clean : exit_of(report, options)};
}

std::string rendered_failure(std::string_view reason, Format format) {
  if (format == Format::npd) return render_npd_unknown(reason);
  return format == Format::nagios ? render_nagios_unknown(reason) : std::string{};
}

}  // namespace iptmode::cli
