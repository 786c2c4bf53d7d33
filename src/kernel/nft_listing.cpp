// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/nft_listing.h"

#include <nftables/libnftables.h>

#include <cstdio>

namespace iptmode::kernel {

int write_nft_listing(int output, const std::string& command) {
  // Never freed or closed but flushed: the child ends now.
  std::FILE* const file = ::fdopen(output, "w");
  nft_ctx* const context = nft_ctx_new(NFT_CTX_DEFAULT);
  if (file == nullptr || context == nullptr) return 1;
  nft_ctx_set_output(context, file);
  const bool listed =
      nft_ctx_buffer_error(context) == 0 && nft_run_cmd_from_buffer(context, command.c_str()) == 0;
  if (!listed) (void)std::fprintf(file, "# %s\n", nft_ctx_get_error_buffer(context));
  return std::fflush(file) == 0 && listed ? 0 : 1;
}

}  // namespace iptmode::kernel
