// SPDX-License-Identifier: GPL-2.0-or-later
#include "iptmode/rule.h"

namespace iptmode {

std::string_view to_string(Field field) noexcept {
  switch (field) {
    case Field::protocol: return "protocol";
    case Field::source: return "source";
    case Field::destination: return "destination";
    case Field::source_port: return "sourcePort";
    case Field::destination_port: return "destinationPort";
    case Field::in_interface: return "inInterface";
    case Field::out_interface: return "outInterface";
    case Field::mark: return "mark";
    case Field::conntrack_mark: return "conntrackMark";
    case Field::conntrack_state: return "conntrackState";
    case Field::conntrack_status: return "conntrackStatus";
    case Field::tcp_flags: return "tcpFlags";
    case Field::icmp_type: return "icmpType";
    case Field::icmp_code: return "icmpCode";
    case Field::source_type: return "sourceType";
    case Field::destination_type: return "destinationType";
    case Field::family: return "family";
    case Field::fragment: return "fragment";
    case Field::extension: return "extension";
  }
  return "invalid";
}

std::string_view to_string(Action::Kind kind) noexcept {
  switch (kind) {
    case Action::Kind::none: return "none";
    case Action::Kind::accept: return "accept";
    case Action::Kind::drop: return "drop";
    case Action::Kind::reject: return "reject";
    case Action::Kind::jump: return "jump";
    case Action::Kind::go_to: return "goTo";
    case Action::Kind::back: return "back";
    case Action::Kind::queue: return "queue";
    case Action::Kind::set_mark: return "setMark";
    case Action::Kind::target: return "target";
  }
  return "invalid";
}

}  // namespace iptmode
