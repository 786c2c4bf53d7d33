// SPDX-License-Identifier: GPL-2.0-or-later
#include "sys/network_namespace.h"

#include <fcntl.h>
#include <linux/sockios.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
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

/// Without /proc, which may be another machine's or missing.
Result<UniqueFd> current_network() {
  const UniqueFd socket{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  if (!socket) return sys_error(errno, "socket");
  UniqueFd network{::ioctl(socket.get(), SIOCGSKNS)};
  if (!network) return sys_error(errno, "ioctl SIOCGSKNS");
  return network;
}

}  // namespace

Result<UniqueFd> make_empty_network() {
  const auto home = current_network();
  if (!home) return tl::unexpected{home.error()};
  if (::unshare(CLONE_NEWNET) != 0) return sys_error(errno, "unshare net");
  auto empty = current_network();
  if (::setns(home->get(), CLONE_NEWNET) != 0) std::terminate();
  return empty;
}

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
