// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <string_view>
#include <vector>

#include "iptmode/kernel_state.h"
#include "iptmode/snapshot.h"

namespace iptmode::kernel {

struct NetworkRequest {
  int proc_root = -1;  ///< O_PATH descriptor of the directory where proc is mounted; borrowed
  pid_t witness = 1;   ///< a process that lives in the namespace
  NamespaceId network_namespace = 0;
  NodeNetworks networks = {};                ///< as far as known: whose packets are asked about
  std::chrono::milliseconds timeout{10000};  ///< for all of it
  std::size_t libnftables_chain_limit =
      1024;  ///< above it libnftables is not asked: its JSON takes 2 KiB and 8 us a chain
  std::function<void()> idle = {};  ///< called now and then between requests, to attend to children
};

struct NetworkReading {
  NetworkState state = {};
  std::vector<Gap> gaps = {};
};

/// Reads both backends of one network namespace. Creates nothing and loads nothing: legacy tables
/// are opened only when <proc>/<pid>/net/ip{,6}_tables_names lists them (libiptc creates what it is
/// asked for); nf_tables is asked when `support.nft` is `yes` with the code present, and when the
/// kernel cannot load modules. When neither is known, asking could load it: that is a gap. A module
/// that is not loaded holds nothing: its backend is read, and empty. A dump that another
/// program's commit interrupts (the generation id changed, NLM_F_DUMP_INTR) is repeated a bounded
/// number of times and then reported as a gap. What may not be read is a gap, never an empty table.
[[nodiscard]] NetworkReading read_network(const NetworkRequest& request,
                                          const KernelSupport& support);

/// The evidence of a backend that this kernel can load and has not loaded: it holds no table then,
/// and asking would load it. The exact text of KernelSupport::legacy_evidence, nft_evidence.
inline constexpr std::string_view kLoadable = "loadable";

/// Whether the kernel can serve each backend, from /proc/net, /proc/modules, modules.builtin,
/// /proc/config.gz and /boot/config-*; loads and creates nothing. `host_root` is an O_PATH
/// descriptor.
[[nodiscard]] KernelSupport read_kernel_support(int proc_root, int host_root);

}  // namespace iptmode::kernel
