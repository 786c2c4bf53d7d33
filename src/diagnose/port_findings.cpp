// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnose/port_findings.h"

#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "diagnose/port_remedies.h"
#include "iptmode/address.h"

namespace iptmode::checks {
namespace {

constexpr std::uint8_t kTcp = 6;

std::uint16_t number_of(const std::string& bytes) {
  std::uint16_t number = 0;
  for (const char byte : bytes)
    number = static_cast<std::uint16_t>(number << 8U | static_cast<unsigned char>(byte));
  return number;
}

const Doors& doors_of(const PortCase& port) {
  return *port.snapshot.network().doors;
}

std::string port_words(const NodePort& port) {
  if (port.port == 0) return fmt::format("IP protocol {}", port.protocol);
  return fmt::format("{} {}", port.protocol == kTcp ? "tcp" : "udp", port.port);
}

std::string listening_words(const PortCase& port, std::uint16_t number) {
  if (port.port.way == Packet::Way::output || port.port.port == 0) return "";
  return doors_of(port).listens(port.port.protocol, number) ? "a socket listens there"
                                                            : "no socket listens there now";
}

/// "10.244.3.7:8080", "[fd00::1]:8080"
std::string place_words(const PortCase& port) {
  const auto& destination = port.fate.packet.destination;
  const std::string address =
      destination.empty() ? std::string{"an address"} : address_text(destination.front().low);
  const bool bracket = address.find(':') != std::string::npos;
  return fmt::format("{}{}{}:{}", bracket ? "[" : "", address, bracket ? "]" : "",
                     final_port(port));
}

std::vector<std::string> evidence_of(const PortCase& port) {
  std::vector<std::string> lines{"needed here: " + port.need.why};
  if (std::string words = listening_words(port, port.port.port); !words.empty())
    lines.push_back(std::move(words));
  if (!port.fate.translated_by.empty())
    lines.push_back("sent elsewhere by " + port.fate.translated_by);
  lines.push_back(describe_fate(port));
  return lines;
}

Finding closed(const PortCase& port) {
  return {.severity = port.need.severity,
          .subject = subject_of(port),
          .message = fmt::format("The firewall of the node {} new packets {} {}: {}.",
                                 port.fate.kind == PacketFate::Kind::dropped ? "drops" : "rejects",
                                 port.port.way == Packet::Way::input ? "to" : "on their way to",
                                 subject_of(port), port.need.harm),
          .evidence = evidence_of(port),
          .remedy = open_it(port)};
}

/// The packets go to another machine or to a pod.
Finding taken(const PortCase& port) {
  return {.severity = port.need.severity,
          .subject = subject_of(port),
          .message = fmt::format("New packets to {} do not arrive there: a rule sends them to {}. "
                                 "Somebody else has taken the port: {}.",
                                 subject_of(port), place_words(port), port.need.harm),
          .evidence = evidence_of(port),
          .remedy = free_it(port)};
}

/// The packets stay on the node and come to another port.
Finding redirected(const PortCase& port) {
  const bool answered = doors_of(port).listens(port.port.protocol, final_port(port));
  Finding finding{.severity = answered ? Severity::info : port.need.severity,
                  .subject = subject_of(port),
                  .message = fmt::format("New packets to {} come to port {} of the node instead.",
                                         subject_of(port), final_port(port)),
                  .evidence = evidence_of(port),
                  .remedy = free_it(port)};
  finding.evidence.push_back(
      fmt::format("port {}: {}", final_port(port), listening_words(port, final_port(port))));
  if (!answered) finding.message += fmt::format(" No socket listens there: {}.", port.need.harm);
  return finding;
}

Finding undecidable(const PortCase& port) {
  Finding finding{
      .severity = Severity::info,
      .subject = subject_of(port),
      .message =
          fmt::format("Whether the firewall of the node lets new packets to {} pass depends on "
                      "what cannot be told from the rules.",
                      subject_of(port)),
      .evidence = evidence_of(port),
      .remedy = {"look at the rule that is shown: addresses, sets, limits or another order may "
                 "decide"}};
  return finding;
}

std::string packet_words(const PacketQuestion& question) {
  const Packet& packet = question.packet;
  const bool in = packet.way == Packet::Way::input;
  const auto& links = in ? packet.in_interfaces : packet.out_interfaces;
  return fmt::format("a new {} packet {} {}", to_string(packet.family),
                     in ? "that comes in by" : "that goes out by",
                     links.empty() ? std::string{"any interface"} : links.front());
}

}  // namespace

std::uint16_t final_port(const PortCase& port) {
  const auto& ports = port.fate.packet.destination_port;
  return port.fate.translated_by.empty() || ports.empty() ? port.port.port
                                                          : number_of(ports.front().low);
}

std::string subject_of(const PortCase& port) {
  return fmt::format("{} ({}{}{})", port.port.title, port_words(port.port),
                     port.question.packet.family == IpFamily::ipv6 ? ", IPv6" : "",
                     port.port.way == Packet::Way::output ? ", outbound" : "");
}

std::string answer_of(const PortCase& port) {
  return fmt::format("{}: {}", subject_of(port), fmt::join(evidence_of(port), "; "));
}

std::string answer_without_need(const NodePort& port, std::string_view why) {
  return fmt::format("{} ({}{}): not needed: {}", port.title, port_words(port),
                     port.way == Packet::Way::output ? ", outbound" : "", why);
}

std::string describe_fate(const PortCase& port) {
  if (port.lets_neighbours_in())
    return fmt::format(
        "{}: accepted from the uplink's own network; from elsewhere it depends on {}",
        packet_words(port.question), port.fate.decided_by);
  if (port.fate.kind == PacketFate::Kind::undecidable)
    return fmt::format("{}: depends on {}", packet_words(port.question), port.fate.decided_by);
  return fmt::format("{}: {} by {}", packet_words(port.question), to_string(port.fate.kind),
                     port.fate.decided_by.empty() ? "every base chain" : port.fate.decided_by);
}

std::optional<Finding> finding_of(const PortCase& port) {
  const PacketFate& fate = port.fate;
  if (port.lets_neighbours_in()) return std::nullopt;
  if (fate.kind == PacketFate::Kind::undecidable) return undecidable(port);
  const bool inbound = port.port.way == Packet::Way::input;
  const bool translated = inbound && !fate.translated_by.empty();
  if (translated && fate.packet.way == Packet::Way::forward) return taken(port);
  if (fate.kind != PacketFate::Kind::accepted) return closed(port);
  if (translated && final_port(port) != port.port.port) return redirected(port);
  return std::nullopt;
}

}  // namespace iptmode::checks
