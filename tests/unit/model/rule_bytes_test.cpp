// SPDX-License-Identifier: GPL-2.0-or-later
#include "iptmode/rule_bytes.h"

#include <gmock/gmock.h>

namespace iptmode {
namespace {

using namespace std::string_literals;
using ::testing::HasSubstr;
using ::testing::Not;

std::string attribute(std::uint16_t type, const std::string& payload) {
  std::string bytes(4, '\0');
  const auto length = static_cast<std::uint16_t>(4 + payload.size());
  std::memcpy(bytes.data(), &length, sizeof length);
  std::memcpy(bytes.data() + 2, &type, sizeof type);
  bytes += payload;
  bytes.resize((bytes.size() + 3) & ~std::size_t{3});
  return bytes;
}

/// One expression, as NFTA_LIST_ELEM.
std::string expression(const std::string& name, const std::string& data) {
  return attribute(0x8001, attribute(1, name + '\0') + attribute(0x8002, data));
}

/// "meta mark", of NFTA_META_DREG and NFTA_META_KEY.
std::string meta() {
  return attribute(1, "\0\0\0\1"s) + attribute(2, "\0\0\0\3"s);
}

std::string names_in(std::string_view expressions) {
  std::string names;
  for_each_attribute(expressions, [&](std::uint16_t, std::string_view one) {
    for_each_attribute(one, [&](std::uint16_t type, std::string_view payload) {
      if (type == 1) names.append(payload.substr(0, payload.find('\0'))) += ' ';
    });
  });
  return names;
}

TEST(RuleBytes, AnOutlineHasTheNamesAndNoAddressOrText) {
  const std::string rule = expression("meta", meta()) + expression("cmp", "\x0a\1\2\3") +
                           expression("log", attribute(2, "shop/web"s) + attribute(1, "\0\7"s));
  const std::string outline = outline_of(rule);
  EXPECT_EQ(names_in(outline), "meta cmp log ");
  EXPECT_THAT(outline, Not(HasSubstr("\x0a\1\2\3")));
  EXPECT_THAT(outline, Not(HasSubstr("shop")));
  EXPECT_THAT(outline, HasSubstr(meta()));
  EXPECT_THAT(outline, HasSubstr(attribute(1, "\0\7"s))) << "the log's group";
}

TEST(RuleBytes, AnOutlineIsKnownAsOne) {
  const std::string rule = expression("meta", meta());
  EXPECT_FALSE(is_outline(rule));
  EXPECT_TRUE(is_outline(outline_of(rule)));
  EXPECT_FALSE(is_outline(""));
  EXPECT_EQ(outline_of(outline_of(rule)), outline_of(rule));
}

TEST(RuleBytes, StopAtWhatDoesNotFit) {
  const std::string rule = expression("cmp", "abcd") + expression("lookup", "");
  for (std::size_t size = 0; size <= rule.size(); ++size)
    EXPECT_TRUE(std::string{"cmp lookup "}.starts_with(names_in(rule.substr(0, size)))) << size;
  EXPECT_EQ(outline_of("\xff\xff\1\0rest"s), "");
  EXPECT_FALSE(is_outline("\2\0\1\0"s));
}

}  // namespace
}  // namespace iptmode
