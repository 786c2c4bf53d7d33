// SPDX-License-Identifier: GPL-2.0-or-later
#include "installation_builder.h"

#include <algorithm>
#include <utility>

namespace iptmode::testing {
namespace {

std::string multi_name(Backend backend) {
  return backend == Backend::legacy ? "xtables-legacy-multi" : "xtables-nft-multi";
}

Identity identity_of(Backend backend, std::string_view version) {
  return {.backend = backend, .version = version_from_string(version)};
}

/// A stable number for a path, so that two names of one file have one inode.
std::uint64_t inode_of(std::string_view path) {
  std::uint64_t hash = 5381;
  for (const char c : path) hash = hash * 33U + static_cast<unsigned char>(c);
  return hash % 1000000U + 2U;
}

Program linked(std::string name, const std::string& directory, Program target) {
  target.name = std::move(name);
  target.path = directory + "/" + target.name;
  target.chain.insert(target.chain.begin(), target.path);
  return target;
}

/// In the order of all_program_names(), as the contract of Installation says.
void sort_as_looked_up(std::vector<Program>& programs) {
  const auto place = [](const Program& program) {
    return std::ranges::find(all_program_names(), program.name) - all_program_names().begin();
  };
  std::ranges::stable_sort(programs, {}, place);
}

void put(std::vector<Program>& programs, Program program) {
  std::erase_if(programs, [&](const Program& old) { return old.name == program.name; });
  programs.push_back(std::move(program));
}

}  // namespace

Program a_multi(const std::string& directory, Backend backend, std::string_view version) {
  Program program{.name = multi_name(backend), .form = ProgramForm::multi, .mode = 0755};
  program.path = directory + "/" + program.name;
  program.chain = {program.path};
  program.by_file = identity_of(backend, version);
  program.by_run = program.by_file;
  program.device = 1;
  program.inode = inode_of(program.path);
  return program;
}

InstallationBuilder::InstallationBuilder(std::string directory) : directory_{std::move(directory)} {
  installation_.search_path = {directory_};
}

InstallationBuilder& InstallationBuilder::multi(Backend backend, std::string_view version) {
  put(installation_.multis, a_multi(directory_, backend, version));
  return *this;
}

InstallationBuilder& InstallationBuilder::without_multi(Backend backend) {
  std::erase_if(installation_.multis,
                [&](const Program& program) { return program.name == multi_name(backend); });
  return *this;
}

InstallationBuilder& InstallationBuilder::links(Backend backend, std::string_view version) {
  for (const std::string_view name : six_names()) link(name, backend, version);
  return *this;
}

InstallationBuilder& InstallationBuilder::link(std::string_view name, Backend backend,
                                               std::string_view version) {
  multi(backend, version);
  return program(linked(std::string{name}, directory_, a_multi(directory_, backend, version)));
}

InstallationBuilder& InstallationBuilder::wrapper(ProgramForm form) {
  Program file{.name = "iptables-wrapper", .form = form, .device = 1, .mode = 0755};
  file.path = directory_ + "/iptables-wrapper";
  file.chain = {file.path};
  file.inode = inode_of(file.path);
  for (const std::string_view name : six_names())
    program(linked(std::string{name}, directory_, file));
  return wrapper_file();
}

InstallationBuilder& InstallationBuilder::wrapper_file(bool present) {
  installation_.wrapper_present = present;
  return *this;
}

InstallationBuilder& InstallationBuilder::wrapper_in_root(ProgramForm form) {
  Program file{.name = "iptables-wrapper", .path = "/iptables-wrapper", .form = form};
  file.chain = {file.path};
  return program(std::move(file)).wrapper_file();
}

InstallationBuilder& InstallationBuilder::by_name(Backend backend, std::string_view version) {
  const std::string side = backend == Backend::legacy ? "legacy" : "nft";
  for (const std::string family : {"iptables-", "ip6tables-"})
    for (const std::string applet : {"", "-save", "-restore"})
      program(linked(family + side + applet, directory_, a_multi(directory_, backend, version)));
  return *this;
}

InstallationBuilder& InstallationBuilder::program(Program program) {
  put(installation_.programs, std::move(program));
  sort_as_looked_up(installation_.programs);
  return *this;
}

Installation InstallationBuilder::build() const {
  return installation_;
}

InstallationBuilder an_installation(std::string directory) {
  return InstallationBuilder{std::move(directory)};
}

}  // namespace iptmode::testing
