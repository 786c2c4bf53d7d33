// SPDX-License-Identifier: GPL-2.0-or-later
#include <string_view>

#include "kernel/libnftables.h"
#include "kernel/libnftables_child.h"

namespace iptmode::kernel {
namespace {

/// The elements {"chain": {...}} of {"nftables": [...]}. Exact without a parser: a quote inside a
/// name is escaped, so this text can only be the beginning of an element.
std::uint64_t count_chains(std::string_view json) {
  constexpr std::string_view kElement = R"({"chain":)";
  std::uint64_t chains = 0;
  for (std::size_t at = json.find(kElement); at != std::string_view::npos;
       at = json.find(kElement, at + kElement.size()))
    ++chains;
  return chains;
}

ListedChains refused(std::string_view problem) {
  ListedChains answer{.outcome = ListedChains::Outcome::refused};
  problem = problem.substr(0, problem.find('\n'));
  problem.copy(answer.problem.data(), answer.problem.size() - 1);
  return answer;
}

}  // namespace

ListedChains list_chains_with_libnftables() {
  const auto nft = load_libnftables();
  if (!nft) return refused(to_string(nft.error()));
  // Never freed: the child ends now, and freeing thousands of chains one by one takes time.
  nft_ctx* context = nft->ctx_new(NFT_CTX_DEFAULT);
  if (context == nullptr) return refused("nft_ctx_new");
  nft->ctx_output_set_flags(context, NFT_CTX_OUTPUT_JSON);
  if (nft->ctx_buffer_output(context) != 0 || nft->ctx_buffer_error(context) != 0)
    return refused("nft_ctx_buffer_output");
  if (nft->run_cmd_from_buffer(context, "list chains") != 0)
    return refused(nft->ctx_get_error_buffer(context));
  const std::string_view json = nft->ctx_get_output_buffer(context);
  if (!json.starts_with(R"({"nftables":)")) return refused("its output is not the JSON of nft");
  return {.outcome = ListedChains::Outcome::listed, .chains = count_chains(json)};
}

}  // namespace iptmode::kernel
