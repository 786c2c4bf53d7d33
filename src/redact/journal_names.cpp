// SPDX-License-Identifier: GPL-2.0-or-later
#include "redact/journal_names.h"

#include <algorithm>
#include <array>

#include "redact/address.h"
#include "redact/labels.h"

namespace iptmode::redact {

namespace {

/// What may stand between a word and the name that it announces.
enum class Link : std::uint8_t {
  value,   ///< node=worker-3, node="worker-3", "node":"worker-3", nodes "worker-3"
  direct,  ///< the name follows at once: https://worker-3
};

struct Announcement {
  std::string_view word = {};
  NameKind kind = NameKind::host;
  Link link = Link::value;
};

// kubelet, kube-proxy and k0s log by klog and logrus; errors of the API name a resource in plural.
constexpr std::array kAnnouncements{
    Announcement{"node", NameKind::host},
    Announcement{"nodes", NameKind::host},
    Announcement{"nodeName", NameKind::host},
    Announcement{"nodename", NameKind::host},
    Announcement{"hostname", NameKind::host},
    Announcement{"hostName", NameKind::host},
    Announcement{"host", NameKind::host},
    Announcement{"leases.coordination.k8s.io", NameKind::host},
    Announcement{"system:node:", NameKind::host, Link::direct},
    Announcement{"https://", NameKind::host, Link::direct},
    Announcement{"http://", NameKind::host, Link::direct},
    Announcement{"lookup ", NameKind::host, Link::direct},
    Announcement{"pod", NameKind::object},
    Announcement{"pods", NameKind::object},
    Announcement{"podName", NameKind::object},
    Announcement{"service", NameKind::object},
    Announcement{"services", NameKind::object},
    Announcement{"serviceName", NameKind::object},
    Announcement{"servicePortName", NameKind::object},
    Announcement{"endpoints", NameKind::object},
    Announcement{"endpointSlice", NameKind::object},
    Announcement{"endpointslices", NameKind::object},
    Announcement{"networkPolicy", NameKind::object},
    Announcement{"networkpolicies", NameKind::object},
    Announcement{"object", NameKind::object},
    Announcement{"namespace", NameKind::name_space},
    Announcement{"namespaces", NameKind::name_space},
    Announcement{"podNamespace", NameKind::name_space},
};

bool takes(std::string_view text, std::size_t& at, char c) {
  if (at >= text.size() || text[at] != c) return false;
  ++at;
  return true;
}

bool takes_quote(std::string_view text, std::size_t& at) {
  std::size_t next = at;
  while (takes(text, next, '\\')) {
  }
  if (!takes(text, next, '"')) return false;
  at = next;
  return true;
}

/// Where the value begins behind a word. Without an equals sign it must be in quotes: prose has
/// these words too.
std::optional<std::size_t> value_after(std::string_view text, std::size_t at) {
  (void)takes_quote(text, at);  // the end of a key of JSON
  if (takes(text, at, '=')) {
    (void)takes_quote(text, at);
    return at;
  }
  (void)takes(text, at, ':');
  (void)takes(text, at, ' ');
  return takes_quote(text, at) ? std::optional{at} : std::nullopt;
}

/// Upper case is allowed; an address is no name.
std::size_t host_length(std::string_view text, std::size_t at) {
  if (address_at(text, at)) return 0;
  std::size_t end = at;
  while (end < text.size() && (is_alnum(text[end]) || text[end] == '-' || text[end] == '.')) ++end;
  while (end > at && !is_alnum(text[end - 1])) --end;
  const std::string name = in_lower_case(text.substr(at, end - at));
  const bool is_scheme = text.substr(end).starts_with("://");
  return has_letter(name) && !is_scheme && !is_vocabulary(name) ? end - at : 0;
}

std::size_t object_length(std::string_view text, std::size_t at) {
  if (const auto pair = object_name_at(text, at)) return pair->length();
  const std::string_view label = label_at(text, at, "-.");
  return has_letter(label) && !is_vocabulary(label) ? label.size() : 0;
}

std::size_t length_of(NameKind kind, std::string_view text, std::size_t at) {
  switch (kind) {
    case NameKind::host: return host_length(text, at);
    case NameKind::object: return object_length(text, at);
    case NameKind::name_space: {
      const std::string_view label = label_at(text, at, "-");
      return has_letter(label) ? label.size() : 0;
    }
  }
  return 0;
}

std::optional<JournalName> announced(const Announcement& by, std::string_view text,
                                     std::size_t at) {
  const std::size_t end = at + by.word.size();
  const auto value = by.link == Link::direct ? std::optional{end} : value_after(text, end);
  if (!value) return std::nullopt;
  const std::size_t length = length_of(by.kind, text, *value);
  if (length == 0) return std::nullopt;
  return JournalName{.kind = by.kind, .at = *value, .length = length};
}

}  // namespace

std::optional<JournalName> journal_name_at(std::string_view text, std::size_t at) {
  if (inside_a_word(text, at)) return std::nullopt;
  const std::string_view rest = text.substr(at);
  for (const Announcement& announcement : kAnnouncements) {
    if (!rest.starts_with(announcement.word)) continue;
    if (const auto name = announced(announcement, text, at)) return name;
  }
  return std::nullopt;
}

std::string_view host_of_line(std::string_view line) {
  const std::size_t first = line.find(' ');
  const bool has_date = first != line.npos && first > 10 && line[4] == '-' && line[10] == 'T';
  if (!has_date) return {};
  const std::size_t second = line.find(' ', first + 1);
  if (second == line.npos) return {};
  const std::string_view name = line.substr(first + 1, second - first - 1);
  // Without a name of the host the unit is there: "k0s[812]:".
  return host_length(name, 0) == name.size() ? name : std::string_view{};
}

}  // namespace iptmode::redact
