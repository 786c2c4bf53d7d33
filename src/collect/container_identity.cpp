// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/container_identity.h"

#include <algorithm>
#include <cstddef>

#include "collect/lines.h"

namespace iptmode::collect {

namespace {

constexpr std::size_t kContainerIdLength = 64;
constexpr std::size_t kPodUidDigits = 32;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f');
}
bool is_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// 64 hex digits that stand alone: "cri-containerd-<id>.scope", "docker-<id>.scope", "<id>".
std::string_view container_id_in(std::string_view component) {
  std::size_t begin = 0;
  while (begin < component.size()) {
    if (!is_word(component[begin])) {
      ++begin;
      continue;
    }
    std::size_t end = begin;
    while (end < component.size() && is_word(component[end])) ++end;
    const std::string_view word = component.substr(begin, end - begin);
    if (word.size() == kContainerIdLength && std::ranges::all_of(word, is_hex)) return word;
    begin = end;
  }
  return {};
}

/// The uid after "pod" at the start or after a dash: "pod<uid>" (cgroupfs driver),
/// "kubepods-besteffort-pod<uid with underscores>.slice" (systemd driver).
std::string pod_uid_in(std::string_view component) {
  constexpr std::string_view kPod = "pod";
  for (auto at = component.find(kPod); at != component.npos; at = component.find(kPod, at + 1)) {
    if (at != 0 && component[at - 1] != '-') continue;
    std::string uid;
    for (const char c : component.substr(at + kPod.size())) {
      if (!is_hex(c) && c != '-' && c != '_') break;
      uid += c == '_' ? '-' : c;
    }
    const auto digits = std::ranges::count_if(uid, is_hex);
    const bool with_dashes = uid.size() == kPodUidDigits + 4;
    if (digits == kPodUidDigits && (with_dashes || uid.size() == kPodUidDigits)) return uid;
  }
  return {};
}

ContainerIdentity identity_in(std::string_view path) {
  ContainerIdentity found;
  while (!path.empty()) {
    const std::string_view component = path.substr(0, path.find('/'));
    if (const auto id = container_id_in(component); !id.empty()) found.container_id = id;
    if (auto uid = pod_uid_in(component); !uid.empty()) found.pod_uid = std::move(uid);
    path.remove_prefix(std::min(component.size() + 1, path.size()));
  }
  return found;
}

/// "12:cpu,cpuacct:/kubepods/..." or "0::/kubepods.slice/...": what follows the second colon.
std::string_view path_of(std::string_view line) {
  const auto first = line.find(':');
  if (first == line.npos) return {};
  const auto second = line.find(':', first + 1);
  return second == line.npos ? std::string_view{} : line.substr(second + 1);
}

}  // namespace

ContainerIdentity parse_cgroup(std::string_view text) {
  ContainerIdentity best;
  while (!text.empty()) {
    // Of several hierarchies the first that knows the container is as good as any.
    ContainerIdentity found = identity_in(path_of(take_line(text)));
    if (best.container_id.empty()) best.container_id = std::move(found.container_id);
    if (best.pod_uid.empty()) best.pod_uid = std::move(found.pod_uid);
  }
  return best;
}

}  // namespace iptmode::collect
