// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "iptmode/result.h"

struct mnl_socket;

namespace iptmode::kernel {

/// A question to nf_tables that changes nothing: one of NFT_MSG_GETGEN, GETTABLE, GETCHAIN,
/// GETRULE, GETSET of linux/netfilter/nf_tables.h.
struct NftRequest {
  std::uint16_t type = 0;
  std::uint8_t family = 0;  ///< NFPROTO_UNSPEC: all
  bool dump = true;         ///< false for what has one answer: GETGEN, a named set
  const char* table = nullptr;
  const char* name = nullptr;  ///< only with a table: rules of this chain only; or that set
};

/// One answer. The attributes point into the receive buffer and are gone after the next answer.
struct NftAnswer {
  std::uint8_t family = 0;
  std::uint16_t generation = 0;  ///< the low half of the generation id it belongs to
  std::string_view attributes = {};
};

/// A netlink socket to nf_tables in the calling thread's network namespace. Opening it and asking
/// can make a modular kernel load nf_tables: the caller knows that it is there.
class NftSocket {
 public:
  using Clock = std::chrono::steady_clock;
  /// Returns whether to go on.
  using Handler = std::function<bool(const NftAnswer&)>;

  [[nodiscard]] static Result<NftSocket> open(Clock::time_point deadline);

  /// Hands every answer to `handler`. Errors: errc::interrupted when the tables changed during the
  /// dump or the handler ended it, errc::timed_out after the deadline,
  /// errc::operation_not_permitted without CAP_NET_ADMIN. After an error the rest of an answer may
  /// still be queued: open another socket.
  [[nodiscard]] Result<> ask(const NftRequest& request, const Handler& handler);

 private:
  struct Close {
    void operator()(mnl_socket* socket) const noexcept;
  };
  NftSocket(std::unique_ptr<mnl_socket, Close> socket, Clock::time_point deadline);
  [[nodiscard]] Result<> send(const NftRequest& request);
  [[nodiscard]] Result<> receive(const NftRequest& request, const Handler& handler);

  std::unique_ptr<mnl_socket, Close> socket_;
  Clock::time_point deadline_;
  std::uint32_t sequence_ = 0;
  std::vector<char> buffer_;
};

/// The generation id of the nft tables: each commit adds one.
[[nodiscard]] Result<std::uint32_t> read_generation(NftSocket& socket);

}  // namespace iptmode::kernel
