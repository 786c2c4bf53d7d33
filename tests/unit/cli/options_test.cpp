// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/commands.h"
#include "cli/option_table.h"
#include "parse_words.h"

namespace iptmode::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::parse_words;
using Words = std::initializer_list<const char*>;

Options accepted(Words words) {
  const auto options = parse_words(words);
  EXPECT_TRUE(options.has_value()) << options.error();
  return options.value_or(Options{});
}

std::string refused(Words words) {
  const auto options = parse_words(words);
  EXPECT_FALSE(options.has_value());
  return options ? "" : options.error();
}

TEST(ParseOptions, AuditsWhenNothingIsSaid) {
  const Options options = accepted({});
  EXPECT_EQ(options.command, "audit");
  EXPECT_EQ(options.fail_on, Severity::error);
  EXPECT_EQ(options.output_file, "-");
}

TEST(ParseOptions, TakesEveryOptionBeforeAndAfterTheCommand) {
  for (const Words words :
       {Words{"-o", "json", "-q", "audit"}, Words{"audit", "-o", "json", "-q"},
        Words{"--output=json", "audit", "--quiet"}, Words{"-qojson", "audit"}}) {
    const Options options = accepted(words);
    EXPECT_EQ(options.command, "audit");
    EXPECT_EQ(options.format, Format::json);
    EXPECT_TRUE(options.quiet);
  }
}

TEST(ParseOptions, UnderstandsEveryValue) {
  const Options options =
      accepted({"--output-file", "/tmp/r", "--color", "never", "--fail-on", "warning",
                "--exit-zero", "--timeout", "5", "--no-exec", "--data-dir", "/d", "--status-socket",
                "/s", "--host-root", "/h", "--proc-root", "/p", "-v"});
  EXPECT_EQ(options.output_file, "/tmp/r");
  EXPECT_EQ(options.colour, Colour::never);
  EXPECT_EQ(options.fail_on, Severity::warning);
  EXPECT_TRUE(options.exit_zero && options.no_exec && options.verbose);
  EXPECT_EQ(options.timeout, std::chrono::seconds{5});
  EXPECT_EQ(options.data_dir + options.status_socket + options.host_root + options.proc_root,
            "/d/s/h/p");
  EXPECT_EQ(accepted({"--fail-on=never"}).fail_on, std::nullopt);
}

TEST(ParseOptions, CollectsListsAndLetsTheLastOfOthersCount) {
  const Options options = accepted({"--skip", "mode_split,hint_in_both", "--skip=impostor",
                                    "--only", "version_skew", "-o", "json", "-o", "text"});
  EXPECT_THAT(options.selection.skip, ElementsAre("mode_split", "hint_in_both", "impostor"));
  EXPECT_THAT(options.selection.only, ElementsAre("version_skew"));
  EXPECT_EQ(options.format, Format::text);
}

// Each line of this table is a behaviour of Boost.Program_options 1.74 that would surprise.
TEST(ParseOptions, HasNoneOfTheTrapsOfItsLibrary) {
  // implicit_value swallows the next word
  EXPECT_THAT(refused({"--color", "audit"}), HasSubstr("'audit' is none of: auto always never"));
  // value<unsigned> takes -5 for 4294967291
  EXPECT_THAT(refused({"--timeout=-5"}), HasSubstr("'-5' is no number of seconds"));
  EXPECT_FALSE(parse_words({"--timeout", "-5"}).has_value());
  // a repeated bool_switch throws
  EXPECT_TRUE(accepted({"-q", "-q", "--quiet"}).quiet);
  // prefixes are guessed
  EXPECT_THAT(refused({"--outp", "json"}),
              HasSubstr("unknown option --outp; did you mean --output?"));
  // what stood behind "--" is an option again
  EXPECT_THAT(accepted({"explain", "--", "-x"}).arguments, ElementsAre("-x"));
  EXPECT_EQ(accepted({"--", "--help"}).command, "--help");
  // "-" alone is a value
  EXPECT_EQ(accepted({"--output-file", "-"}).output_file, "-");
}

TEST(ParseOptions, SaysInOneLineWhatIsWrong) {
  struct Case {
    Words words;
    std::string_view want;
  };
  const Case cases[] = {
      {{"--otput", "json"}, "unknown option --otput; did you mean --output?"},
      {{"--xyzzy"}, "unknown option --xyzzy"},
      {{"-x"}, "unknown option -x"},
      {{"-qx"}, "unknown option -qx"},
      {{"--exception", "f"}, "unknown option --exception; did you mean --exceptions?"},
      {{"-o", "xml"}, "--output: 'xml' is none of: text json html prometheus npd nagios"},
      {{"-o"}, "needs a value"},
      {{"--data-dir="}, "needs a value"},
      {{"--quiet=yes"}, "option --quiet takes no value"},
      {{"--timeout", "0"}, "is no number of seconds from 1 to 3600"},
      {{"--timeout", "5s"}, "is no number of seconds"},
      {{"--timeout", "99999999999999999999"}, "is no number of seconds"},
      {{"--fail-on", "info"}, "is none of: critical error warning never"},
      {{"--skip", "mode_spilt"}, "there is no check 'mode_spilt'; did you mean mode_split?"},
      {{"--only", ""}, ""},
      {{"--only", "mode_split,"}, "there is no check ''"},
      {{"-q", "-v"}, "exclude each other"},
  };
  for (const auto& [words, want] : cases) {
    const std::string error = refused(words);
    SCOPED_TRACE(error);
    EXPECT_THAT(error, HasSubstr(want));
    EXPECT_FALSE(error.empty());
    EXPECT_EQ(error.find('\n'), std::string::npos);
  }
}

TEST(ParseOptions, EscapesWhatItQuotes) {
  EXPECT_EQ(refused({"--\x1b[2J"}).find('\x1b'), std::string::npos);
  EXPECT_EQ(refused({"--only", "\x1b[2J"}).find('\x1b'), std::string::npos);
}

TEST(OptionTable, HasNoNameOrLetterTwice) {
  std::string letters;
  for (const OptionRow& row : all_options()) {
    EXPECT_EQ(find_option(row.name), &row);
    if (row.letter == 0) continue;
    EXPECT_EQ(letters.find(row.letter), std::string::npos) << row.letter;
    letters += row.letter;
  }
}

TEST(HelpText, ShowsEveryOptionAndCommandIn80Columns) {
  const std::string text = help_text(nullptr);
  for (const OptionRow& row : all_options())
    EXPECT_THAT(text, HasSubstr("--" + std::string{row.name}));
  for (const Command& command : all_commands())
    EXPECT_THAT(text, HasSubstr("\n  " + std::string{command.name}));
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    EXPECT_LE(end - at, 80U) << text.substr(at, end - at);
    at = end + 1;
  }
}

}  // namespace
}  // namespace iptmode::cli
