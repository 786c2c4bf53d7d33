// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cerrno>
#include <type_traits>

#include "iptmode/result.h"

namespace iptmode::sys {

/// A shared library that is loaded when it is first needed instead of at every start, where it is
/// mapped again for each child. Never closed: its functions are used until the end. One class
/// derives from it for each library, with a member for each function that is used:
///
///     decltype(&::nft_ctx_new) ctx_new = find("nft_ctx_new");
class LoadedLibrary {
 public:
  /// Null, or a handle of dlopen(3).
  explicit LoadedLibrary(void* handle) : handle_{handle} {}

  /// Whether it has every function that was looked for.
  [[nodiscard]] bool complete() const { return complete_; }

 protected:
  /// An address that takes the type of the pointer which it is given to.
  class Symbol {
   public:
    explicit Symbol(void* address) : address_{address} {}
    template <class Function>
    operator Function*() const {  // NOLINT(*-explicit-*): that is what it is for
      static_assert(std::is_function_v<Function>);
      return reinterpret_cast<Function*>(address_);
    }

   private:
    void* address_;
  };

  /// Null, and then the library is not complete, where it has no such function.
  [[nodiscard]] Symbol find(const char* name);

 private:
  void* handle_;
  bool complete_ = true;
};

/// A handle for the library of that name (as in its DT_SONAME), found as the dynamic linker finds
/// it. errc::not_supported, with the linker's words, where it is not installed.
[[nodiscard]] Result<void*> open_library(const char* name);

/// errc::not_supported where it is not installed or lacks a function.
template <class Library>
[[nodiscard]] Result<Library> load_library(const char* name) {
  const auto handle = open_library(name);
  if (!handle) return tl::unexpected(handle.error());
  Library library{*handle};
  if (!library.complete()) return sys_error(ENOTSUP, "another library than was expected:", name);
  return library;
}

}  // namespace iptmode::sys
