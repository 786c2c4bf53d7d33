// SPDX-License-Identifier: GPL-2.0-or-later
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "iptmode/identify.h"

namespace iptmode {
namespace {

using namespace std::string_literals;

constexpr std::optional<Backend> kNft = Backend::nf_tables;
constexpr std::optional<Backend> kLegacy = Backend::legacy;
constexpr std::optional<Backend> kNoBackend = std::nullopt;
constexpr std::optional<Version> kNoVersion = std::nullopt;

/// An ELF file with these strings, each between two NULs.
std::string an_elf(const std::vector<std::string>& strings) {
  std::string bytes = "\177ELF\2\1\1"s + std::string(57, '\0');
  for (const std::string& text : strings) (bytes += '\0') += text;
  return bytes += std::string(16, '\0');
}

const std::string kSave = "iptables-save";
const std::string kRestore = "iptables-restore";
const std::string kOldNft = "%s v%s (nf_tables)\n";
const std::string kOldLegacy = "%s v%s (legacy)\n";

struct Case {
  std::string what;
  std::string bytes;
  ProgramForm form = ProgramForm::standalone;
  std::optional<Backend> backend = {};
  std::optional<Version> version = {};
};

void expect_identities(std::initializer_list<Case> cases) {
  for (const Case& one : cases) {
    SCOPED_TRACE(one.what);
    const FileIdentity got = identify_file(one.bytes);
    EXPECT_EQ(to_string(got.form), to_string(one.form));
    EXPECT_EQ(got.identity.backend, one.backend);
    EXPECT_EQ(got.identity.version, one.version);
  }
}

TEST(IdentifyFile, ReadsBackendAndReleaseOfMultiCallFiles) {
  constexpr auto kMulti = ProgramForm::multi;
  expect_identities({
      {"1.8.9 nft", an_elf({"1.8.9", kSave, kRestore, "1.8.9 (nf_tables)"}), kMulti, kNft,
       Version{1, 8, 9}},
      {"1.8.9 legacy", an_elf({"1.8.9 (legacy)", kSave, kRestore}), kMulti, kLegacy,
       Version{1, 8, 9}},
      {"1.8.13 nft", an_elf({"1.8.13 (nf_tables)", kSave, kRestore}), kMulti, kNft,
       Version{1, 8, 13}},
      {"1.8.7 nft", an_elf({kSave, kRestore, "1.8.7", kOldNft}), kMulti, kNft, Version{1, 8, 7}},
      {"1.8.7 legacy", an_elf({kSave, kRestore, "1.8.7", kOldLegacy}), kMulti, kLegacy,
       Version{1, 8, 7}},
      {"1.8.2 nft", an_elf({kSave, kRestore, "1.8.2", kOldNft}), kMulti, kNft, Version{1, 8, 2}},
      {"1.8.4 static, with numbers of other libraries",
       an_elf({kSave, kRestore, "1.8.4", kOldNft, "1.2.11", "1.0.5", "2.31.0"}), kMulti, kNft,
       Version{1, 8, 4}},
      {"1.6.1", an_elf({kSave, kRestore, "1.6.1", "%s v%s\n"}), kMulti, kLegacy, Version{1, 6, 1}},
      {"1.6.1 compat", an_elf({kSave, kRestore, "1.6.1", "iptables-compat"}), kMulti, kNft,
       Version{1, 6, 1}},
      {"not known yet", an_elf({"2.0.1 (nf_tables)", kSave, kRestore}), kMulti, kNft,
       Version{2, 0, 1}},
  });
}

TEST(IdentifyFile, LeavesOutWhatTheFileContradicts) {
  constexpr auto kMulti = ProgramForm::multi;
  expect_identities({
      {"two releases", an_elf({"1.8.9 (nf_tables)", "1.8.11 (nf_tables)", kSave, kRestore}), kMulti,
       kNft, kNoVersion},
      {"two backends, one release",
       an_elf({"1.8.9 (nf_tables)", "1.8.9 (legacy)", kSave, kRestore}), kMulti, kNoBackend,
       Version{1, 8, 9}},
      {"two old releases", an_elf({"1.8.7", "1.8.4", kOldNft, kSave, kRestore}), kMulti, kNft,
       kNoVersion},
      {"the same release twice", an_elf({"1.8.7", "1.8.7", kOldNft, kSave, kRestore}), kMulti, kNft,
       Version{1, 8, 7}},
      {"old format without a number", an_elf({kOldLegacy, kSave, kRestore}), kMulti, kLegacy,
       kNoVersion},
      {"number of three digits too long",
       an_elf({"1.8.123456 (nf_tables)", kOldNft, kSave, kRestore}), kMulti, kNft, kNoVersion},
  });
}

TEST(IdentifyFile, TellsOtherElfFilesFromMultiCallFiles) {
  constexpr auto kStandalone = ProgramForm::standalone;
  expect_identities({
      {"no strings", an_elf({})},
      {"another program", an_elf({"1.0.6", "nftables"})},
      {"a program that calls iptables", an_elf({kSave, kRestore, "/sbin/iptables"})},
      {"both old formats, no number", an_elf({kOldNft, kOldLegacy, kSave, kRestore})},
      {"one applet built alone", an_elf({"1.8.9 (nf_tables)", kRestore}), kStandalone, kNft,
       Version{1, 8, 9}},
      {"a version inside a longer string", an_elf({"was 1.8.9 (nf_tables)", kSave, kRestore})},
      {"a version that goes on", an_elf({"1.8.9 (nf_tables) beta", kSave, kRestore})},
      {"a suffix without a version", an_elf({" (nf_tables)", kSave, kRestore})},
      {"an applet inside a longer string", an_elf({"my-iptables-save", "1.8.9 (legacy)", kRestore}),
       kStandalone, kLegacy, Version{1, 8, 9}},
  });
}

TEST(IdentifyFile, ReadsTheReleaseOfNftBesideItsName) {
  const char* format = "%s v%s (%s)";
  const auto version = [](const std::string& bytes) { return identify_file(bytes).nft_version; };
  EXPECT_EQ(version(an_elf({"Lester Gooch #5", "1.0.6", "nftables", format})), "1.0.6");
  EXPECT_EQ(version(an_elf({"1.0.6.1", "nftables", format})), "1.0.6.1");
  EXPECT_EQ(version(an_elf({"1.0.6", "nftables"})), "") << "another program that speaks of nft";
  EXPECT_EQ(version(an_elf({"1.0.6", "x", "nftables", format})), "") << "another's number";
  EXPECT_EQ(version(an_elf({"1.0", "nftables", format})), "");
  EXPECT_EQ(version(an_elf({"1..6.1", "nftables", format})), "");
  EXPECT_EQ(version(an_elf({std::string(40, '1') + ".0.6", "nftables", format})), "");
}

TEST(IdentifyFile, TellsTheReleaseOfLibnftables) {
  const auto version = [](std::vector<std::string> texts) {
    for (const char* const text : {"nft_run_cmd_from_buffer", "json_schema_version"})
      texts.emplace_back(text);
    return identify_file(an_elf(texts)).nft_version;
  };
  EXPECT_EQ(version({"Lester Gooch #5", "1.0.6", "metainfo"}), "1.0.6");
  EXPECT_EQ(version({"0.9.8"}), "0.9.8");
  EXPECT_EQ(version({"1.0.6", "1.2.11"}), "") << "which of them is its own?";
  EXPECT_EQ(version({}), "");
  EXPECT_EQ(identify_file(an_elf({"1.0.6", "json_schema_version"})).nft_version, "");
}

TEST(IdentifyFile, KnowsWrappersBeforeAnythingElse) {
  const std::string v2 =
      "#!/bin/sh\nset -eu\nnft_kubelet_rules=$( (iptables-nft-save -t mangle || true) "
      "| grep -E '^:(KUBE-IPTABLES-HINT|KUBE-KUBELET-CANARY)' | wc -l)\n"
      "num_legacy_lines=0\n";
  const std::string v1 =
      "#!/bin/sh\nset -eu\nnum_legacy_lines=$( (iptables-legacy-save || true) | grep -c '^-')\n"
      "if [ \"${num_legacy_lines}\" -ge \"${num_nft_lines}\" ]; then mode=legacy; fi\n";
  expect_identities({
      {"shell, 2022", v2, ProgramForm::shell_wrapper_v2},
      {"shell, 2020", v1, ProgramForm::shell_wrapper_v1},
      {"Go, first import path", an_elf({"path\tgithub.com/kubernetes-sigs/iptables-wrappers\n"}),
       ProgramForm::go_wrapper},
      {"Go, later import path", an_elf({"mod\tsigs.k8s.io/iptables-wrappers\t(devel)\n"}),
       ProgramForm::go_wrapper},
      {"Go, stripped", an_elf({"xUnable to redirect iptables binaries. (Are you running in"}),
       ProgramForm::go_wrapper},
      {"a wrapper dressed as a multi-call file",
       an_elf({"1.8.9 (nf_tables)", kSave, kRestore, "sigs.k8s.io/iptables-wrappers"}),
       ProgramForm::go_wrapper},
  });
}

TEST(IdentifyFile, TakesWhatIsNoElfFileForAScript) {
  expect_identities({
      {"empty", "", ProgramForm::script},
      {"a script", "#!/bin/sh\nexec /usr/sbin/iptables-nft \"$@\"\n", ProgramForm::script},
      {"no interpreter line", "exec iptables-nft\n", ProgramForm::script},
      {"half a magic number", "\177EL", ProgramForm::script},
      {"a marker far behind the text",
       "#!/bin/sh\n" + std::string(70000, '\n') + "num_legacy_lines", ProgramForm::script},
      {"strings of iptables without ELF", "1.8.9 (nf_tables)\0iptables-save\0iptables-restore\0"s,
       ProgramForm::script},
  });
}

/// Bytes of the kind that a fuzzer would find: every cut and every flipped byte of a real shape.
TEST(IdentifyFile, SurvivesEveryCutAndEveryChangedByte) {
  const std::string whole = an_elf({"1.8.7", kOldNft, kSave, kRestore, "1.8.9 (nf_tables)"});
  for (std::size_t length = 0; length <= whole.size(); ++length) {
    // A heap copy of exactly this length: a read past its end is seen by the sanitizer.
    const std::vector<char> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
    const FileIdentity got = identify_file({cut.data(), cut.size()});
    EXPECT_EQ(got.form == ProgramForm::script, length < 4);
  }
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0x55);
    const FileIdentity got = identify_file(changed);
    EXPECT_NE(got.form, ProgramForm::go_wrapper);
  }
}

