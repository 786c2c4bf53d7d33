// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/exit.h"

#include <array>
#include <cstddef>

namespace iptmode::cli {

namespace {

/// One row for each value of Exit, in its order.
struct Row {
  int native = 0;        ///< as diff(1) and grep(1) have it; 64 is EX_USAGE of sysexits.h
  int node_problem = 0;  ///< 0 no problem, 1 a problem, anything else is unknown
  int nagios = 0;        ///< OK, WARNING, CRITICAL, UNKNOWN
  unsigned harm = 0;     ///< the order of worse()
  ServiceState state = {};
};

constexpr std::array kRows{
    Row{.native = 0, .node_problem = 0, .nagios = 0, .harm = 0, .state = ServiceState::ok},
    Row{.native = 0, .node_problem = 0, .nagios = 1, .harm = 1, .state = ServiceState::warning},
    Row{.native = 1, .node_problem = 1, .nagios = 2, .harm = 3, .state = ServiceState::critical},
    Row{.native = 2, .node_problem = 2, .nagios = 3, .harm = 2, .state = ServiceState::unknown},
    Row{.native = 64, .node_problem = 2, .nagios = 3, .harm = 4, .state = ServiceState::unknown}};

const Row& row_of(Exit exit) noexcept {
  return kRows[static_cast<std::size_t>(exit)];
}

}  // namespace

int exit_status(Exit exit, Format format) noexcept {
  switch (format) {
    case Format::npd: return row_of(exit).node_problem;
    case Format::nagios: return row_of(exit).nagios;
    case Format::text:
    case Format::json:
    case Format::html:
    case Format::prometheus: break;
  }
  return row_of(exit).native;
}

ServiceState service_state(Exit exit) noexcept {
  return row_of(exit).state;
}

Exit worse(Exit a, Exit b) noexcept {
  return row_of(a).harm < row_of(b).harm ? b : a;
}

}  // namespace iptmode::cli
