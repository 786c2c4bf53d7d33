// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>

#include "evidence/child_output.h"
#include "evidence/rule_domains.h"
#include "kernel/confinement.h"
#include "kernel/nft_listing.h"

namespace iptmode::evidence {

namespace {

using namespace std::chrono_literals;

Result<ChildOutput> list_with_libnftables(const Sight& sight, const std::string& command,
                                          std::size_t max_bytes) {
  constexpr int kSetupFailed = 120;
  const auto listing = [&](int output) {
    const kernel::Confinement confinement{
        .memory_bytes = rlim_t{1} << 30U, .cpu_seconds = 30, .net_admin = true};
    return kernel::confine(output, confinement)
               ? kernel::write_nft_listing(kernel::kAnswerFd, command)
               : kSetupFailed;
  };
  return run_in_child(listing, max_bytes, std::min(sight.left(), 20000ms));
}

/// A name that needs no quoting in nft's grammar.
bool is_plain(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
  });
}

/// What is left when libnftables dies on one of the sets: a table without it can still be listed.
std::string list_each_table(const Sight& sight, const std::vector<NftTable>& tables) {
  std::string text;
  for (const NftTable& table : tables) {
    const std::string name = table.family + " " + table.name;
    if (!is_plain(table.family) || !is_plain(table.name) || sight.left().count() == 0 ||
        text.size() >= sight.max_item_bytes)
      continue;
    const auto output =
        list_with_libnftables(sight, "list table " + name, sight.max_item_bytes - text.size());
    if (output) text += output->text;
    if (!output || !output->problem.empty())
      text +=
          "# table " + name + ": " + (output ? output->problem : to_string(output.error())) + "\n";
  }
  return text;
}

void list_domain(Sight& sight, const RuleDomain& domain) {
  const std::string path = domain.path("nft.txt");
  const auto& tables = domain.network->nft;
  if (!tables) return sight.miss(path, "nft tables could not be read");
  if (tables->empty()) return sight.add(path, "nft rules" + domain.words, "");
  const auto inside = domain.enter(sight);
  if (!inside) return sight.miss(path, inside.error());
  auto output = list_with_libnftables(sight, "list ruleset", sight.max_item_bytes);
  if (!output) return sight.miss(path, output.error());
  if (output->text.empty() && !output->problem.empty()) {
    const std::string problem = "libnftables: " + output->problem + " on `list ruleset`";
    return sight.add(path, "nft rules, table by table" + domain.words,
                     list_each_table(sight, *tables), problem);
  }
  if (!output->problem.empty()) output->problem.insert(0, "libnftables: ");
  sight.add(path, "what `nft list ruleset` prints" + domain.words, std::move(output->text),
            std::move(output->problem));
}

}  // namespace

void read_nft_rules(Sight& sight) {
  if (!sight.run_programs) return sight.miss("rules/nft.txt", "--no-exec");
  for_each_domain(sight, "nft.txt", list_domain);
}

}  // namespace iptmode::evidence
