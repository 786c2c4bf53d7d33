// SPDX-License-Identifier: GPL-2.0-or-later
#include <libiptc/libiptc.h>

#include "kernel/legacy_handle.h"
#include "kernel/legacy_save.h"
#include "kernel/legacy_save_walk.h"
#include "kernel/legacy_tables.h"
#include "kernel/legacy_walk.h"

namespace iptmode::kernel {
namespace {

struct Ipv4Api {
  using Handle = xtc_handle;
  using Entry = ipt_entry;
  static constexpr IpFamily kFamily = IpFamily::ipv4;
  static constexpr std::size_t kAddressBytes = sizeof(ipt_ip);  ///< the entry begins with them
  static constexpr std::string_view kInitName = "iptc_init";
  static Handle* init(const char* table) { return iptc_init(table); }
  static void release(Handle* handle) { iptc_free(handle); }
  static const char* first_chain(Handle* handle) { return iptc_first_chain(handle); }
  static const char* next_chain(Handle* handle) { return iptc_next_chain(handle); }
  static int is_builtin(const char* chain, Handle* handle) { return iptc_builtin(chain, handle); }
  static const char* policy(const char* chain, xt_counters* counters, Handle* handle) {
    return iptc_get_policy(chain, counters, handle);
  }
  static const Entry* first_rule(const char* chain, Handle* handle) {
    return iptc_first_rule(chain, handle);
  }
  static const Entry* next_rule(const Entry* rule, Handle* handle) {
    return iptc_next_rule(rule, handle);
  }
  static const char* target(const Entry* rule, Handle* handle) {
    return iptc_get_target(rule, handle);
  }
};

}  // namespace

Result<LegacyReading> read_legacy_table4(const std::string& name, const LegacyPathRequest& path) {
  const auto handle = open_legacy_table<Ipv4Api>(name);
  if (!handle) return tl::unexpected(handle.error());
  return LegacyWalk<Ipv4Api>{handle->get(), name}.run(path);
}

Result<std::string> save_legacy_table4(const std::string& name) {
  const auto handle = open_legacy_table<Ipv4Api>(name);
  if (!handle) return tl::unexpected(handle.error());
  return LegacySave<Ipv4Api>{handle->get()}.run(name);
}

}  // namespace iptmode::kernel
