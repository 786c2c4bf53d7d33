// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/reader_plan.h"

#include <algorithm>
#include <array>
#include <set>

namespace iptmode::collect {
namespace {

constexpr std::size_t kMaxReaders = 12;  // a node has two to five

bool is_file_of(Backend backend, const Program& program) {
  return program.form == ProgramForm::multi && program.inode != 0 &&
         program.identity().backend == backend;
}

/// Some images have a copy of one file under each name, where others have links.
bool is_copy_of(const ReaderRef& ref, const PlaceRef& place, const Program& program) {
  return ref.place.label == place.label && ref.reader.version &&
         ref.reader.version == program.identity().version;
}

/// A release that misbehaves alone, see version_known_bad; whether this build does, a look tells.
bool has_bug_of_its_own(Version version) {
  constexpr std::array kReleases{Version{1, 8, 8}, Version{1, 8, 10}, Version{1, 8, 11}};
  return version <= Version{1, 8, 2} || std::ranges::find(kReleases, version) != kReleases.end();
}

/// The legacy variant's: see version_known_bad.
bool may_have_legacy_bug(const std::optional<Version>& version) {
  return !version || version == Version{1, 8, 9};
}

/// The oldest class that reads what is there.
ReadClass class_needed(const Encodings& found) {
  if (found.native_mark + found.native_port + found.native_range + found.native_log > 0)
    return ReadClass::from_1_8_9;
  return found.short_prefix > 0 ? ReadClass::at_1_8_7 : ReadClass::up_to_1_8_6;
}

}  // namespace

void ReaderPlan::add(const PlaceRef& place, const Installation& installation, bool by_name,
                     bool of_root) {
  const Program* primary = installation.primary();
  if (primary != nullptr) add(place, *primary, of_root);
  if (!by_name && (primary == nullptr || !is_wrapper(primary->form))) return;
  for (const auto* programs : {&installation.multis, &installation.programs})
    for (const Program& program : *programs) add(place, program, of_root);
}

void ReaderPlan::add(const PlaceRef& place, const Program& program, bool of_root) {
  const bool legacy = is_file_of(Backend::legacy, program);
  if (!legacy && !is_file_of(Backend::nf_tables, program)) return;
  const auto known = std::ranges::find_if(readers_, [&](const ReaderRef& ref) {
    const bool same_file = ref.reader.device == program.device && ref.reader.inode == program.inode;
    return same_file || (ref.legacy == legacy && is_copy_of(ref, place, program));
  });
  if (known != readers_.end()) {
    std::vector<std::string>& places = known->reader.places;
    if (std::ranges::find(places, place.label) == places.end()) places.push_back(place.label);
    return;
  }
  if (readers_.size() == kMaxReaders) return;
  readers_.push_back({.reader = {.label = place.label,
                                 .places = {place.label},
                                 .path = program.resolved(),
                                 .version = program.identity().version,
                                 .device = program.device,
                                 .inode = program.inode},
                      .legacy = legacy,
                      .place = place,
                      .mode = program.mode,
                      .of_root = of_root});
}

namespace {

/// Two of them, or one and what was written, can understand a rule differently.
bool may_differ(const std::vector<ReaderRef>& readers, const std::vector<NftTable>& tables) {
  Encodings found;
  bool native = false;
  for (const NftTable& table : tables)
    if (!table.shapes.empty()) {
      found += table.encodings;
      native = native || std::ranges::any_of(table.shapes, &RuleShape::native);
    }
  std::set<ReadClass> classes;
  for (const ReaderRef& ref : readers) {
    if (ref.legacy) continue;
    if (!ref.reader.version) return true;
    classes.insert(read_class(*ref.reader.version));
  }
  return !classes.empty() &&
         (native || classes.size() > 1 || *classes.begin() < class_needed(found));
}

bool is_suspect(const ReaderRef& ref) {
  if (ref.legacy) return may_have_legacy_bug(ref.reader.version);
  return ref.reader.version && has_bug_of_its_own(*ref.reader.version);
}

}  // namespace

void keep_worth_asking(std::vector<ReaderRef>& readers, const std::vector<NftTable>& tables) {
  const bool all_read = may_differ(readers, tables);
  std::erase_if(readers, [&](const ReaderRef& ref) {
    const bool is_reader = all_read && !ref.legacy;
    return !is_reader && !is_suspect(ref);
  });
}

}  // namespace iptmode::collect
