// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnose/cross_readers.h"

#include <algorithm>

#include <fmt/format.h>

#include "diagnose/domains.h"
#include "diagnose/node_commands.h"
#include "diagnose/subject_names.h"

namespace iptmode::checks {
namespace {

/// The first release that reads what every later one writes.
constexpr Version kReadsAll{1, 8, 9};

const Program* program_named(const IptablesUser& user) {
  for (const auto* list : {&user.installation->programs, &user.installation->multis}) {
    const auto found = std::ranges::find_if(*list, [&](const Program& program) {
      return program.inode != 0 && program.resolved() == user.program;
    });
    if (found != list->end()) return &*found;
  }
  return nullptr;
}

bool is_file_of(const ReaderReadings& readings, const IptablesUser& user) {
  if (user.backend != Backend::nf_tables) return false;
  const Program* const program = program_named(user);
  return program != nullptr && program->inode == readings.reader.inode &&
         program->device == readings.reader.device;
}

std::vector<IptablesUser> users_here(const Snapshot& snapshot) {
  std::vector<IptablesUser> users;
  for (const Domain& domain : domains_of(snapshot))
    if (domain.is_node)
      for (IptablesUser& user : iptables_users(domain, snapshot)) users.push_back(std::move(user));
  return users;
}

/// The reader lies in the place that this user's program comes from. A bug of the legacy variant is
/// looked for beside the nft one.
bool is_in_place_of(const ReaderReadings& readings, const IptablesUser& user) {
  const auto same = [&](const Program& program) {
    return program.inode != 0 && program.inode == readings.reader.inode &&
           program.device == readings.reader.device;
  };
  return std::ranges::any_of(user.installation->programs, same) ||
         std::ranges::any_of(user.installation->multis, same);
}

const std::vector<ReaderReadings>& all_readings(const Snapshot& snapshot) {
  static const std::vector<ReaderReadings> none;
  const bool asked = snapshot.cross_reading && !snapshot.cross_reading->skipped;
  return asked ? snapshot.cross_reading->readers : none;
}

}  // namespace

const IptablesUser* CrossReader::main_user() const {
  const auto active = std::ranges::find(users, false, &IptablesUser::idle);
  if (active != users.end()) return &*active;
  return users.empty() ? nullptr : &users.front();
}

std::string CrossReader::subject() const {
  const IptablesUser* const user = main_user();
  return user == nullptr ? readings->reader.label : user->subject;
}

std::string CrossReader::version() const {
  const auto& version = readings->reader.version;
  return version ? to_string(*version) : "of unknown version";
}

std::string CrossReader::others() const {
  std::vector<std::string> names;
  for (const IptablesUser& user : users)
    if (&user != main_user()) names.push_back(user.subject);
  return names.empty() ? std::string{} : "also used by: " + join_names(names);
}

std::vector<CrossReader> cross_readers(const Snapshot& snapshot) {
  std::vector<CrossReader> readers;
  const std::vector<IptablesUser> users = users_here(snapshot);
  for (const ReaderReadings& readings : all_readings(snapshot)) {
    CrossReader reader{.readings = &readings, .number = readers.size()};
    for (const IptablesUser& user : users)
      if (is_file_of(readings, user)) reader.users.push_back(user);
    readers.push_back(std::move(reader));
  }
  return readers;
}

const ReaderReadings* readings_of(const IptablesUser& user, const Snapshot& snapshot) {
  const auto& all = all_readings(snapshot);
  const auto found = std::ranges::find_if(
      all, [&](const ReaderReadings& readings) { return is_file_of(readings, user); });
  return found == all.end() ? nullptr : &*found;
}

const BugProbe* probe_of(const IptablesUser& user, const Snapshot& snapshot, std::string_view bug) {
  for (const ReaderReadings& readings : all_readings(snapshot)) {
    const bool legacy = user.backend == Backend::legacy;
    if (legacy ? !is_in_place_of(readings, user) : !is_file_of(readings, user)) continue;
    const auto found = std::ranges::find(readings.bugs, bug, &BugProbe::bug);
    if (found != readings.bugs.end()) return &*found;
  }
  return nullptr;
}

bool uses_table(const IptablesUser& user, const NftTable& table) {
  if (!table.compat || (table.family != "ip" && table.family != "ip6")) return false;
  if (table.name == "raw") return user.is(ComponentKind::calico_node);
  return table.name == "filter" || table.name == "nat" || table.name == "mangle";
}

bool keeps_cluster_rules(const IptablesUser& user) {
  return user.place == Place::k0s_bin || user.is(ComponentKind::kube_router) ||
         user.is(ComponentKind::kube_proxy) || user.is(ComponentKind::kubelet) ||
         user.is(ComponentKind::flanneld);
}

std::string better_reader(const CrossReader& reader, const Snapshot& snapshot) {
  const std::string needed = to_string(kReadsAll);
  const IptablesUser* const user = reader.main_user();
  if (user == nullptr)
    return fmt::format("put iptables {} or later in the place of {}", needed,
                       reader.readings->reader.path);
  switch (user->place) {
    case Place::k0s_bin:
      return fmt::format("upgrade k0s: 1.28 and later bring iptables 1.8.9 or later in {}",
                         snapshot.k0s ? snapshot.k0s->bin_dir : "its bin directory");
    case Place::host:
      return fmt::format(
          "install iptables {} or later on the host, or remove the host's package; until then "
          "read rules with `{}` and never save and restore them with the host's",
          needed, command_for(snapshot, Backend::nf_tables, IpFamily::ipv4, "iptables-save"));
    case Place::component: break;
  }
  return fmt::format("use an image or package of {} with iptables {} or later, then {}",
                     to_string(user->component->kind), needed, renew(*user->component, snapshot));
}

std::string name_of(const NftTable& table) {
  return table.family + " " + table.name;
}

}  // namespace iptmode::checks
