// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <archive.h>
#include <archive_entry.h>

#include "iptmode/result.h"

namespace iptmode::archive {

/// What is used of libarchive. It is loaded when it is needed: with its own libraries (libxml2, and
/// ICU's 30 MiB of tables) it makes every start of a program take eight milliseconds longer, and
/// only bundles need it.
class Libarchive {
 public:
  explicit Libarchive(void* library) : library_{library} {}
  [[nodiscard]] bool complete() const { return complete_; }

  template <class Pointer>
  class Function;
  /// One function of the library, called like it.
  template <class Value, class... Arguments>
  class Function<Value (*)(Arguments...)> {
   public:
    Function(Libarchive& api, const char* name)
        : call_{reinterpret_cast<Value (*)(Arguments...)>(api.find(name))} {}
    Value operator()(Arguments... arguments) const { return call_(arguments...); }

   private:
    Value (*call_)(Arguments...);
  };

 private:
  /// Null, and then the library is not complete, where it has no such function.
  void* find(const char* name);

  void* library_;
  bool complete_ = true;

 public:
  Function<decltype(&::archive_error_string)> error_string{*this, "archive_error_string"};
  Function<decltype(&::archive_read_new)> read_new{*this, "archive_read_new"};
  Function<decltype(&::archive_read_free)> read_free{*this, "archive_read_free"};
  Function<decltype(&::archive_read_support_filter_gzip)> read_support_filter_gzip{
      *this, "archive_read_support_filter_gzip"};
  Function<decltype(&::archive_read_support_format_tar)> read_support_format_tar{
      *this, "archive_read_support_format_tar"};
  Function<decltype(&::archive_read_open_memory)> read_open_memory{*this,
                                                                   "archive_read_open_memory"};
  Function<decltype(&::archive_read_next_header)> read_next_header{*this,
                                                                   "archive_read_next_header"};
  Function<decltype(&::archive_read_data)> read_data{*this, "archive_read_data"};
  Function<decltype(&::archive_filter_bytes)> filter_bytes{*this, "archive_filter_bytes"};
  Function<decltype(&::archive_write_new)> write_new{*this, "archive_write_new"};
  Function<decltype(&::archive_write_free)> write_free{*this, "archive_write_free"};
  Function<decltype(&::archive_write_close)> write_close{*this, "archive_write_close"};
  Function<decltype(&::archive_write_set_format_ustar)> write_set_format_ustar{
      *this, "archive_write_set_format_ustar"};
  Function<decltype(&::archive_write_add_filter_gzip)> write_add_filter_gzip{
      *this, "archive_write_add_filter_gzip"};
  Function<decltype(&::archive_write_set_filter_option)> write_set_filter_option{
      *this, "archive_write_set_filter_option"};
  Function<decltype(&::archive_write_set_bytes_per_block)> write_set_bytes_per_block{
      *this, "archive_write_set_bytes_per_block"};
  Function<decltype(&::archive_write_open)> write_open{*this, "archive_write_open"};
  Function<decltype(&::archive_write_header)> write_header{*this, "archive_write_header"};
  Function<decltype(&::archive_write_data)> write_data{*this, "archive_write_data"};
  Function<decltype(&::archive_entry_new)> entry_new{*this, "archive_entry_new"};
  Function<decltype(&::archive_entry_free)> entry_free{*this, "archive_entry_free"};
  Function<decltype(&::archive_entry_pathname)> entry_pathname{*this, "archive_entry_pathname"};
  Function<decltype(&::archive_entry_filetype)> entry_filetype{*this, "archive_entry_filetype"};
  Function<decltype(&::archive_entry_hardlink)> entry_hardlink{*this, "archive_entry_hardlink"};
  Function<decltype(&::archive_entry_size)> entry_size{*this, "archive_entry_size"};
  Function<decltype(&::archive_entry_set_pathname)> entry_set_pathname{
      *this, "archive_entry_set_pathname"};
  Function<decltype(&::archive_entry_set_size)> entry_set_size{*this, "archive_entry_set_size"};
  Function<decltype(&::archive_entry_set_filetype)> entry_set_filetype{
      *this, "archive_entry_set_filetype"};
  Function<decltype(&::archive_entry_set_perm)> entry_set_perm{*this, "archive_entry_set_perm"};
  Function<decltype(&::archive_entry_set_mtime)> entry_set_mtime{*this, "archive_entry_set_mtime"};
};

/// Loaded once. errc::not_supported where it is not installed.
[[nodiscard]] const Result<Libarchive>& libarchive();

}  // namespace iptmode::archive
