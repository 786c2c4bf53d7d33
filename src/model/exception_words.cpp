// SPDX-License-Identifier: GPL-2.0-or-later
#include "iptmode/escape.h"
#include "iptmode/exception.h"

namespace iptmode {

namespace {

std::string counted(std::size_t findings) {
  return std::to_string(findings) + (findings == 1 ? " finding" : " findings");
}

std::string expired(const ExceptionUse& use) {
  const std::string since = "expired on " + expiry_text(use.exception);
  if (use.findings == 0) return since + " and matches nothing: take it out";
  return since + ": " + counted(use.findings) + (use.findings == 1 ? " counts" : " count") +
         " again";
}

std::string words_of(const ExceptionUse& use) {
  switch (use.state) {
    case ExceptionState::in_use:
      return "covers " + counted(use.findings) +
             (use.exception.expires ? " until " + expiry_text(use.exception) : "");
    case ExceptionState::expired: return expired(use);
    case ExceptionState::not_judged: return "is not judged: its check has not decided";
    case ExceptionState::unmatched: return "matches nothing: take it out";
  }
  return {};
}

}  // namespace

bool is_stale(const ExceptionUse& use) {
  return use.state == ExceptionState::expired || use.state == ExceptionState::unmatched;
}

std::string to_string(const ExceptionUse& use) {
  const Exception& exception = use.exception;
  std::string text = exception.check + " " + escape(exception.subject);
  text.append(" (line ").append(std::to_string(exception.line)).append(") ");
  return text.append(words_of(use)).append(". Its reason: ").append(escape(exception.reason));
}

}  // namespace iptmode
