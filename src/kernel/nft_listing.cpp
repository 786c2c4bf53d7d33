// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/nft_listing.h"

#include <cstdio>

#include "kernel/libnftables.h"

namespace iptmode::kernel {

int write_nft_listing(int output, const std::string& command) {
  // Never freed or closed but flushed: the child ends now.
  std::FILE* const file = ::fdopen(output, "w");
  if (file == nullptr) return 1;
  const auto say = [&](const char* problem) {
    (void)std::fprintf(file, "# %s\n", problem);
    (void)std::fflush(file);
    return 1;
  };
  const auto nft = load_libnftables();
  if (!nft) return say(to_string(nft.error()).c_str());
  nft_ctx* const context = nft->ctx_new(NFT_CTX_DEFAULT);
  if (context == nullptr) return say("nft_ctx_new");
  nft->ctx_set_output(context, file);
  if (nft->ctx_buffer_error(context) != 0 ||
      nft->run_cmd_from_buffer(context, command.c_str()) != 0)
    return say(nft->ctx_get_error_buffer(context));
  return std::fflush(file) == 0 ? 0 : 1;
}

}  // namespace iptmode::kernel
