// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <archive.h>
#include <archive_entry.h>

#include "iptmode/result.h"
#include "sys/loaded_library.h"

namespace iptmode::archive {

/// What is used of libarchive. With its own libraries (libxml2, and ICU's 30 MiB of tables) it
/// takes eight milliseconds to load, and only bundles need it.
class Libarchive : public sys::LoadedLibrary {
 public:
  using LoadedLibrary::LoadedLibrary;

  decltype(&::archive_error_string) error_string = find("archive_error_string");
  decltype(&::archive_read_new) read_new = find("archive_read_new");
  decltype(&::archive_read_free) read_free = find("archive_read_free");
  decltype(&::archive_read_support_filter_gzip) read_support_filter_gzip =
      find("archive_read_support_filter_gzip");
  decltype(&::archive_read_support_format_tar) read_support_format_tar =
      find("archive_read_support_format_tar");
  decltype(&::archive_read_open_memory) read_open_memory = find("archive_read_open_memory");
  decltype(&::archive_read_next_header) read_next_header = find("archive_read_next_header");
  decltype(&::archive_read_data) read_data = find("archive_read_data");
  decltype(&::archive_filter_bytes) filter_bytes = find("archive_filter_bytes");
  decltype(&::archive_write_new) write_new = find("archive_write_new");
  decltype(&::archive_write_free) write_free = find("archive_write_free");
  decltype(&::archive_write_close) write_close = find("archive_write_close");
  decltype(&::archive_write_set_format_ustar) write_set_format_ustar =
      find("archive_write_set_format_ustar");
  decltype(&::archive_write_add_filter_gzip) write_add_filter_gzip =
      find("archive_write_add_filter_gzip");
  decltype(&::archive_write_set_filter_option) write_set_filter_option =
      find("archive_write_set_filter_option");
  decltype(&::archive_write_set_bytes_per_block) write_set_bytes_per_block =
      find("archive_write_set_bytes_per_block");
  decltype(&::archive_write_open) write_open = find("archive_write_open");
  decltype(&::archive_write_header) write_header = find("archive_write_header");
  decltype(&::archive_write_data) write_data = find("archive_write_data");
  decltype(&::archive_entry_new) entry_new = find("archive_entry_new");
  decltype(&::archive_entry_free) entry_free = find("archive_entry_free");
  decltype(&::archive_entry_pathname) entry_pathname = find("archive_entry_pathname");
  decltype(&::archive_entry_filetype) entry_filetype = find("archive_entry_filetype");
  decltype(&::archive_entry_hardlink) entry_hardlink = find("archive_entry_hardlink");
  decltype(&::archive_entry_size) entry_size = find("archive_entry_size");
  decltype(&::archive_entry_set_pathname) entry_set_pathname = find("archive_entry_set_pathname");
  decltype(&::archive_entry_set_size) entry_set_size = find("archive_entry_set_size");
  decltype(&::archive_entry_set_filetype) entry_set_filetype = find("archive_entry_set_filetype");
  decltype(&::archive_entry_set_perm) entry_set_perm = find("archive_entry_set_perm");
  decltype(&::archive_entry_set_mtime) entry_set_mtime = find("archive_entry_set_mtime");
};

/// Loaded once. errc::not_supported where it is not installed.
[[nodiscard]] const Result<Libarchive>& libarchive();

}  // namespace iptmode::archive
