// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parse_words.h"
#include "temporary_directory.h"

namespace iptmode::cli {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::parse_words;

struct ConfigFile : ::testing::Test {
  testing::TemporaryDirectory directory;
  std::string path = directory.file("iptmode.conf");

  auto parse(const std::string& text, std::initializer_list<const char*> words = {}) {
    path = directory.write("iptmode.conf", text);
    std::vector<const char*> arguments{"--config", path.c_str()};
    arguments.insert(arguments.end(), words.begin(), words.end());
    return parse_options(arguments);
  }
};

TEST_F(ConfigFile, HoldsTheOptionsOfTheCommandLine) {
  const auto options = parse(
      "# a comment\n\noutput = json\nfail-on=warning\nquiet = true\nexit-zero = false\n"
      "skip = mode_split,impostor\nskip = version_skew\ntimeout = 7 # seconds\n");
  ASSERT_TRUE(options.has_value()) << options.error();
  EXPECT_EQ(options->format, Format::json);
  EXPECT_EQ(options->fail_on, Severity::warning);
  EXPECT_TRUE(options->quiet);
  EXPECT_FALSE(options->exit_zero);
  EXPECT_EQ(options->timeout, std::chrono::seconds{7});
  EXPECT_THAT(options->selection.skip, ElementsAre("mode_split", "impostor", "version_skew"));
}

TEST_F(ConfigFile, StandsBackBehindTheCommandLine) {
  const auto options = parse("output = json\nskip = impostor\nfail-on = never\n",
                             {"-o", "text", "--skip", "mode_split"});
  ASSERT_TRUE(options.has_value()) << options.error();
  EXPECT_EQ(options->format, Format::text);
  EXPECT_THAT(options->selection.skip, ElementsAre("mode_split"));
  EXPECT_EQ(options->fail_on, std::nullopt);
}

TEST_F(ConfigFile, NamesTheFileAndTheKeyThatIsWrong) {
  struct Case {
    std::string text;
    std::string_view key;
  };
  const Case cases[] = {{"otput = json\n", "unknown name 'otput'; did you mean --output?"},
                        {"config = /etc/other\n", "'config'"},
                        {"help = true\n", "'help'"},
                        {"[section]\noutput = json\n", "section.output"},
                        {"quiet = yes\n", "quiet must be true or false, not 'yes'"},
                        {"timeout = soon\n", "--timeout: 'soon'"},
                        {"just words\n", "just words"},
                        {"outp = json\n", "'outp'"}};
  for (const auto& [text, key] : cases) {
    SCOPED_TRACE(text);
    const auto options = parse(text);
    ASSERT_FALSE(options.has_value());
    EXPECT_THAT(options.error(), AllOf(HasSubstr(path), HasSubstr(key)));
  }
}

TEST_F(ConfigFile, MustBeThere) {
  EXPECT_THAT(parse_words({"--config", "/nonexistent/iptmode.conf"}).error(),
              HasSubstr("/nonexistent/iptmode.conf: cannot be read"));
  EXPECT_FALSE(parse_words({"--config", "/"}).has_value());
}

}  // namespace
}  // namespace iptmode::cli
