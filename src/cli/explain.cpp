// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/commands.h"
#include "iptmode/diagnose.h"
#include "iptmode/render.h"

namespace iptmode::cli {

CommandResult explain(const Options& options, const Surroundings& surroundings) {
  const TextStyle style = style_of(options, surroundings.terminal);
  if (options.arguments.empty()) return Outcome{.text = render_check_list(style)};
  const std::string& id = options.arguments.front();
  if (const Check* check = find_check(id); check != nullptr)
    return Outcome{.text = render_explanation(*check, style)};
  std::vector<std::string_view> ids;
  for (const Check& check : all_checks()) ids.push_back(check.id);
  return unknown_word("check", id, ids);
}

}  // namespace iptmode::cli
