// SPDX-License-Identifier: GPL-2.0-or-later
#include "iptmode/cross_reading.h"

namespace iptmode {

std::string_view to_string(SaveRun::Outcome outcome) noexcept {
  switch (outcome) {
    case SaveRun::Outcome::printed: return "printed";
    case SaveRun::Outcome::incomplete: return "incomplete";
    case SaveRun::Outcome::refused: return "refused";
    case SaveRun::Outcome::died: return "died";
    case SaveRun::Outcome::timed_out: return "timedOut";
    case SaveRun::Outcome::not_run: return "notRun";
  }
  return "invalid";
}

std::string_view to_string(BugProbe::Outcome outcome) noexcept {
  switch (outcome) {
    case BugProbe::Outcome::present: return "present";
    case BugProbe::Outcome::absent: return "absent";
    case BugProbe::Outcome::undecided: return "undecided";
  }
  return "invalid";
}

std::string shape_chain_name(std::uint32_t shape) {
  return 's' + std::to_string(shape);
}

}  // namespace iptmode
