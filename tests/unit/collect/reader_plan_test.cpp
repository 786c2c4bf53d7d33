// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/reader_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace iptmode::collect {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

Program a_program(std::string name, std::uint64_t inode, Version version = {1, 8, 9},
                  Backend backend = Backend::nf_tables) {
  return {.name = std::move(name),
          .path = "/usr/sbin/iptables",
          .chain = {"/usr/sbin/iptables", "/usr/sbin/xtables-multi"},
          .form = ProgramForm::multi,
          .by_file = {.backend = backend, .version = version},
          .device = 1,
          .inode = inode,
          .mode = 0755};
}

Installation a_place(Program iptables) {
  return {.programs = {std::move(iptables)}};
}

std::vector<ReaderRef> readers_of(const Installation& place, bool by_name = false) {
  ReaderPlan plan;
  plan.add({.label = "host"}, place, by_name, true);
  return plan.take();
}

TEST(ReaderPlan, TakesWhatIptablesLeadsTo) {
  const auto readers = readers_of(a_place(a_program("iptables", 7)));
  ASSERT_THAT(readers, SizeIs(1));
  EXPECT_EQ(readers.front().reader.path, "/usr/sbin/xtables-multi");
  EXPECT_EQ(readers.front().reader.version, (Version{1, 8, 9}));
  EXPECT_TRUE(readers.front().of_root);
}

TEST(ReaderPlan, TakesNoWrapper) {
  Program wrapper = a_program("iptables", 7);
  wrapper.form = ProgramForm::go_wrapper;
  EXPECT_THAT(readers_of(a_place(wrapper)), IsEmpty());
}

TEST(ReaderPlan, TakesWhatAWrapperMayChooseAndWhatIsCalledByName) {
  Program wrapper = a_program("iptables", 7);
  wrapper.form = ProgramForm::shell_wrapper_v2;
  Installation behind_wrapper = a_place(wrapper);
  behind_wrapper.multis = {a_program("xtables-nft-multi", 8),
                           a_program("xtables-legacy-multi", 9, {1, 8, 9}, Backend::legacy)};
  const auto both = readers_of(behind_wrapper);
  ASSERT_THAT(both, SizeIs(2));
  EXPECT_FALSE(both.front().legacy);
  EXPECT_TRUE(both.back().legacy);

  Installation by_name = a_place(a_program("iptables", 7, {1, 8, 9}, Backend::legacy));
  by_name.multis = {a_program("xtables-nft-multi", 8)};
  EXPECT_THAT(readers_of(by_name), SizeIs(1));
  EXPECT_THAT(readers_of(by_name, true), SizeIs(2));
}

TEST(ReaderPlan, TakesOneFileOnceAndNamesAllItsPlaces) {
  ReaderPlan plan;
  for (const char* label : {"k0s", "kubelet (pid 19)", "k0s"})
    plan.add({.label = label}, a_place(a_program("iptables", 7)), false, true);
  plan.add({.label = "host"}, a_place(a_program("iptables", 8)), false, true);
  const auto readers = plan.take();
  ASSERT_THAT(readers, SizeIs(2));
  EXPECT_EQ(readers.front().reader.label, "k0s");
  EXPECT_THAT(readers.front().reader.places, ElementsAre("k0s", "kubelet (pid 19)"));
}

TEST(ReaderPlan, TakesCopiesOfOneReleaseInOnePlaceForOne) {
  Installation copies = a_place(a_program("iptables", 7));
  for (const std::uint64_t inode : {8U, 9U})
    copies.programs.push_back(a_program("iptables-nft", inode));
  copies.programs.push_back(a_program("iptables-nft-save", 10, {1, 8, 13}));
  const auto readers = readers_of(copies, true);
  ASSERT_THAT(readers, SizeIs(2));
  EXPECT_EQ(readers.front().reader.inode, 7U);
  EXPECT_EQ(readers.back().reader.version, (Version{1, 8, 13}));
}

