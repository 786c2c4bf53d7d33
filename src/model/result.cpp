// SPDX-License-Identifier: GPL-2.0-or-later
#include "iptmode/result.h"

#include "iptmode/escape.h"

namespace iptmode {
namespace {

constexpr std::size_t kMaxQuoted = 80;  // bytes of foreign text in a message

/// Text that somebody else wrote and that is not what it should be.
class ParseCategory final : public std::error_category {
 public:
  [[nodiscard]] const char* name() const noexcept override { return "parse"; }
  [[nodiscard]] std::string message(int /*condition*/) const override { return "not understood"; }
  [[nodiscard]] std::error_condition default_error_condition(
      int /*condition*/) const noexcept override {
    return std::errc::invalid_argument;
  }
};

const std::error_category& parse_category() noexcept {
  static const ParseCategory category;
  return category;
}

}  // namespace

tl::unexpected<Error> sys_error(int errnum, std::string_view call, std::string_view subject) {
  std::string context{call};
  if (!subject.empty()) (context += ' ') += subject;
  return tl::unexpected<Error>{
      Error{.code = {errnum, std::generic_category()}, .context = std::move(context)}};
}

tl::unexpected<Error> parse_error(std::string_view what, std::string_view text) {
  // Cut first: what is escaped can be four times as long, and the input can be megabytes.
  const std::string quoted = escape(shorten(text, kMaxQuoted));
  return tl::unexpected<Error>{
      Error{.code = {1, parse_category()}, .context = std::string{what} + " \"" + quoted + '"'}};
}

std::string to_string(const Error& error) {
  if (!error.code) return error.context;
  if (error.context.empty()) return error.code.message();
  return error.context + ": " + error.code.message();
}

}  // namespace iptmode
