// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnose/port_remedies.h"

#include <fmt/format.h>

#include "diagnose/firewalld_commands.h"
#include "diagnose/node_commands.h"
#include "iptmode/address.h"

namespace iptmode::checks {
namespace {

constexpr std::uint8_t kTcp = 6;

std::string_view protocol_of(const PortCase& port) {
  return port.port.protocol == kTcp ? "tcp" : "udp";
}

/// The match that lets the packet through, in the words of iptables and of nft.
std::string match_words(const PortCase& port, bool native) {
  const std::uint8_t number = port.port.protocol;
  if (port.port.port == 0) return fmt::format("{} {}", native ? "meta l4proto" : "-p", number);
  return native ? fmt::format("{} dport {}", protocol_of(port), final_port(port))
                : fmt::format("-p {} --dport {}", protocol_of(port), final_port(port));
}

/// Both families of the port, now and after the next start.
std::vector<std::string> open_in_firewalld(const PortCase& port) {
  const std::string what =
      port.port.port == 0 ? fmt::format("--add-protocol={}", port.port.protocol)
                          : fmt::format("--add-port={}/{}", final_port(port), protocol_of(port));
  return change_zone(zone_of_uplink(port.snapshot, port.question.packet.family), what);
}

/// ufw is enabled, the packet ends in its policy or in a chain of its own, and it would write to
/// that backend.
bool ends_in_ufw(const PortCase& port) {
  const PacketFate& fate = port.fate;
  const auto& settings = port.snapshot.host_settings;
  if (!settings || !settings->ufw || settings->ufw->enabled != true) return false;
  if (port.snapshot.network().use_of(Owner::ufw, fate.backend).rules == 0) return false;
  const Program* const host = port.snapshot.host ? port.snapshot.host->primary() : nullptr;
  if (host == nullptr || host->identity().backend != fate.backend) return false;
  return fate.table == "filter" && (fate.decided_by.ends_with("policy drop") ||
                                    fate.decided_by.find(" ufw") != std::string::npos);
}

std::string open_in_ufw(const PortCase& port) {
  return fmt::format("ufw allow {}{}/{}", port.port.way == Packet::Way::output ? "out " : "",
                     final_port(port), protocol_of(port));
}

/// ufw's commands know no protocol by its number; its files do.
std::string keep_in_ufw(const PortCase& port) {
  return fmt::format("then add the same to /etc/ufw/before{}.rules, or ufw's next start undoes it",
                     port.fate.family == "ip6" ? "6" : "");
}

}  // namespace

std::vector<std::string> open_it(const PortCase& port) {
  const PacketFate& fate = port.fate;
  if (fate.table == "firewalld" && port.port.way == Packet::Way::input)
    return open_in_firewalld(port);
  if (port.port.port != 0 && ends_in_ufw(port)) return {open_in_ufw(port)};
  const bool iptables =
      fate.backend == Backend::legacy || is_iptables_nft_table(fate.family, fate.table);
  const IpFamily family = fate.family == "ip6" ? IpFamily::ipv6 : IpFamily::ipv4;
  const std::string step = iptables ? fmt::format("{} -t {} -I {} {} -j ACCEPT",
                                                  command_for(port.snapshot, fate.backend, family),
                                                  fate.table, fate.chain, match_words(port, false))
                                    : fmt::format("nft insert rule {} {} {} {} accept", fate.family,
                                                  fate.table, fate.chain, match_words(port, true));
  return {step, ends_in_ufw(port) ? keep_in_ufw(port) : keep_change(port.snapshot, !iptables)};
}

std::vector<std::string> free_it(const PortCase& port) {
  const auto in_chain = [&](std::string_view name) {
    return port.fate.translated_by.find(name) != std::string::npos;
  };
  const std::string number = std::to_string(port.port.port);
  if (in_chain("CNI-DN-") || in_chain("CNI-HOSTPORT") || in_chain("cni_hostport"))
    return {
        fmt::format("a pod of this node has this port as its hostPort: give it another "
                    "(kubectl get pods -A -o yaml, look for `hostPort: {}`)",
                    number)};
  if (in_chain("KUBE-"))
    return {
        fmt::format("a Service has this port at an address of the node, as nodePort, external "
                    "address or load balancer: give it another (kubectl get services -A | "
                    "grep -w {})",
                    number)};
  if (in_chain(" DOCKER"))
    return {"a container of Docker publishes this port: docker ps --filter publish=" + number};
  return {"take the rule away, also where it is loaded from, or let it spare this port"};
}

}  // namespace iptmode::checks
