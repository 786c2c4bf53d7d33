// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/os_release.h"

#include <gtest/gtest.h>

namespace iptmode::collect {
namespace {

TEST(ParseOsRelease, ReadsWhatDistributionsWrite) {
  struct Case {
    std::string text;
    OsRelease want;
  };
  const std::vector<Case> cases{
      {"PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nID=debian\nVERSION_ID=\"12\"\n",
       {"debian", "12"}},
      {"ID=\"rhel\"\nID_LIKE=\"fedora\"\nVERSION_ID='9.4'\n", {"rhel", "9.4"}},
      {"NAME=Arch\nID=arch\nBUILD_ID=rolling\n", {"arch", ""}},
      {"# comment\n\n  ID = alpine \r\nVERSION_ID=3.20.1", {"alpine", "3.20.1"}},
      {"ID=old\nID=new\n", {"new", ""}},
      {"ID=\"a\\\"b\\\\c\"\n", {"a\"b\\c", ""}},
      {"ID='a\\b'\n", {"a\\b", ""}},
      {"ID=\"\nVERSION_ID=\"12\n", {"\"", "\"12"}},
      {"", {"linux", ""}},
      {"ID\nVERSION_ID\n=\n", {"linux", ""}},
      {"ID=" + std::string(5000, 'x') + "\n", {"linux", ""}},
  };
  for (const auto& [text, want] : cases) {
    SCOPED_TRACE(text.substr(0, 100));
    EXPECT_EQ(parse_os_release(text), want);
  }
}

}  // namespace
}  // namespace iptmode::collect
