// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/legacy_reader.h"

#include <fcntl.h>

#include <cerrno>
#include <cstddef>
#include <string_view>

#include "kernel/legacy_tables.h"
#include "kernel/network_reader.h"
#include "kernel/table_names.h"
#include "sys/file.h"

namespace iptmode::kernel {
namespace {

constexpr std::size_t kMaxNames = 4096;  // five tables exist

struct Family {
  IpFamily id = {};
  std::string_view names_file = {};
  Result<LegacyReading> (*read)(const std::string& name, const LegacyPathRequest& path) = nullptr;
};
constexpr std::array kFamilies{Family{IpFamily::ipv4, "ip_tables_names", read_legacy_table4},
                               Family{IpFamily::ipv6, "ip6_tables_names", read_legacy_table6}};

/// The file exists in every network namespace as soon as ip_tables (ip6_tables) is in the kernel:
/// without it there is no table. But then the directory must be there.
Result<std::vector<std::string>> read_names(const Family& family, const LegacyRequest& request) {
  const std::string directory = std::to_string(request.witness) + "/net/";
  const std::string path = directory + std::string{family.names_file};
  const auto text = sys::read_file(request.proc_root, path, kMaxNames);
  if (text) return parse_table_names(*text);
  if (text.error().code != std::errc::no_such_file_or_directory)
    return tl::unexpected(text.error());
  if (auto witness = sys::open_at(request.proc_root, directory + "protocols", O_PATH); !witness)
    return tl::unexpected(witness.error());
  return std::vector<std::string>{};
}

void read_tables(const Family& family, const LegacyRequest& request, LegacyState& state) {
  const std::string suffix = ", legacy, " + std::string{to_string(family.id)};
  const auto names = read_names(family, request);
  if (!names) {
    state.failures.emplace_back("tables" + suffix, names.error());
    return;
  }
  for (const std::string& name : *names) {
    auto read = std::chrono::steady_clock::now() < request.deadline
                    ? family.read(name, request.path)
                    : Result<LegacyReading>{sys_error(ETIMEDOUT, "iptc_init", name)};
    if (request.idle) request.idle();
    if (!read) {
      state.failures.emplace_back(std::string{"table "}.append(name).append(suffix), read.error());
      continue;
    }
    HintChains& hints = state.hints.at(static_cast<std::size_t>(family.id));
    hints.ipt_hint |= read->hints.ipt_hint;
    hints.canary |= read->hints.canary;
    state.tables.push_back(std::move(read->table));
    if (read->path) state.path.push_back(std::move(*read->path));
  }
}

}  // namespace

LegacyState read_legacy(const LegacyRequest& request, const KernelSupport& support) {
  LegacyState state;
  if (support.legacy == Support::no || support.legacy_evidence == kLoadable) return state;
  for (const Family& family : kFamilies) read_tables(family, request, state);
  return state;
}

}  // namespace iptmode::kernel
