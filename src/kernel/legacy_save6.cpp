// SPDX-License-Identifier: GPL-2.0-or-later
// The header lacks what libiptc.h has.
extern "C" {
#include <libiptc/libip6tc.h>
}

#include "kernel/legacy_save_walk.h"

namespace iptmode::kernel {
namespace {

struct Ipv6Api {
  using Handle = xtc_handle;
  static constexpr std::string_view kInitName = "ip6tc_init";
  static Handle* init(const char* table) { return ip6tc_init(table); }
  static void release(Handle* handle) { ip6tc_free(handle); }
  static const char* first_chain(Handle* handle) { return ip6tc_first_chain(handle); }
  static const char* next_chain(Handle* handle) { return ip6tc_next_chain(handle); }
  static int is_builtin(const char* chain, Handle* handle) { return ip6tc_builtin(chain, handle); }
  static const char* policy(const char* chain, xt_counters* counters, Handle* handle) {
    return ip6tc_get_policy(chain, counters, handle);
  }
  static const ip6t_entry* first_rule(const char* chain, Handle* handle) {
    return ip6tc_first_rule(chain, handle);
  }
  static const ip6t_entry* next_rule(const ip6t_entry* rule, Handle* handle) {
    return ip6tc_next_rule(rule, handle);
  }
  static const char* target(const ip6t_entry* rule, Handle* handle) {
    return ip6tc_get_target(rule, handle);
  }
};

}  // namespace

Result<std::string> save_legacy_table6(const std::string& name) {
  return save_legacy_table<Ipv6Api>(name);
}

}  // namespace iptmode::kernel
