// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <string>

#include "html/markup.h"
#include "iptmode/html.h"
#include "sample_reports.h"

namespace iptmode {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// The names of the elements that are opened, each once.
std::set<std::string> elements_of(const std::string& page) {
  static const std::regex kTag{"<([a-zA-Z!][a-zA-Z0-9]*)"};
  std::set<std::string> names;
  for (auto at = std::sregex_iterator{page.begin(), page.end(), kTag}; at != std::sregex_iterator{};
       ++at)
    names.insert((*at)[1]);
  return names;
}

TEST(MarkupSafe, LeavesNoByteThatStartsMarkup) {
  EXPECT_EQ(html::safe("<b class=\"x\" id='y'>&"),
            "&lt;b class=&quot;x&quot; id=&#39;y&#39;&gt;&amp;");
  EXPECT_EQ(html::safe("a\x1b[2J\n"), "a\\x1b[2J\\x0a");
}

TEST(RenderHtml, ForeignBytesAddNoElementAndNoAttribute) {
  Report hostile = testing::hostile_report();
  const std::string payload = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>";
  hostile.snapshot.node.hostname = payload;
  hostile.snapshot.gaps.push_back({.subject = payload, .reason = payload});
  for (CheckResult& check : hostile.checks)
    for (Finding& finding : check.findings) {
      finding.subject = finding.message = payload;
      finding.evidence = finding.remedy = {payload};
    }
  const std::string page = render_html(hostile);
  EXPECT_THAT(page, Not(HasSubstr(payload)));
  EXPECT_THAT(page, Not(HasSubstr("\x1b")));
  EXPECT_THAT(elements_of(page), Not(::testing::Contains("script")));
  EXPECT_THAT(elements_of(page), Not(::testing::Contains("img")));
  EXPECT_FALSE(std::regex_search(page, std::regex{"<[^>]* on[a-z]+="}));
}

TEST(RenderHtml, LoadsNothing) {
  for (const Report& report : {testing::healthy_report(), testing::split_report(),
                               testing::blind_report(), testing::idle_report()}) {
    const std::string page = render_html(report);
    EXPECT_THAT(page, HasSubstr("default-src 'none'"));
    EXPECT_FALSE(std::regex_search(page, std::regex{"<[^>]*(src|href)=\"[^#]"}));
    EXPECT_THAT(page, Not(HasSubstr("url(")));
    EXPECT_THAT(page, Not(HasSubstr("@import")));
    for (const char* name : {"script", "link", "iframe", "object", "embed", "form", "style="})
      EXPECT_THAT(elements_of(page), Not(::testing::Contains(name)));
  }
}

TEST(RenderHtml, HoldsEveryFindingEveryCheckAndEveryGap) {
  Report report = testing::split_report();
  report.snapshot.gaps.push_back({.subject = "nft tables", .reason = "Operation not permitted"});
  const std::string page = render_html(report);
  EXPECT_THAT(page, HasSubstr(html::safe(report.message)));
  EXPECT_THAT(page, HasSubstr("<strong>nft tables</strong>: Operation not permitted"));
  for (const CheckResult& check : report.checks) {
    EXPECT_THAT(page, HasSubstr(std::string{check.id}));
    for (const Finding& finding : check.findings) {
      EXPECT_THAT(page, HasSubstr(html::safe(finding.message)));
      for (const std::string& step : finding.remedy) EXPECT_THAT(page, HasSubstr(html::safe(step)));
    }
  }
}

TEST(RenderHtml, EveryHeadingThatIsReferredToExists) {
  const std::string page = render_html(testing::split_report());
  static const std::regex kReference{"aria-labelledby=\"([a-z]+)\"|href=\"#([a-z]+)\""};
  for (auto at = std::sregex_iterator{page.begin(), page.end(), kReference};
       at != std::sregex_iterator{}; ++at)
    EXPECT_THAT(page, HasSubstr("id=\"" + (*at)[1].str() + (*at)[2].str() + "\""));
}

}  // namespace
}  // namespace iptmode