TEST(IdentifyFile, SurvivesVersionsAtTheVeryEdge) {
  const std::string magic = "\177ELF";
  expect_identities({
      {"suffix right after the magic", magic + " (nf_tables)\0"s},
      {"digits up to the magic", magic + "1.8.9 (nf_tables)\0"s},
      {"NUL, version, end of file",
       magic + "\0"
               "1.8.9 (nf_tables)\0"s,
       ProgramForm::standalone, kNft, Version{1, 8, 9}},
      {"a number cut by the end of file",
       magic + "\0iptables-save\0iptables-restore\0%s v%s (legacy)\0"
               "1.8.7"s,
       ProgramForm::multi, kLegacy, kNoVersion},
      {"a number of a hundred digits", magic + "\0"s + std::string(100, '1') + " (nf_tables)\0"s},
  });
}

TEST(IdentifyFile, IsNotSlowedDownByAHostileFile) {
  std::string many = "\177ELF";
  for (int i = 0; many.size() < (1U << 20U); ++i)
    many += '\0' + ("1.8." + std::to_string(i % 65536)) + " (nf_tables)";
  many += '\0';
  const FileIdentity got = identify_file(many);
  EXPECT_EQ(got.identity.backend, kNft);
  EXPECT_EQ(got.identity.version, kNoVersion);
}

}  // namespace
}  // namespace iptmode
