// SPDX-License-Identifier: GPL-2.0-or-later
#include "iptmode/escape.h"

#include <gtest/gtest.h>

#include "model/utf8.h"

namespace iptmode {
namespace {

using namespace std::string_view_literals;

TEST(Escape, MakesEveryByteSafeForATerminal) {
  struct Case {
    std::string_view bytes;
    std::string_view want;
  };
  constexpr Case kCases[] = {
      {"", ""},
      {"KUBE-SVC-ERIFXISQEP7F7OF4", "KUBE-SVC-ERIFXISQEP7F7OF4"},
      {"gr\u00fc\u00df \u4f60\u597d \U0001f600",
       "gr\u00fc\u00df \u4f60\u597d \U0001f600"},             // printable UTF-8 stays
      {"a\\b", "a\\\\b"},                                     // so that no text can fake an escape
      {"\x1b[31mred", "\\x1b[31mred"},                        // terminal colour
      {"a\nb\tc\rd", "a\\x0ab\\x09c\\x0dd"},                  // one line stays one line
      {"a\0b"sv, "a\\x00b"},                                  //
      {"\x7f", "\\x7f"},                                      // DEL
      {"\u009b2J", "\\xc2\\x9b2J"},                           // C1: control sequence introducer
      {"\u202egnp.exe", "\\xe2\\x80\\xaegnp.exe"},            // right-to-left override
      {"\u2066x\u2069", "\\xe2\\x81\\xa6x\\xe2\\x81\\xa9"},   // isolates
      {"a\u200bb", "a\\xe2\\x80\\x8bb"},                      // zero-width space
      {"a\u200fb", "a\\xe2\\x80\\x8fb"},                      // right-to-left mark
      {"\ufeffx", "\\xef\\xbb\\xbfx"},                        // byte order mark
      {"\u2028", "\\xe2\\x80\\xa8"},                          // line separator
      {"\xff\xfe", "\\xff\\xfe"},                             // never UTF-8
      {"\x80", "\\x80"},                                      // continuation without a start
      {"\xc3", "\\xc3"},                                      // cut
      {"\xe2\x82", "\\xe2\\x82"},                             // cut
      {"\xf0\x9f\x98", "\\xf0\\x9f\\x98"},                    // cut
      {"\xc3(", "\\xc3("},                                    // the next byte is kept
      {"\xc0\xaf", "\\xc0\\xaf"},                             // overlong '/'
      {"\xe0\x80\xaf", "\\xe0\\x80\\xaf"},                    // overlong
      {"\xf0\x80\x80\xaf", "\\xf0\\x80\\x80\\xaf"},           // overlong
      {"\xed\xa0\x80", "\\xed\\xa0\\x80"},                    // surrogate
      {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},           // above U+10FFFF
      {"\xf8\x88\x80\x80\x80", "\\xf8\\x88\\x80\\x80\\x80"},  // five bytes
  };
  for (const auto& [bytes, want] : kCases) {
    SCOPED_TRACE(want);
    EXPECT_EQ(escape(bytes), want);
  }
}

TEST(Escape, GivesPrintableUtf8ForEveryPairOfBytes) {
  for (unsigned pair = 0; pair < 0x10000; ++pair) {
    const std::string bytes{static_cast<char>(pair >> 8U), static_cast<char>(pair & 0xffU)};
    const std::string safe = escape(bytes);
    ASSERT_TRUE(is_utf8(safe)) << pair;
    for (const char c : safe) ASSERT_TRUE(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
  }
}

TEST(Utf8, AcceptsTheEdgesOfEveryLength) {
  EXPECT_EQ(decode_utf8("\x7f").code_point, 0x7fU);
  EXPECT_EQ(decode_utf8("\u0080").code_point, 0x80U);
  EXPECT_EQ(decode_utf8("\u07ff").code_point, 0x7ffU);
  EXPECT_EQ(decode_utf8("\u0800").code_point, 0x800U);
  EXPECT_EQ(decode_utf8("\uffff").code_point, 0xffffU);
  EXPECT_EQ(decode_utf8("\U00010000").code_point, 0x10000U);
  EXPECT_EQ(decode_utf8("\U0010ffff").code_point, 0x10ffffU);
  EXPECT_EQ(decode_utf8("").length, 0U);
}

TEST(ToPlainAscii, LeavesNothingThatAPatternOrAQuoteCouldTripOver) {
  EXPECT_EQ(to_plain_ascii("kube-router writes legacy, kube-proxy nf_tables"),
            "kube-router writes legacy, kube-proxy nf_tables");
  EXPECT_EQ(to_plain_ascii("a\"b'c\\d`e\nf\xc3\xbc"), "a?bc?de?f??");
}

TEST(EscapeText, LeavesLinesTabsAndBackslashesAlone) {
  EXPECT_EQ(escape_text("a\tb\\c\n\x1b[31md\r\n\xc3\xbc\xff"),
            "a\tb\\c\n\\x1b[31md\\x0d\n\xc3\xbc\\xff");
  EXPECT_EQ(escape_text("\xe2\x80\xae\x07"), "\\xe2\\x80\\xae\\x07");
}

TEST(Shorten, KeepsShortTextAndCutsAtACharacter) {
  struct Case {
    std::string_view text;
    std::size_t max_bytes;
    std::string_view want;
  };
  constexpr Case kCases[] = {
      {"abc", 3, "abc"},
      {"abcdef", 5, "ab..."},
      {"abcdef", 3, "..."},
      {"abcdef", 0, ""},
      {"", 0, ""},
      {"gr\u00fc\u00dfe", 6, "gr..."},  // six of seven bytes: the cut falls into the u with dots
      {"\U0001f600\U0001f600", 7, "\U0001f600..."},
      {"\U0001f600\U0001f600", 6, "..."},
      {"\x80\x80\x80\x80\x80\x80\x80\x80", 7, "\x80\x80\x80\x80..."},  // not UTF-8: cut anywhere
  };
  for (const auto& [text, max_bytes, want] : kCases) {
    SCOPED_TRACE(want);
    EXPECT_EQ(shorten(text, max_bytes), want);
    EXPECT_LE(shorten(text, max_bytes).size(), max_bytes);
  }
}

}  // namespace
}  // namespace iptmode
