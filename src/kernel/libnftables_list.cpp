// SPDX-License-Identifier: GPL-2.0-or-later
#include <nftables/libnftables.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string_view>

#include "kernel/libnftables_child.h"

namespace iptmode::kernel {
namespace {

struct FreeContext {
  void operator()(nft_ctx* context) const noexcept { nft_ctx_free(context); }
};

/// Counts the elements {"chain": {...}} of {"nftables": [...]} without building a document.
class ChainCounter : public nlohmann::json_sax<nlohmann::json> {
 public:
  [[nodiscard]] std::uint64_t chains() const { return chains_; }

  bool null() override { return true; }
  bool boolean(bool /*value*/) override { return true; }
  bool number_integer(number_integer_t /*value*/) override { return true; }
  bool number_unsigned(number_unsigned_t /*value*/) override { return true; }
  bool number_float(number_float_t /*value*/, const string_t& /*text*/) override { return true; }
  bool string(string_t& /*value*/) override { return true; }
  bool binary(binary_t& /*value*/) override { return true; }
  bool start_object(std::size_t /*elements*/) override { return ++depth_ > 0; }
  bool end_object() override { return depth_-- > 0; }
  bool start_array(std::size_t /*elements*/) override { return true; }
  bool end_array() override { return true; }
  bool key(string_t& name) override {
    constexpr int kElement = 2;
    if (depth_ == kElement && name == "chain") ++chains_;
    return true;
  }
  bool parse_error(std::size_t /*position*/, const std::string& /*token*/,
                   const nlohmann::json::exception& /*error*/) override {
    return false;
  }

 private:
  int depth_ = 0;
  std::uint64_t chains_ = 0;
};

ListedChains refused(std::string_view problem) {
  ListedChains answer{.outcome = ListedChains::Outcome::refused};
  problem = problem.substr(0, problem.find('\n'));
  problem.copy(answer.problem.data(), answer.problem.size() - 1);
  return answer;
}

}  // namespace

ListedChains list_chains_with_libnftables() {
  const std::unique_ptr<nft_ctx, FreeContext> context{nft_ctx_new(NFT_CTX_DEFAULT)};
  if (!context) return refused("nft_ctx_new");
  nft_ctx_output_set_flags(context.get(), NFT_CTX_OUTPUT_JSON);
  if (nft_ctx_buffer_output(context.get()) != 0 || nft_ctx_buffer_error(context.get()) != 0)
    return refused("nft_ctx_buffer_output");
  if (nft_run_cmd_from_buffer(context.get(), "list chains") != 0)
    return refused(nft_ctx_get_error_buffer(context.get()));
  ChainCounter counter;
  if (!nlohmann::json::sax_parse(std::string_view{nft_ctx_get_output_buffer(context.get())},
                                 &counter))
    return refused("its output is not JSON");
  return {.outcome = ListedChains::Outcome::listed, .chains = counter.chains()};
}

}  // namespace iptmode::kernel
