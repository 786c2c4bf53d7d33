// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/nft_batch.h"

#include <arpa/inet.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <string_view>

#include "sys/file.h"
#include "sys/unique_fd.h"

namespace iptmode::kernel {
namespace {

constexpr std::uint16_t kFlags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_APPEND;

template <class Part>
void append(std::string& bytes, const Part& part) {
  bytes.append(reinterpret_cast<const char*>(&part), sizeof part);  // NOLINT: a message's bytes
}

void append_message(std::string& bytes, std::uint16_t type, std::uint32_t sequence,
                    const nfgenmsg& header, std::string_view attributes) {
  const std::size_t length = sizeof(nlmsghdr) + sizeof header + attributes.size();
  append(bytes, nlmsghdr{.nlmsg_len = static_cast<std::uint32_t>(length),
                         .nlmsg_type = type,
                         .nlmsg_flags = kFlags,
                         .nlmsg_seq = sequence,
                         .nlmsg_pid = 0});
  append(bytes, header);
  bytes.append(attributes);  // whose length is a multiple of four
}

/// Changes have the sequence numbers 1 and on.
std::string batch_of(const std::vector<NftChange>& changes) {
  const nfgenmsg frame{
      .nfgen_family = AF_UNSPEC, .version = NFNETLINK_V0, .res_id = htons(NFNL_SUBSYS_NFTABLES)};
  std::string bytes;
  append_message(bytes, NFNL_MSG_BATCH_BEGIN, 0, frame, {});
  std::uint32_t sequence = 0;
  for (const NftChange& change : changes) {
    const nfgenmsg header{
        .nfgen_family = change.family, .version = NFNETLINK_V0, .res_id = htons(0)};
    append_message(bytes, static_cast<std::uint16_t>((NFNL_SUBSYS_NFTABLES << 8U) | change.type),
                   ++sequence, header, change.attributes);
  }
  append_message(bytes, NFNL_MSG_BATCH_END, 0, frame, {});
  return bytes;
}

Result<sys::UniqueFd> open_socket(std::size_t room) {
  sys::UniqueFd socket{::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER)};
  if (!socket) return sys_error(errno, "socket", "NETLINK_NETFILTER");
  constexpr int kOn = 1;  // an error does not repeat the message that it is about
  (void)::setsockopt(socket.get(), SOL_NETLINK, NETLINK_CAP_ACK, &kOn, sizeof kOn);
  const int bytes = static_cast<int>(room);  // of which the kernel doubles what it grants
  (void)::setsockopt(socket.get(), SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
  return socket;
}

struct Answer {
  std::uint32_t sequence = 0;
  int errnum = 0;
};

/// The answer at the front of `bytes`, which is taken away. Nothing at the end.
std::optional<Answer> take_answer(std::string_view& bytes) {
  nlmsghdr header = {};
  nlmsgerr error = {};
  while (bytes.size() >= sizeof header) {
    std::memcpy(&header, bytes.data(), sizeof header);
    if (header.nlmsg_len < sizeof header || header.nlmsg_len > bytes.size()) return std::nullopt;
    const std::string_view message = bytes.substr(0, header.nlmsg_len);
    bytes.remove_prefix(std::min<std::size_t>(NLMSG_ALIGN(header.nlmsg_len), bytes.size()));
    if (header.nlmsg_type != NLMSG_ERROR || message.size() < sizeof header + sizeof error) continue;
    std::memcpy(&error, message.data() + sizeof header, sizeof error);
    if (error.error != 0) return Answer{.sequence = header.nlmsg_seq, .errnum = -error.error};
  }
  return std::nullopt;
}

/// The kernel has answered when sendto(2) returns.
Result<std::vector<Answer>> read_answers(int socket) {
  std::vector<Answer> answers;
  std::string buffer(std::size_t{64} * 1024, '\0');
  for (;;) {
    const auto count = sys::retry_eintr(
        [&] { return ::recv(socket, buffer.data(), buffer.size(), MSG_DONTWAIT); });
    if (count < 0 && errno == EAGAIN) return answers;
    if (count < 0) return sys_error(errno, "netlink answer");
    std::string_view bytes{buffer.data(), static_cast<std::size_t>(count)};
    while (const auto answer = take_answer(bytes)) answers.push_back(*answer);
  }
}

}  // namespace

Result<std::vector<NftRefusal>> commit(const std::vector<NftChange>& changes) {
  const std::string batch = batch_of(changes);
  const auto socket = open_socket(batch.size() + 4096);
  if (!socket) return tl::unexpected{socket.error()};
  const sockaddr_nl kernel{.nl_family = AF_NETLINK, .nl_pad = 0, .nl_pid = 0, .nl_groups = 0};
  const auto sent = sys::retry_eintr([&] {
    return ::sendto(socket->get(), batch.data(), batch.size(), 0,
                    reinterpret_cast<const sockaddr*>(&kernel), sizeof kernel);  // NOLINT: its use
  });
  if (sent < 0) return sys_error(errno, "netlink batch");
  const auto answers = read_answers(socket->get());
  if (!answers) return tl::unexpected{answers.error()};

  std::vector<NftRefusal> refusals;
  for (const auto& [sequence, errnum] : *answers) {
    if (sequence == 0 || sequence > changes.size()) return sys_error(errnum, "netlink batch");
    refusals.push_back({.change = sequence - 1, .errnum = errnum});
  }
  return refusals;
}

}  // namespace iptmode::kernel
