// SPDX-License-Identifier: GPL-2.0-or-later
#include "sys/network_namespace.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>

#include <exception>

#include "sys/file.h"

namespace iptmode::sys {
namespace {

struct OpenNamespace {
  UniqueFd fd = {};
  NamespaceId id = 0;
};

Result<OpenNamespace> open_namespace(int proc_root, const std::string& path) {
  auto fd = open_at(proc_root, path, O_RDONLY);
  if (!fd) return tl::unexpected{fd.error()};
  struct stat status = {};
  if (::fstat(fd->get(), &status) != 0) return sys_error(errno, "fstat", path);
  return OpenNamespace{.fd = std::move(*fd), .id = status.st_ino};
}

}  // namespace

Result<NetworkNamespaceGuard> NetworkNamespaceGuard::enter(int proc_root, pid_t pid,
                                                           NamespaceId expected) {
  const std::string path = std::to_string(pid) + "/ns/net";
  const auto target = open_namespace(proc_root, path);
  if (!target) return tl::unexpected{target.error()};
  if (target->id != expected) return sys_error(ESRCH, "network namespace changed", path);

  // thread-self: a process' links in /proc show the namespaces of its first thread only.
  auto home = open_namespace(proc_root, "thread-self/ns/net");
  if (!home) return tl::unexpected{home.error()};
  if (home->id == target->id) return NetworkNamespaceGuard{UniqueFd{}};
  if (::setns(target->fd.get(), CLONE_NEWNET) != 0) return sys_error(errno, "setns net", path);
  return NetworkNamespaceGuard{std::move(home->fd)};
}

NetworkNamespaceGuard::~NetworkNamespaceGuard() {
  if (home_ && ::setns(home_.get(), CLONE_NEWNET) != 0) std::terminate();
}

}  // namespace iptmode::sys
