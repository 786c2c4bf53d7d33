// SPDX-License-Identifier: GPL-2.0-or-later
extern "C" {  // this header of libiptc has no guard of its own for C++
#include <libiptc/libip6tc.h>
}

#include "kernel/legacy_handle.h"
#include "kernel/legacy_save.h"
#include "kernel/legacy_save_walk.h"
#include "kernel/legacy_tables.h"
#include "kernel/legacy_walk.h"

namespace iptmode::kernel {
namespace {

struct Ipv6Api {
  using Handle = xtc_handle;
  using Entry = ip6t_entry;
  static constexpr IpFamily kFamily = IpFamily::ipv6;
  static constexpr std::size_t kAddressBytes = sizeof(ip6t_ip6);  ///< the entry begins with them
  static constexpr std::string_view kInitName = "ip6tc_init";
  static Handle* init(const char* table) { return ip6tc_init(table); }
  static void release(Handle* handle) { ip6tc_free(handle); }
  static const char* first_chain(Handle* handle) { return ip6tc_first_chain(handle); }
  static const char* next_chain(Handle* handle) { return ip6tc_next_chain(handle); }
  static int is_builtin(const char* chain, Handle* handle) { return ip6tc_builtin(chain, handle); }
  static const char* policy(const char* chain, xt_counters* counters, Handle* handle) {
    return ip6tc_get_policy(chain, counters, handle);
  }
  static const Entry* first_rule(const char* chain, Handle* handle) {
    return ip6tc_first_rule(chain, handle);
  }
  static const Entry* next_rule(const Entry* rule, Handle* handle) {
    return ip6tc_next_rule(rule, handle);
  }
  static const char* target(const Entry* rule, Handle* handle) {
    return ip6tc_get_target(rule, handle);
  }
};

}  // namespace

Result<LegacyReading> read_legacy_table6(const std::string& name, const LegacyPathRequest& path) {
  const auto handle = open_legacy_table<Ipv6Api>(name);
  if (!handle) return tl::unexpected(handle.error());
  return LegacyWalk<Ipv6Api>{handle->get(), name}.run(path);
}

Result<std::string> save_legacy_table6(const std::string& name) {
  const auto handle = open_legacy_table<Ipv6Api>(name);
  if (!handle) return tl::unexpected(handle.error());
  return LegacySave<Ipv6Api>{handle->get()}.run(name);
}

}  // namespace iptmode::kernel
