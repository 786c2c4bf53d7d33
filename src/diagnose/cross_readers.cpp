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

bool is_same_file(const IptablesReader& reader, const IptablesUser& user) {
  const Program* const program = program_named(user);
  return program != nullptr && program->inode == reader.inode && program->device == reader.device;
}

bool is_file_of(const ReaderReadings& readings, const IptablesUser& user) {
  return user.backend == Backend::nf_tables && is_same_file(readings.reader, user);
}

/// Of the files of one release in one place one was asked.
bool is_copy_of(const ReaderReadings& readings, const IptablesUser& user) {
  const auto& places = readings.reader.places;
  return user.backend == Backend::nf_tables && user.version &&
         readings.reader.version == user.version &&
         std::ranges::find(places, user.subject) != places.end();
}

std::vector<IptablesUser> users_here(const Snapshot& snapshot) {
  std::vector<IptablesUser> users;
  for (const Domain& domain : domains_of(snapshot))
    if (domain.is_node)
      for (IptablesUser& user : iptables_users(domain, snapshot)) users.push_back(std::move(user));
  return users;
}

/// What was looked for in an iptables-legacy.
const std::vector<BugProbe>* legacy_bugs_of(const IptablesUser& user, const Snapshot& snapshot) {
  if (!snapshot.cross_reading) return nullptr;
  for (const LegacyTrial& trial : snapshot.cross_reading->legacy)
    if (is_same_file(trial.program, user)) return &trial.bugs;
  return nullptr;
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
      if (number_of_reader(user, snapshot) == reader.number) reader.users.push_back(user);
    readers.push_back(std::move(reader));
  }
  return readers;
}

std::optional<std::size_t> number_of_reader(const IptablesUser& user, const Snapshot& snapshot) {
  const auto& all = all_readings(snapshot);
  for (const auto is_users : {is_file_of, is_copy_of})
    for (std::size_t number = 0; number < all.size(); ++number)
      if (is_users(all[number], user)) return number;
  return std::nullopt;
}

const ReaderReadings* readings_of(const IptablesUser& user, const Snapshot& snapshot) {
  const auto number = number_of_reader(user, snapshot);
  return number ? &all_readings(snapshot)[*number] : nullptr;
}

const BugProbe* probe_of(const IptablesUser& user, const Snapshot& snapshot, std::string_view bug) {
  const std::vector<BugProbe>* bugs = nullptr;
  if (user.backend == Backend::legacy)
    bugs = legacy_bugs_of(user, snapshot);
  else if (const ReaderReadings* const readings = readings_of(user, snapshot))
    bugs = &readings->bugs;
  if (bugs == nullptr) return nullptr;
  const auto found = std::ranges::find(*bugs, bug, &BugProbe::bug);
  return found == bugs->end() ? nullptr : &*found;
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

std::string unheard_reader(const std::vector<CrossReader>& readers) {
  for (const CrossReader& reader : readers)
    for (const FamilyReading& reading : reader.readings->families)
      if (!was_heard(reading.whole))
        return fmt::format("{}: {}", reader.subject(), reading.whole.detail);
  return {};
}

std::vector<std::string> move_native_rules(const NftTable& table, std::string_view chain) {
  return {
      "let their writer use a table of its own (`table inet NAME`): nft, Tailscale, NetBird and "
      "scripts can",
      fmt::format("then delete them: `nft -a list chain {0} {1} '{2}'` shows their handles, "
                  "`nft delete rule {0} {1} '{2}' handle N`",
                  table.family, table.name, chain)};
}

std::string name_of(const NftTable& table) {
  return table.family + " " + table.name;
}

}  // namespace iptmode::checks
