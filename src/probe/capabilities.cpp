// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/capabilities.h"

#include <cap-ng.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>

namespace iptmode::probe {
namespace {

constexpr std::array<unsigned, 9> kNeeded{
    CAP_DAC_READ_SEARCH,  // directories of /proc, names of k0s' files
    CAP_NET_ADMIN,        // rules of either backend
    CAP_NET_RAW,          // the raw socket that legacy tables are read through
    CAP_SETGID,          CAP_SETPCAP, CAP_SETUID,  // a child becomes nobody, for good
    CAP_SYS_ADMIN,                                 // setns(2), unshare(2), mount_setattr(2)
    CAP_SYS_CHROOT,                                // setns(2) into a mount namespace, chroot(2)
    CAP_SYS_PTRACE,                                // links in /proc/<pid> of other users' processes
};
constexpr auto kEffectiveAndPermitted =
    static_cast<capng_type_t>(CAPNG_EFFECTIVE | CAPNG_PERMITTED);

std::string capability_name(unsigned capability) {
  const char* name = ::capng_capability_to_name(capability);
  std::string text = name == nullptr ? std::to_string(capability) : name;
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return "CAP_" + text;
}

}  // namespace

Result<std::vector<std::string>> keep_needed_capabilities() {
  if (::capng_get_caps_process() != 0) return sys_error(EPERM, "capget");
  std::vector<unsigned> held;
  std::vector<std::string> missing;
  for (const unsigned capability : kNeeded) {
    if (::capng_have_capability(CAPNG_PERMITTED, capability) != 0)
      held.push_back(capability);
    else
      missing.push_back(capability_name(capability));
  }
  std::ranges::sort(missing);

  // Only who holds CAP_SETPCAP may change the bounding set, and only who is or becomes root through
  // an exec gains from it.
  const bool can_bound = ::capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP) != 0;
  ::capng_clear(CAPNG_SELECT_ALL);
  for (const unsigned capability : held) {
    ::capng_update(CAPNG_ADD, kEffectiveAndPermitted, capability);
    ::capng_update(CAPNG_ADD, CAPNG_BOUNDING_SET, capability);
  }
  if (can_bound && ::capng_apply(CAPNG_SELECT_BOUNDS) != 0)
    return sys_error(EPERM, "prctl bounding set");
  if (::capng_apply(CAPNG_SELECT_AMBIENT) != 0) return sys_error(EPERM, "prctl ambient set");
  if (::capng_apply(CAPNG_SELECT_CAPS) != 0) return sys_error(EPERM, "capset");
  return missing;
}

}  // namespace iptmode::probe
