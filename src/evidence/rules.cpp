// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <array>

#include "evidence/child_output.h"
#include "evidence/sight.h"
#include "kernel/confinement.h"
#include "kernel/legacy_save.h"
#include "kernel/nft_listing.h"
#include "kernel/table_names.h"
#include "sys/file.h"
#include "sys/network_namespace.h"

namespace iptmode::evidence {

namespace {

using namespace std::chrono_literals;

constexpr pid_t kWitness = 1;
constexpr std::string_view kLegacyHead =
    "# Read from the kernel by iptmode, in the words of iptables-save. What stands in brackets "
    "was\n"
    "# not decoded: this is for people, not for iptables-restore.\n";

struct Family {
  IpFamily id = {};
  std::string_view names_file = {};
  Result<std::string> (*save)(const std::string& name) = nullptr;
};
constexpr std::array kFamilies{
    Family{IpFamily::ipv4, "ip_tables_names", kernel::save_legacy_table4},
    Family{IpFamily::ipv6, "ip6_tables_names", kernel::save_legacy_table6}};

/// Only tables that are listed now: libiptc creates what it is asked for.
void save_family(Sight& sight, const Family& family) {
  const std::string name{to_string(family.id)};
  const std::string path = "rules/legacy-" + name + ".save";
  const auto list = sys::read_file(
      sight.proc.fd(), std::to_string(kWitness) + "/net/" + std::string{family.names_file}, 4096);
  if (!list && list.error().code != std::errc::no_such_file_or_directory)
    return sight.miss(path, list.error());
  const auto tables = kernel::parse_table_names(list.value_or(""));
  if (!tables) return sight.miss(path, tables.error());
  std::string text{kLegacyHead};
  std::string cut;
  for (const std::string& table : *tables) {
    const auto saved = family.save(table);
    if (!saved) cut = to_string(saved.error());
    if (saved) {
      text.append(*saved);
    } else {
      text.append("# table ").append(table).append(": ").append(cut).push_back('\n');
    }
  }
  sight.add(path, "legacy rules, " + name, std::move(text), std::move(cut));
}

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
std::string list_each_table(const Sight& sight) {
  std::string text;
  for (const NftTable& table : *sight.snapshot.network().nft) {
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

}  // namespace

void read_legacy_rules(Sight& sight) {
  const NetworkState& network = sight.snapshot.network();
  if (!network.legacy) return sight.miss("rules/legacy", "legacy tables could not be read");
  const auto inside = sys::NetworkNamespaceGuard::enter(sight.proc.fd(), kWitness,
                                                        sight.snapshot.node.network_namespace);
  if (!inside) return sight.miss("rules/legacy", inside.error());
  for (const Family& family : kFamilies) save_family(sight, family);
}

void read_nft_rules(Sight& sight) {
  const std::string path = "rules/nft.txt";
  const NetworkState& network = sight.snapshot.network();
  if (!sight.run_programs) return sight.miss(path, "--no-exec");
  if (!network.nft) return sight.miss(path, "nft tables could not be read");
  if (network.nft->empty()) return sight.add(path, "nft rules", "");
  const auto inside = sys::NetworkNamespaceGuard::enter(sight.proc.fd(), kWitness,
                                                        sight.snapshot.node.network_namespace);
  if (!inside) return sight.miss(path, inside.error());
  auto output = list_with_libnftables(sight, "list ruleset", sight.max_item_bytes);
  if (!output) return sight.miss(path, output.error());
  if (output->text.empty() && !output->problem.empty()) {
    const std::string problem = "libnftables: " + output->problem + " on `list ruleset`";
    return sight.add(path, "nft rules, table by table", list_each_table(sight), problem);
  }
  if (!output->problem.empty()) output->problem.insert(0, "libnftables: ");
  sight.add(path, "what `nft list ruleset` prints", std::move(output->text),
            std::move(output->problem));
}

}  // namespace iptmode::evidence
