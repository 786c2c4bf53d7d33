// SPDX-License-Identifier: GPL-2.0-or-later
#include "iptmode/exception.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace iptmode {

namespace {

using namespace std::chrono;

// With one way back, to the last *: linear for real patterns, and never exponential.
bool matches(std::string_view pattern, std::string_view text) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resumed = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resumed = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resumed;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

template <class Number>
std::optional<Number> number_from(std::string_view digits) {
  Number number = 0;
  const char* const end = digits.data() + digits.size();
  const auto [next, error] = std::from_chars(digits.data(), end, number);
  if (error != std::errc{} || next != end || digits.front() == '-') return std::nullopt;
  return number;
}

}  // namespace

std::string expiry_text(const Exception& exception) {
  if (!exception.expires) return "never";
  const auto two = [](unsigned number) {
    return (number < 10 ? "0" : "") + std::to_string(number);
  };
  std::string text = std::to_string(int{exception.expires->year()});
  text.append("-").append(two(unsigned{exception.expires->month()}));
  return text.append("-").append(two(unsigned{exception.expires->day()}));
}

std::optional<year_month_day> day_from_string(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year_number = number_from<int>(text.substr(0, 4));
  const auto month_number = number_from<unsigned>(text.substr(5, 2));
  const auto day_number = number_from<unsigned>(text.substr(8, 2));
  if (!year_number || *year_number < 1000 || !month_number || !day_number) return std::nullopt;
  const year_month_day date{year{*year_number}, month{*month_number}, day{*day_number}};
  return date.ok() ? std::optional{date} : std::nullopt;
}

bool is_expired(const Exception& exception, std::int64_t at) {
  const sys_seconds moment{seconds{at}};
  return exception.expires && floor<days>(moment) > sys_days{*exception.expires};
}

bool covers(const Exception& exception, std::string_view check, std::string_view subject) {
  return exception.check == check && matches(exception.subject, subject);
}

void suppress(std::vector<Finding>& findings, std::string_view check,
              std::span<const Exception> exceptions, std::int64_t at) {
  for (const Exception& exception : exceptions) {
    if (exception.check != check || is_expired(exception, at)) continue;
    for (Finding& finding : findings)
      if (covers(exception, check, finding.subject)) finding.suppressed = true;
  }
}

std::string_view to_string(ExceptionState state) noexcept {
  switch (state) {
    case ExceptionState::in_use: return "inUse";
    case ExceptionState::expired: return "expired";
    case ExceptionState::not_judged: return "notJudged";
    case ExceptionState::unmatched: return "unmatched";
  }
  return "invalid";
}

}  // namespace iptmode
