// SPDX-License-Identifier: GPL-2.0-or-later
#include <array>

#include "evidence/rule_domains.h"
#include "kernel/legacy_save.h"
#include "kernel/table_names.h"
#include "sys/file.h"

namespace iptmode::evidence {

namespace {

constexpr std::string_view kHead =
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

Result<std::vector<std::string>> listed_tables(const Sight& sight, const RuleDomain& domain,
                                               const Family& family) {
  constexpr std::size_t kMaxNames = 4096;
  const auto list = sys::read_file(
      sight.proc.fd(), std::to_string(domain.witness) + "/net/" + std::string{family.names_file},
      kMaxNames);
  if (!list && list.error().code != std::errc::no_such_file_or_directory)
    return tl::unexpected(list.error());
  return kernel::parse_table_names(list.value_or(""));
}

/// Only tables that are listed now: libiptc creates what it is asked for. That the witness is where
/// it should be is looked at last, so that the names are those of this namespace.
void save_family(Sight& sight, const RuleDomain& domain, const Family& family) {
  const std::string name{to_string(family.id)};
  const std::string path = domain.path("legacy-" + name + ".save");
  const auto tables = listed_tables(sight, domain, family);
  if (!tables) return sight.miss(path, tables.error());
  const auto inside = domain.enter(sight);
  if (!inside) return sight.miss(path, inside.error());
  std::string text{kHead};
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
  sight.add(path, "legacy rules, " + name + domain.words, std::move(text), std::move(cut));
}

void save_domain(Sight& sight, const RuleDomain& domain) {
  if (!domain.network->legacy)
    return sight.miss(domain.path("legacy"), "legacy tables could not be read");
  for (const Family& family : kFamilies) save_family(sight, domain, family);
}

}  // namespace

void read_legacy_rules(Sight& sight) {
  for_each_domain(sight, "legacy", save_domain);
}

}  // namespace iptmode::evidence
