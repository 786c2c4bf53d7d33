// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/privileges.h"

#include <cap-ng.h>
#include <grp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace iptmode::probe {
namespace {

/// Never raises: a hard limit that is already lower stays.
int lower_limit(__rlimit_resource resource, rlim_t value) noexcept {
  rlimit limit = {};
  if (::getrlimit(resource, &limit) != 0) return -1;
  limit.rlim_max = std::min(limit.rlim_max, value);
  limit.rlim_cur = limit.rlim_max;
  return ::setrlimit(resource, &limit);
}

#if defined(IPTMODE_ADDRESS_SANITIZER)
constexpr bool kAddressSpaceIsOurs = false;  // AddressSanitizer reserves terabytes
#else
constexpr bool kAddressSpaceIsOurs = true;
#endif

}  // namespace

int empty_bounding_set() noexcept {
  ::capng_clear(CAPNG_SELECT_BOUNDS);
  if (::capng_apply(CAPNG_SELECT_BOUNDS) != 0) return errno = EPERM, -1;
  // The kernel's word for it; PR_CAPBSET_READ fails with EINVAL behind its last capability.
  for (unsigned long capability = 0; capability < 64; ++capability)
    if (::prctl(PR_CAPBSET_READ, capability, 0, 0, 0) == 1) return errno = EPERM, -1;
  return 0;
}

int become(const Account& account) noexcept {
  if (::setgroups(0, nullptr) != 0) return -1;
  if (::setresgid(account.gid, account.gid, account.gid) != 0) return -1;
  return ::setresuid(account.uid, account.uid, account.uid);
}

int drop_all_capabilities() noexcept {
  ::capng_clear(CAPNG_SELECT_ALL);
  if (::capng_apply(CAPNG_SELECT_AMBIENT) != 0) return errno = EPERM, -1;
  if (::capng_apply(CAPNG_SELECT_CAPS) != 0) return errno = EPERM, -1;
  return 0;
}

int keep_capabilities_on_change_of_user() noexcept {
  return ::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
}

int keep_only_sys_admin() noexcept {
  ::capng_clear(CAPNG_SELECT_CAPS);
  ::capng_update(CAPNG_ADD, static_cast<capng_type_t>(CAPNG_EFFECTIVE | CAPNG_PERMITTED),
                 CAP_SYS_ADMIN);
  return ::capng_apply(CAPNG_SELECT_CAPS) != 0 ? (errno = EPERM, -1) : 0;
}

int keep_only_net_capabilities(bool raw) noexcept {
  const auto is_kept = [raw](unsigned capability) {
    return capability == CAP_NET_ADMIN || (raw && capability == CAP_NET_RAW);
  };
  ::capng_clear(CAPNG_SELECT_CAPS);
  // The kernel's own call for the bounding set: libcap-ng would look into /proc. EINVAL comes
  // behind the last capability.
  for (unsigned capability = 0; capability < 64; ++capability)
    if (is_kept(capability))
      ::capng_update(
          CAPNG_ADD,
          static_cast<capng_type_t>(CAPNG_EFFECTIVE | CAPNG_PERMITTED | CAPNG_INHERITABLE),
          capability);
    else if (::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0 && errno != EINVAL)
      return -1;
  if (::capng_apply(CAPNG_SELECT_CAPS) != 0) return errno = EPERM, -1;
  if (raw && ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_RAW, 0, 0) != 0) return -1;
  return ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_ADMIN, 0, 0);
}

int lower_limits() noexcept {
  constexpr rlim_t kMebibyte = 1U << 20U;
  constexpr std::pair<__rlimit_resource, rlim_t> kLimits[] = {
      {RLIMIT_CORE, 0},    {RLIMIT_CPU, 2},     {RLIMIT_FSIZE, 0},
      {RLIMIT_NOFILE, 32}, {RLIMIT_MEMLOCK, 0}, {RLIMIT_MSGQUEUE, 0},
  };
  for (const auto& [resource, value] : kLimits)
    if (lower_limit(resource, value) != 0) return -1;
  return kAddressSpaceIsOurs ? lower_limit(RLIMIT_AS, 512 * kMebibyte) : 0;
}

int forbid_processes() noexcept {
  return lower_limit(RLIMIT_NPROC, 0);
}

}  // namespace iptmode::probe
