// SPDX-License-Identifier: GPL-2.0-or-later
#include "iptmode/firewalld.h"

#include <algorithm>

#include "iptmode/host_writer.h"

namespace iptmode {

std::string_view to_string(FirewalldSource source) noexcept {
  switch (source) {
    case FirewalldSource::none: return "none";
    case FirewalldSource::daemon: return "daemon";
    case FirewalldSource::files: return "files";
  }
  return "invalid";
}

std::string_view to_string(HostWriterKind kind) noexcept {
  switch (kind) {
    case HostWriterKind::process: return "process";
    case HostWriterKind::service: return "service";
    case HostWriterKind::unit: return "unit";
    case HostWriterKind::script: return "script";
    case HostWriterKind::rules_file: return "rulesFile";
  }
  return "invalid";
}

std::optional<bool> Firewalld::flushes_on_reload() const {
  return daemon.flush_all_on_reload ? daemon.flush_all_on_reload : file.flush_all_on_reload;
}

const FirewalldZone* Firewalld::default_zone() const {
  const auto found =
      std::find_if(zones.begin(), zones.end(), [](const auto& zone) { return zone.is_default; });
  return found != zones.end() ? &*found : nullptr;
}

}  // namespace iptmode
