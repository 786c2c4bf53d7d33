// SPDX-License-Identifier: GPL-2.0-or-later
// The parts of a probe that take text or bytes: no privilege needed.
#include <sys/mount.h>

#include <gmock/gmock.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "probe/id_map.h"
#include "probe/place_answer.h"
#include "probe/read_only_view.h"
#include "probe/run_result.h"

namespace iptmode::probe {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

TEST(ParseMountinfo, UndoesEscapesAndKeepsRestrictions) {
  const auto mounts = parse_mountinfo(
      "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
      "23 22 0:5 / /a\\040b\\134c\\012d rw,noexec,nosuid,noatime - tmpfs x rw\n"
      "24 22 0:6 /x /mnt ro,nosymfollow master:3 - tmpfs y rw,noexec\n");
  ASSERT_TRUE(mounts.has_value());
  ASSERT_EQ(mounts->size(), 3U);
  EXPECT_EQ(mounts->at(0).path, "/");
  EXPECT_EQ(mounts->at(0).flags, 0U);
  EXPECT_EQ(mounts->at(1).path, "/a b\\c\nd");
  EXPECT_EQ(mounts->at(1).flags, MS_NOEXEC);
  EXPECT_EQ(mounts->at(2).flags, MS_NOSYMFOLLOW)
      << "options of the file system are not the mount's";
}

TEST(ParseMountinfo, FailsForALineThatItDoesNotUnderstand) {
  for (const char* text :
       {"\n", "22 1 8:1 /", "22 1 8:1 / relative rw - x y z\n", "22 1 8:1 / /\n"})
    EXPECT_FALSE(parse_mountinfo(text).has_value()) << text;
  EXPECT_TRUE(parse_mountinfo("")->empty());
}

TEST(MapToNobody, GivesEachIdOneThatNobodyHas) {
  EXPECT_EQ(map_to_nobody({}), "");
  EXPECT_EQ(map_to_nobody(std::vector<std::uint32_t>{0, 1000}),
            "0 4294901760 1\n1000 4294901761 1\n");
  const std::string many = map_to_nobody(std::vector<std::uint32_t>(500, 7));
  EXPECT_EQ(std::count(many.begin(), many.end(), '\n'), 340);
}

TEST(OuterRootId, IsTheIdThatZeroIsMappedTo) {
  EXPECT_EQ(outer_root_id("         0          0 4294967295\n"), 0U);
  EXPECT_EQ(outer_root_id("         0     100000      65536\n"), 100000U);
  EXPECT_EQ(outer_root_id("  1000 1000 1\n     0 200000 1000\n"), 200000U);
  EXPECT_EQ(outer_root_id("  1000 1000 1\n"), std::nullopt);
  EXPECT_EQ(outer_root_id(""), std::nullopt);
  EXPECT_EQ(outer_root_id("0"), std::nullopt);
  EXPECT_EQ(outer_root_id("0 99999999999 1\n"), std::nullopt);
}

PlaceContents some_contents() {
  PlaceContents contents;
  for (const std::string_view name : all_program_names())
    contents.installation.programs.push_back({.name = std::string{name}});
  Program& iptables = contents.installation.programs.front();
  iptables.path = "/usr/sbin/iptables";
  iptables.chain = {"/usr/sbin/iptables", "/usr/sbin/\xff\n\"multi"};
  iptables.form = ProgramForm::multi;
  iptables.nft_version = "1.0.6.1";
  iptables.by_file = {.backend = Backend::nf_tables, .version = Version{1, 8, 9}};
  iptables.device = 7;
  iptables.inode = UINT64_MAX;
  iptables.mode = 04755;
  contents.installation.multis.push_back(iptables);
  contents.installation.libraries.push_back(iptables);
  contents.installation.wrapper_present = true;
  contents.problems = {"/root: Permission denied"};
  contents.text_files.emplace("/etc/a", std::string("\0\xfe", 2));
  contents.text_files.emplace("/etc/b", sys_error(ENOENT, "read", "/etc/b"));
  contents.denied = true;
  return contents;
}

TEST(PlaceAnswer, ComesBackAsItWasSent) {
  const PlaceContents sent = some_contents();
  const auto got = decode_answer(encode_answer(sent), {.search_path = {"/usr/sbin"}});
  ASSERT_TRUE(got.has_value()) << to_string(got.error());
  EXPECT_EQ(got->installation.programs, sent.installation.programs);
  EXPECT_EQ(got->installation.multis, sent.installation.multis);
  EXPECT_EQ(got->installation.libraries, sent.installation.libraries);
  EXPECT_EQ(got->installation.search_path, std::vector<std::string>{"/usr/sbin"});
  EXPECT_TRUE(got->installation.wrapper_present);
  EXPECT_TRUE(got->denied);
  EXPECT_EQ(got->problems, sent.problems);
  EXPECT_EQ(got->text_files, sent.text_files);
}

TEST(PlaceAnswer, IsRefusedWhereverItIsCut) {
  const std::string answer = encode_answer(some_contents());
  for (std::size_t length = 0; length < answer.size(); ++length)
    EXPECT_FALSE(decode_answer(answer.substr(0, length), {}).has_value()) << length;
  EXPECT_FALSE(decode_answer(answer + "x", {}).has_value());
}

TEST(PlaceAnswer, WithAnyByteChangedIsRefusedOrSound) {
  const std::string answer = encode_answer(some_contents());
  for (std::size_t at = 0; at < answer.size(); ++at)
    for (const char byte : {'\x01', '\xff'}) {
      std::string changed = answer;
      changed[at] = byte;
      const auto got = decode_answer(changed, {});
      if (!got) continue;
      ASSERT_EQ(got->installation.programs.size(), all_program_names().size());
      for (const Program& program : got->installation.programs) {
        EXPECT_LE(program.form, ProgramForm::not_a_file);
        EXPECT_TRUE(program.chain.empty() || program.chain.back().starts_with('/'));
      }
    }
}

TEST(PlaceAnswer, IsRefusedWhenAPathIsNotOne) {
  for (const char* path : {"relative", "", "-V"}) {
    PlaceContents contents = some_contents();
    contents.installation.programs.front().chain.back() = path;
    EXPECT_FALSE(decode_answer(encode_answer(contents), {}).has_value()) << path;
  }
  PlaceContents contents = some_contents();
  contents.installation.programs.front().name = "sh";
  EXPECT_FALSE(decode_answer(encode_answer(contents), {}).has_value()) << "a name not asked for";
}

TEST(InterpretRun, BelievesACleanExitWithAVersionLineOnly) {
  const std::string line = "iptables v1.8.7 (legacy)\n";
  const auto good = interpret_run({.wait_status = 0, .output = line}, 2s);
  ASSERT_TRUE(good.identity.has_value());
  EXPECT_EQ(good.identity->version, (Version{1, 8, 7}));
  EXPECT_EQ(good.problem, "");

  struct Case {
    SandboxOutcome outcome;
    std::string problem;
  };
  const Case cases[] = {
      {{.wait_status = 0x0100, .output = line}, "exit status 1: iptables v1.8.7 (legacy)"},
      {{.wait_status = 0x0100}, "exit status 1"},
      {{.wait_status = 11, .output = line}, "signal 11"},
      {{.wait_status = 9, .timed_out = true, .output = line}, "timed out after 2 s"},
      {{.wait_status = 9, .too_much_output = true, .output = std::string(4096, 'A')},
       "more than 4096 bytes of output"},
      {{.failure = SandboxOutcome::Failure{Step::exec, ENOENT}, .wait_status = 0x7f00},
       "exec: No such file or directory"},
      {{.output = line}, "ended without a word"},
  };
  for (const auto& [outcome, problem] : cases) {
    const auto result = interpret_run(outcome, 2s);
    EXPECT_FALSE(result.identity.has_value()) << problem;
    EXPECT_EQ(result.problem, problem);
  }
  EXPECT_NE(interpret_run({.wait_status = 0, .output = "hello\n"}, 2s).problem, "");
}

TEST(InterpretReading, SaysThatAProcessWasAbandoned) {
  const auto stuck = interpret_reading({.timed_out = true, .stuck = true}, 2s);
  EXPECT_EQ(stuck.error().code, std::errc::timed_out);
  EXPECT_THAT(to_string(stuck.error()), HasSubstr("abandoned"));
  EXPECT_EQ(interpret_reading({.wait_status = 11}, 2s).error().code, std::errc::io_error);
  EXPECT_EQ(
      to_string(interpret_reading(
                    {.failure = SandboxOutcome::Failure{Step::enter_mount_namespace, EPERM}}, 2s)
                    .error()),
      "setns mnt: Operation not permitted");
}

}  // namespace
}  // namespace iptmode::probe
