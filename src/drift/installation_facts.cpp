// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "drift/parts.h"

namespace iptmode::drift {

namespace {

// "nf_tables 1.8.9", "go_wrapper, unresolved", "missing"
std::string words_of(const Program& program) {
  switch (program.form) {
    case ProgramForm::missing:
    case ProgramForm::dangling:
    case ProgramForm::unreadable:
    case ProgramForm::not_a_file: return std::string{to_string(program.form)};
    case ProgramForm::shell_wrapper_v1:
    case ProgramForm::shell_wrapper_v2:
    case ProgramForm::go_wrapper: return fmt::format("{}, unresolved", to_string(program.form));
    case ProgramForm::multi:
    case ProgramForm::standalone:
    case ProgramForm::script: break;
  }
  const Identity identity = program.identity();
  const std::string version = identity.version ? to_string(*identity.version) : "unknown version";
  return identity.backend ? fmt::format("{} {}", to_string(*identity.backend), version) : version;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at))
    text.replace(at, from.size(), to);
}

// The chains of the six names differ by those names alone: /etc/alternatives/ip6tables-save.
std::string common_chain(const Program& program) {
  std::vector<std::string> paths = program.chain;
  for (std::string& path : paths) {
    replace_all(path, "ip6tables", "iptables");
    for (const std::string_view applet : {"-save", "-restore"})
      if (path.ends_with(applet)) path.erase(path.size() - applet.size());
  }
  return fmt::format("{}", fmt::join(paths, ", "));
}

void add_deviations(Facts& facts, std::string_view subject, const Installation& installation,
                    const Program& primary) {
  for (const std::string_view name : six_names()) {
    const Program* const program = installation.find(name);
    if (program == nullptr || program == &primary) continue;
    if (words_of(*program) != words_of(primary)) add(facts, subject, name, words_of(*program));
    if (!program->chain.empty() && common_chain(*program) != common_chain(primary))
      add(facts, subject, fmt::format("link chain of {}", name), common_chain(*program));
  }
}

}  // namespace

void add_installation(Facts& facts, std::string_view subject, const Installation& installation) {
  const Program* const primary = installation.primary();
  if (primary == nullptr) {
    add(facts, subject, kIptables, "none");
  } else {
    add(facts, subject, kIptables, words_of(*primary));
    add(facts, subject, "link chain", common_chain(*primary));
    add_deviations(facts, subject, installation, *primary);
  }
  for (const Backend backend : kAllBackends) {
    const Installation::Available available = installation.available(backend);
    if (!available.present) continue;
    const std::string version = available.version ? to_string(*available.version) : "";
    add(facts, subject, "could use", fmt::format("{} {}", to_string(backend), version));
  }
  for (const std::string_view name : {"nft", "ipset"}) {
    const Program* const program = installation.find(name);
    if (program == nullptr || program->form == ProgramForm::missing) continue;
    const auto version = program->identity().version;
    add(facts, subject, name,
        version ? to_string(*version) : std::string{to_string(program->form)});
  }
}

}  // namespace iptmode::drift
