// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/collect.h"

#include <sched.h>
#include <sys/utsname.h>

#include <algorithm>
#include <ctime>

#include "collect/live_sources.h"
#include "collect/observe.h"
#include "sys/file.h"

namespace iptmode::collect {

namespace {

/// Whether we and pid 1 have the same namespace of this type. Unknown counts as yes: then nothing
/// is done differently.
bool shares_with_init(ProcDirectory& proc, const char* type) {
  const std::string name = std::string{"ns/"}.append(type);
  const auto first = proc.link(1, name.c_str());
  const auto own = sys::read_link(proc.fd(), "self/" + name);
  return !first || !own || *first == *own;
}

/// Where the host's /run is seen from here. From a container with the host's processes that is pid
/// 1's root; a socket that the user named himself is taken as named.
std::string host_prefix(const CollectOptions& options, ProcDirectory& proc) {
  if (options.status_socket != CollectOptions{}.status_socket) return {};
  if (!options.host_root.empty()) return options.host_root;
  return shares_with_init(proc, "mnt") ? std::string{} : options.proc_root + "/1/root";
}

/// At least one, where there is no second one either.
std::size_t processors_beside_ours() {
  cpu_set_t usable;
  CPU_ZERO(&usable);
  if (::sched_getaffinity(0, sizeof usable, &usable) != 0) return 1;
  return static_cast<std::size_t>(std::max(CPU_COUNT(&usable) - 1, 1));
}

}  // namespace

Result<Snapshot> collect(const CollectOptions& options) {
  auto proc = ProcDirectory::open(options.proc_root);
  if (!proc) return tl::unexpected{proc.error()};
  auto host = HostRoot::open(options.host_root, proc->fd());
  if (!host) return tl::unexpected{host.error()};

  utsname name{};
  if (::uname(&name) != 0) return sys_error(errno, "uname");
  LivePlaces places{*proc, *host};
  LiveNetworks networks{*proc, *host};
  LiveAnswers answers{*proc, *host, host_prefix(options, *proc)};
  LiveReaders readers{*proc, *host};
  const bool own_name = shares_with_init(*proc, "uts");
  const Sources sources{.processes = *proc,
                        .places = places,
                        .networks = networks,
                        .answers = answers,
                        .host = *host,
                        .readers = &readers,
                        .own_pid = proc->own_pid().value_or(0),
                        .processors = processors_beside_ours(),
                        .hostname = own_name ? &name.nodename[0] : "",
                        .kernel = &name.release[0]};
  Snapshot snapshot = observe(sources, options);
  snapshot.taken_at = std::time(nullptr);
  return snapshot;
}

}  // namespace iptmode::collect
