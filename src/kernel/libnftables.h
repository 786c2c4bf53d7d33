// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <nftables/libnftables.h>

#include "iptmode/result.h"
#include "sys/loaded_library.h"

namespace iptmode::kernel {

/// What is used of libnftables. It is used in confined children alone, and brings five more
/// libraries along: the parent, which forks a child for each place, does without them.
class LoadedNftables : public sys::LoadedLibrary {
 public:
  using LoadedLibrary::LoadedLibrary;

  decltype(&::nft_ctx_new) ctx_new = find("nft_ctx_new");
  decltype(&::nft_ctx_set_output) ctx_set_output = find("nft_ctx_set_output");
  decltype(&::nft_ctx_output_set_flags) ctx_output_set_flags = find("nft_ctx_output_set_flags");
  decltype(&::nft_ctx_buffer_output) ctx_buffer_output = find("nft_ctx_buffer_output");
  decltype(&::nft_ctx_buffer_error) ctx_buffer_error = find("nft_ctx_buffer_error");
  decltype(&::nft_ctx_get_output_buffer) ctx_get_output_buffer = find("nft_ctx_get_output_buffer");
  decltype(&::nft_ctx_get_error_buffer) ctx_get_error_buffer = find("nft_ctx_get_error_buffer");
  decltype(&::nft_run_cmd_from_buffer) run_cmd_from_buffer = find("nft_run_cmd_from_buffer");
};

/// errc::not_supported where it is not installed. Only for a child.
[[nodiscard]] Result<LoadedNftables> load_libnftables();

}  // namespace iptmode::kernel
