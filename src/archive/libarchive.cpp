// SPDX-License-Identifier: GPL-2.0-or-later
#include "archive/libarchive.h"

#include <dlfcn.h>

#include <cerrno>

namespace iptmode::archive {

namespace {

constexpr const char* kName = "libarchive.so.13";

/// The address of a function of the library. False when it has no such.
template <class Function>
bool find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
  return function != nullptr;
}

bool find_reading(void* library, Libarchive& api) {
  return find(library, "archive_error_string", api.error_string) &&
         find(library, "archive_read_new", api.read_new) &&
         find(library, "archive_read_free", api.read_free) &&
         find(library, "archive_read_support_filter_gzip", api.read_support_filter_gzip) &&
         find(library, "archive_read_support_format_tar", api.read_support_format_tar) &&
         find(library, "archive_read_open_memory", api.read_open_memory) &&
         find(library, "archive_read_next_header", api.read_next_header) &&
         find(library, "archive_read_data", api.read_data) &&
         find(library, "archive_filter_bytes", api.filter_bytes);
}

bool find_writing(void* library, Libarchive& api) {
  return find(library, "archive_write_new", api.write_new) &&
         find(library, "archive_write_free", api.write_free) &&
         find(library, "archive_write_close", api.write_close) &&
         find(library, "archive_write_set_format_ustar", api.write_set_format_ustar) &&
         find(library, "archive_write_add_filter_gzip", api.write_add_filter_gzip) &&
         find(library, "archive_write_set_filter_option", api.write_set_filter_option) &&
         find(library, "archive_write_set_bytes_per_block", api.write_set_bytes_per_block) &&
         find(library, "archive_write_open", api.write_open) &&
         find(library, "archive_write_header", api.write_header) &&
         find(library, "archive_write_data", api.write_data);
}

bool find_entries(void* library, Libarchive& api) {
  return find(library, "archive_entry_new", api.entry_new) &&
         find(library, "archive_entry_free", api.entry_free) &&
         find(library, "archive_entry_pathname", api.entry_pathname) &&
         find(library, "archive_entry_filetype", api.entry_filetype) &&
         find(library, "archive_entry_hardlink", api.entry_hardlink) &&
         find(library, "archive_entry_size", api.entry_size) &&
         find(library, "archive_entry_set_pathname", api.entry_set_pathname) &&
         find(library, "archive_entry_set_size", api.entry_set_size) &&
         find(library, "archive_entry_set_filetype", api.entry_set_filetype) &&
         find(library, "archive_entry_set_perm", api.entry_set_perm) &&
         find(library, "archive_entry_set_mtime", api.entry_set_mtime);
}

Result<Libarchive> load() {
  // Never closed: it is used until the end.
  void* const library = ::dlopen(kName, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return sys_error(ENOTSUP, "bundles need", kName);
  Libarchive api;
  if (!find_reading(library, api) || !find_writing(library, api) || !find_entries(library, api))
    return sys_error(ENOTSUP, "another library than was expected:", kName);
  return api;
}

}  // namespace

const Result<Libarchive>& libarchive() {
  static const Result<Libarchive> api = load();
  return api;
}

}  // namespace iptmode::archive
