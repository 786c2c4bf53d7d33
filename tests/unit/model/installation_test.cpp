// SPDX-License-Identifier: GPL-2.0-or-later
#include "iptmode/installation.h"

#include <set>

#include <gtest/gtest.h>

namespace iptmode {
namespace {

constexpr Identity kNft9{.backend = Backend::nf_tables, .version = Version{1, 8, 9}};
constexpr Identity kLegacy9{.backend = Backend::legacy, .version = Version{1, 8, 9}};
constexpr Identity kNft11{.backend = Backend::nf_tables, .version = Version{1, 8, 11}};

Program a_program(std::string_view name, Identity identity, ProgramForm form = ProgramForm::multi) {
  const std::string path = "/usr/sbin/" + std::string{name};
  return {
      .name = std::string{name}, .path = path, .chain = {path}, .form = form, .by_file = identity};
}

/// A place where all six names lead to one program.
Installation a_place(Identity identity, ProgramForm form = ProgramForm::multi) {
  Installation place;
  for (const std::string_view name : six_names())
    place.programs.push_back(a_program(name, identity, form));
  return place;
}

TEST(ProgramNames, AreTheSixThenTheirVariantsThenTheTools) {
  const auto& all = all_program_names();
  ASSERT_EQ(six_names().size(), 6U);
  ASSERT_EQ(all.size(), 21U);
  for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(all.at(i), six_names().at(i));
  const std::set<std::string_view> names{all.begin(), all.end()};
  EXPECT_EQ(names.size(), all.size());
  for (const std::string_view name :
       {"iptables", "ip6tables-restore", "iptables-nft", "ip6tables-nft-save",
        "ip6tables-legacy-restore", "nft", "ipset", "iptables-wrapper"})
    EXPECT_TRUE(names.contains(name)) << name;
}

TEST(ProgramForm, NamesEachFormAndKnowsTheWrappers) {
  EXPECT_EQ(to_string(ProgramForm::multi), "multi");
  EXPECT_EQ(to_string(ProgramForm::not_a_file), "notAFile");
  EXPECT_TRUE(is_wrapper(ProgramForm::go_wrapper));
  EXPECT_TRUE(is_wrapper(ProgramForm::shell_wrapper_v1));
  EXPECT_TRUE(is_wrapper(ProgramForm::shell_wrapper_v2));
  EXPECT_FALSE(is_wrapper(ProgramForm::script));
  EXPECT_FALSE(is_wrapper(ProgramForm::multi));
}

TEST(ProgramIdentity, BelievesTheRunBeforeTheFile) {
  Program program = a_program("iptables", kNft9);
  EXPECT_EQ(program.identity(), kNft9);
  EXPECT_FALSE(program.contradicts_itself());

  program.by_run = kNft9;
  EXPECT_FALSE(program.contradicts_itself());

  program.by_run = kLegacy9;
  EXPECT_EQ(program.identity(), kLegacy9);
  EXPECT_TRUE(program.contradicts_itself());

  program.by_run = kNft11;
  EXPECT_TRUE(program.contradicts_itself());
}

TEST(ProgramIdentity, FillsWhatTheRunLeftOpenFromTheFile) {
  Program program = a_program("iptables", kNft9);
  program.by_run = Identity{.backend = Backend::nf_tables};
  EXPECT_EQ(program.identity(), kNft9);
  EXPECT_FALSE(program.contradicts_itself());

  program.by_file = {};
  program.by_run = kLegacy9;
  EXPECT_EQ(program.identity(), kLegacy9);
  EXPECT_FALSE(program.contradicts_itself());
}

TEST(InstallationPrimary, IsTheFirstOfTheSixThatExists) {
  Installation place = a_place(kNft9);
  ASSERT_NE(place.primary(), nullptr);
  EXPECT_EQ(place.primary()->name, "iptables");

  place.programs.at(0).form = ProgramForm::missing;  // k0s before 1.25
  EXPECT_EQ(place.primary()->name, "iptables-save");

  place.programs.at(0).form = ProgramForm::dangling;  // a broken link is there, and is the answer
  EXPECT_EQ(place.primary()->name, "iptables");
}

TEST(InstallationPrimary, IsNothingInAnEmptyPlace) {
  EXPECT_EQ(Installation{}.primary(), nullptr);
  EXPECT_TRUE(Installation{}.empty());
  Installation only_nft;
  only_nft.programs.push_back(a_program("nft", {}, ProgramForm::standalone));
  EXPECT_TRUE(only_nft.empty());
  EXPECT_FALSE(a_place(kNft9).empty());
}

TEST(InstallationAvailable, TakesTheMultisFirst) {
  Installation place = a_place({}, ProgramForm::go_wrapper);
  place.multis = {a_program("xtables-nft-multi", kNft11),
                  a_program("xtables-legacy-multi", kLegacy9)};
  EXPECT_EQ(place.available(Backend::nf_tables).version, (Version{1, 8, 11}));
  EXPECT_EQ(place.available(Backend::legacy).version, (Version{1, 8, 9}));
}

TEST(InstallationAvailable, CountsCopiesUnderVariantNames) {
  Installation place;
  place.programs = {a_program("iptables-legacy-save", kLegacy9)};
  EXPECT_TRUE(place.available(Backend::legacy).present);
  EXPECT_FALSE(place.available(Backend::nf_tables).present);
}

TEST(InstallationAvailable, CountsTheFileThatThePlainNameLeadsTo) {
  EXPECT_TRUE(a_place(kLegacy9).available(Backend::legacy).present);
  EXPECT_FALSE(a_place(kLegacy9).available(Backend::nf_tables).present);
}

TEST(InstallationAvailable, BelievesTheFileMoreThanItsName) {
  Installation place;
  place.multis = {a_program("xtables-legacy-multi", kNft9)};
  EXPECT_FALSE(place.available(Backend::legacy).present);
  EXPECT_TRUE(place.available(Backend::nf_tables).present);
}

TEST(InstallationAvailable, TakesAFileThatSaysNothingAtItsName) {
  Installation place;
  place.multis = {a_program("xtables-legacy-multi", {}, ProgramForm::unreadable)};
  EXPECT_TRUE(place.available(Backend::legacy).present);
  EXPECT_EQ(place.available(Backend::legacy).version, std::nullopt);
}

TEST(InstallationAvailable, DoesNotCountWhatIsNotThere) {
  Installation place;
  place.multis = {a_program("xtables-legacy-multi", {}, ProgramForm::missing),
                  a_program("xtables-nft-multi", {}, ProgramForm::dangling)};
  place.programs = {a_program("nft", {}, ProgramForm::standalone),
                    a_program("iptables-nft", {}, ProgramForm::go_wrapper)};
  EXPECT_FALSE(place.available(Backend::legacy).present);
  EXPECT_FALSE(place.available(Backend::nf_tables).present);
}

TEST(InstallationVariants, AgreeWhenTheSixAreOfOneKind) {
  EXPECT_TRUE(a_place(kNft9).variants_agree());
  EXPECT_TRUE(a_place({}, ProgramForm::shell_wrapper_v2).variants_agree());
  EXPECT_TRUE(Installation{}.variants_agree());

  Installation without_v6 = a_place(kNft9);
  without_v6.programs.at(3).form = ProgramForm::missing;
  EXPECT_TRUE(without_v6.variants_agree());
}

TEST(InstallationVariants, DisagreeWhenOneOfTheSixDiffers) {
  Installation other_backend = a_place(kNft9);
  other_backend.programs.at(4).by_file = kLegacy9;
  EXPECT_FALSE(other_backend.variants_agree());

  Installation other_version = a_place(kNft9);
  other_version.programs.at(2).by_file = kNft11;
  EXPECT_FALSE(other_version.variants_agree());

  Installation half_resolved = a_place(kNft9);
  half_resolved.programs.at(5) = a_program("ip6tables-restore", {}, ProgramForm::go_wrapper);
  EXPECT_FALSE(half_resolved.variants_agree());

  Installation half_broken = a_place(kNft9);
  half_broken.programs.at(3) = a_program("ip6tables", {}, ProgramForm::dangling);
  EXPECT_FALSE(half_broken.variants_agree());
}

TEST(InstallationVariants, DoNotDisagreeOverWhatIsNotKnown) {
  Installation place = a_place(kNft9);
  place.programs.at(1).by_file = {};
  place.programs.at(2) = a_program("iptables-restore", {}, ProgramForm::unreadable);
  EXPECT_TRUE(place.variants_agree());
}

}  // namespace
}  // namespace iptmode
