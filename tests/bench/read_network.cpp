// SPDX-License-Identifier: GPL-2.0-or-later
// Reads the firewall of its own network namespace the way the audit does and prints what it
// counted: the reader alone, without discovery and diagnosis.
#include <fcntl.h>
#include <unistd.h>

#include <iostream>

#include "kernel/network_reader.h"
#include "sys/file.h"

int main() {
  using namespace iptmode;
  const auto proc = value_or_throw(sys::open_at(AT_FDCWD, "/proc", O_PATH | O_DIRECTORY));
  const auto root = value_or_throw(sys::open_at(AT_FDCWD, "/", O_PATH | O_DIRECTORY));
  const KernelSupport support = kernel::read_kernel_support(proc.get(), root.get());
  const auto [state, gaps] =
      kernel::read_network({.proc_root = proc.get(), .witness = ::getpid()}, support);
  for (const auto& table : state.nft.value_or(std::vector<NftTable>{}))
    std::cout << "nft " << table.family << ' ' << table.name << ' ' << table.chains << " chains, "
              << table.rules << " rules\n";
  for (const auto& table : state.legacy.value_or(std::vector<LegacyTable>{}))
    std::cout << "legacy " << to_string(table.family) << ' ' << table.name << ' ' << table.chains
              << " chains, " << table.rules << " rules\n";
  std::cout << "libnftables " << to_string(state.libnftables.outcome) << ' '
            << state.libnftables.detail << '\n';
  for (const Gap& gap : gaps) std::cout << "gap " << gap.subject << ": " << gap.reason << '\n';
  return gaps.empty() ? 0 : 2;
}