std::vector<ReaderRef> versions(const std::vector<Version>& list) {
  std::vector<ReaderRef> readers;
  for (const Version version : list) readers.push_back({.reader = {.version = version}});
  return readers;
}

/// Whether anybody is worth asking.
bool is_worth_asking(std::vector<ReaderRef> readers, const std::vector<NftTable>& tables) {
  keep_worth_asking(readers, tables);
  return !readers.empty();
}

std::vector<NftTable> a_table(const Encodings& encodings, bool native = false) {
  return {{.encodings = encodings, .shapes = {{.native = native}}}};
}

TEST(IsWorthAsking, OnlyWhereSomethingCanDiffer) {
  const auto plain = a_table({.xt_mark_or_port = 3});
  EXPECT_FALSE(is_worth_asking(versions({{1, 8, 9}, {1, 8, 13}}), plain));
  EXPECT_TRUE(is_worth_asking(versions({{1, 8, 7}, {1, 8, 13}}), plain));
  EXPECT_FALSE(is_worth_asking(versions({}), a_table({}, true)));
}

TEST(IsWorthAsking, WhenWhatIsWrittenIsNewerThanTheReader) {
  EXPECT_FALSE(is_worth_asking(versions({{1, 8, 7}}), a_table({.short_prefix = 1})));
  EXPECT_TRUE(is_worth_asking(versions({{1, 8, 6}}), a_table({.short_prefix = 1})));
  EXPECT_TRUE(is_worth_asking(versions({{1, 8, 7}}), a_table({.native_mark = 1})));
  EXPECT_FALSE(is_worth_asking(versions({{1, 8, 9}}), a_table({.native_mark = 1})));
}

TEST(IsWorthAsking, WhenARuleIsNativeOrAReleaseIsSuspect) {
  EXPECT_TRUE(is_worth_asking(versions({{1, 8, 9}}), a_table({}, true)));
  EXPECT_TRUE(is_worth_asking(versions({{1, 8, 11}}), a_table({})));
  EXPECT_TRUE(is_worth_asking({{.reader = {}}}, a_table({})));  // a release that nobody could tell
}

ReaderRef a_legacy_one(std::optional<Version> version) {
  return {.reader = {.version = version}, .legacy = true};
}

TEST(IsWorthAsking, AnIptablesLegacyWithABugOfItsOwn) {
  EXPECT_TRUE(is_worth_asking({a_legacy_one(Version{1, 8, 9})}, {}));
  EXPECT_FALSE(is_worth_asking({a_legacy_one(Version{1, 8, 13})}, {}));
  EXPECT_FALSE(
      is_worth_asking({a_legacy_one(Version{1, 8, 13}), {.reader = {.version = Version{1, 8, 9}}}},
                      a_table({.native_mark = 1})));
}

std::vector<std::string> versions_kept(std::vector<ReaderRef> readers,
                                       const std::vector<NftTable>& tables) {
  keep_worth_asking(readers, tables);
  std::vector<std::string> kept;
  for (const ReaderRef& ref : readers)
    kept.push_back((ref.legacy ? "legacy " : "") + to_string(ref.reader.version.value()));
  return kept;
}

TEST(KeepWorthAsking, LeavesTheSuspectsAloneWhereAllReadAlike) {
  std::vector<ReaderRef> readers = versions({{1, 8, 9}, {1, 8, 11}, {1, 8, 13}});
  readers.push_back(a_legacy_one(Version{1, 8, 9}));
  readers.push_back(a_legacy_one(Version{1, 8, 13}));
  EXPECT_THAT(versions_kept(readers, a_table({.native_mark = 1})),
              ElementsAre("1.8.11", "legacy 1.8.9"));
  EXPECT_THAT(versions_kept(readers, a_table({}, true)),
              ElementsAre("1.8.9", "1.8.11", "1.8.13", "legacy 1.8.9"));
}

}  // namespace
}  // namespace iptmode::collect
