// SPDX-License-Identifier: GPL-2.0-or-later
#include <libiptc/libiptc.h>

#include "kernel/legacy_save_walk.h"

namespace iptmode::kernel {
namespace {

struct Ipv4Api {
  using Handle = xtc_handle;
  static constexpr std::string_view kInitName = "iptc_init";
  static Handle* init(const char* table) { return iptc_init(table); }
  static void release(Handle* handle) { iptc_free(handle); }
  static const char* first_chain(Handle* handle) { return iptc_first_chain(handle); }
  static const char* next_chain(Handle* handle) { return iptc_next_chain(handle); }
  static int is_builtin(const char* chain, Handle* handle) { return iptc_builtin(chain, handle); }
  static const char* policy(const char* chain, xt_counters* counters, Handle* handle) {
    return iptc_get_policy(chain, counters, handle);
  }
  static const ipt_entry* first_rule(const char* chain, Handle* handle) {
    return iptc_first_rule(chain, handle);
  }
  static const ipt_entry* next_rule(const ipt_entry* rule, Handle* handle) {
    return iptc_next_rule(rule, handle);
  }
  static const char* target(const ipt_entry* rule, Handle* handle) {
    return iptc_get_target(rule, handle);
  }
};

}  // namespace

Result<std::string> save_legacy_table4(const std::string& name) {
  return save_legacy_table<Ipv4Api>(name);
}

}  // namespace iptmode::kernel
