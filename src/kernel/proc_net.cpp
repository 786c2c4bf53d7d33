// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/proc_net.h"

#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <string>
#include <utility>

#include "iptmode/address.h"

namespace iptmode::kernel {
namespace {

template <class Number>
std::optional<Number> hexadecimal(std::string_view digits) {
  Number number = 0;
  const auto [end, code] =
      std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
  if (code != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

/// The words of one line; what is behind the last of them is left out.
template <std::size_t Count>
std::optional<std::array<std::string_view, Count>> words_of(std::string_view line) {
  std::array<std::string_view, Count> words = {};
  for (std::string_view& word : words) {
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    word = line.substr(0, line.find_first_of(" \t"));
    if (word.empty()) return std::nullopt;
    line.remove_prefix(word.size());
  }
  return words;
}

template <class Visit>
void for_each_line(std::string_view text, Visit visit) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    visit(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
}

/// Addresses are printed as numbers of the machine's own order, 32 bits at a time.
std::string address_in(std::string_view digits) {
  constexpr std::size_t kWordDigits = 8;
  std::string bytes;
  for (; digits.size() >= kWordDigits; digits.remove_prefix(kWordDigits)) {
    const auto word = hexadecimal<std::uint32_t>(digits.substr(0, kWordDigits));
    if (!word) return {};
    std::array<char, sizeof* word> part = {};
    std::memcpy(part.data(), &*word, part.size());
    bytes.append(part.begin(), part.end());
  }
  return address_text(bytes);
}

/// In ipv6_route they are printed byte by byte.
std::string address6_in(std::string_view digits) {
  std::string bytes;
  for (; digits.size() >= 2; digits.remove_prefix(2)) {
    const auto byte = hexadecimal<std::uint8_t>(digits.substr(0, 2));
    if (!byte) return {};
    bytes.push_back(static_cast<char>(*byte));
  }
  return address_text(bytes);
}

}  // namespace

void parse_routes4(std::string_view text, std::vector<DefaultRoute>& routes) {
  for_each_line(text, [&](std::string_view line) {
    // Iface Destination Gateway Flags RefCnt Use Metric Mask
    const auto words = words_of<8>(line);
    if (!words || (*words)[1] != "00000000" || (*words)[7] != "00000000") return;
    constexpr std::uint32_t kUp = 1;  // RTF_UP of linux/route.h
    constexpr std::uint32_t kReject = 0x200;
    const auto flags = hexadecimal<std::uint32_t>((*words)[3]);
    if (!flags || (*flags & kUp) == 0 || (*flags & kReject) != 0) return;
    DefaultRoute route{.family = IpFamily::ipv4, .link = std::string{(*words)[0]}};
    (void)std::from_chars((*words)[6].begin(), (*words)[6].end(), route.metric);
    if ((*words)[2] != "00000000") route.gateway = address_in((*words)[2]);
    routes.push_back(std::move(route));
  });
}

void parse_routes6(std::string_view text, std::vector<DefaultRoute>& routes) {
  const std::string zero(32, '0');
  for_each_line(text, [&](std::string_view line) {
    // destination, its prefix, source, its prefix, next hop, metric, references, use, flags, device
    const auto words = words_of<10>(line);
    if (!words || (*words)[0] != zero || (*words)[1] != "00" || (*words)[9] == "lo") return;
    constexpr std::uint32_t kReject = 0x200;
    const auto flags = hexadecimal<std::uint32_t>((*words)[8]);
    if (!flags || (*flags & kReject) != 0) return;
    routes.push_back({.family = IpFamily::ipv6,
                      .metric = hexadecimal<std::uint32_t>((*words)[5]).value_or(0),
                      .link = std::string{(*words)[9]},
                      .gateway = (*words)[4] == zero ? "" : address6_in((*words)[4])});
  });
}

void parse_sockets(std::string_view text, std::uint8_t protocol, std::vector<Listener>& listeners) {
  for_each_line(text, [&](std::string_view line) {
    // sl local_address rem_address st
    const auto words = words_of<4>(line);
    if (!words || listeners.size() >= kMaxListeners) return;
    // TCP_LISTEN, and TCP_CLOSE for UDP that is not connected (net/tcp_states.h)
    if ((*words)[3] != (protocol == IPPROTO_TCP ? "0A" : "07")) return;
    const std::size_t colon = (*words)[1].find(':');
    if (colon == std::string_view::npos) return;
    const auto port = hexadecimal<std::uint16_t>((*words)[1].substr(colon + 1));
    std::string address = address_in((*words)[1].substr(0, colon));
    if (!port || address.empty()) return;
    listeners.push_back({.protocol = protocol, .port = *port, .address = std::move(address)});
  });
}

bool ends_in_connection(std::string_view text) {
  const std::size_t end = text.rfind('\n');
  if (end == std::string_view::npos) return false;
  text = text.substr(0, end);
  const auto words = words_of<4>(text.substr(text.rfind('\n') + 1));  // npos + 1 is 0
  return words && (*words)[0].ends_with(':') && (*words)[3] != "0A";
}

std::optional<std::uint64_t> sockets_in_use(std::string_view text, std::string_view protocol) {
  std::optional<std::uint64_t> count;
  for_each_line(text, [&](std::string_view line) {
    // TCP: inuse 5 orphan 0
    const auto words = words_of<3>(line);
    if (!words || (*words)[1] != "inuse" || !(*words)[0].ends_with(':')) return;
    if ((*words)[0].substr(0, (*words)[0].size() - 1) != protocol) return;
    std::uint64_t number = 0;
    const std::string_view digits = (*words)[2];
    const auto [end, code] = std::from_chars(digits.begin(), digits.end(), number);
    if (code == std::errc{} && end == digits.end()) count = number;
  });
  return count;
}

}  // namespace iptmode::kernel
