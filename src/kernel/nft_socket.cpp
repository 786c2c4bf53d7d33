// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/nft_socket.h"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <string>
#include <utility>

#include "kernel/netlink_attributes.h"
#include "sys/file.h"

namespace iptmode::kernel {
namespace {

// The kernel fills at most 32 KiB for a dump (netlink_dump() of net/netlink/af_netlink.c), more
// only when one message alone is larger; recv(2) tells if even this was too short.
constexpr std::size_t kBufferBytes = std::size_t{64} * 1024;
constexpr timeval kSilence{.tv_sec = 2, .tv_usec = 0};  // the kernel answers at once or not at all

std::string_view name_of(std::uint16_t type) {
  switch (type) {
    case NFT_MSG_GETGEN: return "netlink GETGEN";
    case NFT_MSG_GETTABLE: return "netlink GETTABLE";
    case NFT_MSG_GETCHAIN: return "netlink GETCHAIN";
    case NFT_MSG_GETRULE: return "netlink GETRULE";
    case NFT_MSG_GETSET: return "netlink GETSET";
    case NFT_MSG_GETSETELEM: return "netlink GETSETELEM";
    default: return "netlink";
  }
}

int on_answer(const nlmsghdr* message, void* data) {
  const auto& handler = *static_cast<const NftSocket::Handler*>(data);
  nfgenmsg header = {};
  const std::size_t length = mnl_nlmsg_get_payload_len(message);
  if (length < sizeof header) {
    errno = EBADMSG;
    return MNL_CB_ERROR;
  }
  const auto* payload = static_cast<const char*>(mnl_nlmsg_get_payload(message));
  std::memcpy(&header, payload, sizeof header);
  const NftAnswer answer{.family = header.nfgen_family,
                         .generation = ntohs(header.res_id),
                         .attributes = {payload + sizeof header, length - sizeof header}};
  if (handler(answer)) return MNL_CB_OK;
  errno = EINTR;
  return MNL_CB_ERROR;
}

int on_error(const nlmsghdr* message, void* /*data*/) {
  nlmsgerr error = {};
  if (mnl_nlmsg_get_payload_len(message) < sizeof error) {
    errno = EBADMSG;
    return MNL_CB_ERROR;
  }
  std::memcpy(&error, mnl_nlmsg_get_payload(message), sizeof error);
  if (error.error == 0) return MNL_CB_STOP;  // an acknowledgement
  errno = -error.error;
  return MNL_CB_ERROR;
}

// A dump that fails on its way says so in its last message, which libmnl takes for success.
int on_done(const nlmsghdr* message, void* /*data*/) {
  int status = 0;
  if (mnl_nlmsg_get_payload_len(message) >= sizeof status)
    std::memcpy(&status, mnl_nlmsg_get_payload(message), sizeof status);
  if (status >= 0) return MNL_CB_STOP;
  errno = -status;
  return MNL_CB_ERROR;
}

/// Nobody else can answer then, and no address is copied back and forth with each message.
bool connect_to_kernel(int socket) {
  const sockaddr_nl kernel{.nl_family = AF_NETLINK, .nl_pad = 0, .nl_pid = 0, .nl_groups = 0};
  return ::connect(socket, reinterpret_cast<const sockaddr*>(&kernel),  // NOLINT: its use
                   sizeof kernel) == 0;
}

/// The length of the next answer; -1 and errno for an error. One that is longer than the buffer is
/// an error.
ssize_t receive_into(std::vector<char>& buffer, int socket) {
  const auto length =
      sys::retry_eintr([&] { return ::recv(socket, buffer.data(), buffer.size(), MSG_TRUNC); });
  if (length <= static_cast<ssize_t>(buffer.size())) return length;
  errno = ENOSPC;
  return -1;
}

}  // namespace

void NftSocket::Close::operator()(mnl_socket* socket) const noexcept {
  mnl_socket_close(socket);
}

NftSocket::NftSocket(std::unique_ptr<mnl_socket, Close> socket, Clock::time_point deadline)
    : socket_{std::move(socket)}, deadline_{deadline}, buffer_(kBufferBytes) {}

Result<NftSocket> NftSocket::open(Clock::time_point deadline) {
  std::unique_ptr<mnl_socket, Close> socket{mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC)};
  if (!socket) return sys_error(errno, "socket", "NETLINK_NETFILTER");
  if (mnl_socket_bind(socket.get(), 0, MNL_SOCKET_AUTOPID) != 0)
    return sys_error(errno, "bind", "NETLINK_NETFILTER");
  if (!connect_to_kernel(mnl_socket_get_fd(socket.get())))
    return sys_error(errno, "connect", "NETLINK_NETFILTER");
  if (::setsockopt(mnl_socket_get_fd(socket.get()), SOL_SOCKET, SO_RCVTIMEO, &kSilence,
                   sizeof kSilence) != 0)
    return sys_error(errno, "setsockopt", "SO_RCVTIMEO");
  return NftSocket{std::move(socket), deadline};
}

Result<> NftSocket::ask(const NftRequest& request, const Handler& handler) {
  if (Clock::now() > deadline_) return sys_error(ETIMEDOUT, name_of(request.type));
  if (auto sent = send(request); !sent) return sent;
  return receive(request, handler);
}

Result<> NftSocket::send(const NftRequest& request) {
  nlmsghdr* message = mnl_nlmsg_put_header(buffer_.data());
  message->nlmsg_type = static_cast<std::uint16_t>((NFNL_SUBSYS_NFTABLES << 8U) | request.type);
  message->nlmsg_flags =
      static_cast<std::uint16_t>(NLM_F_REQUEST | (request.dump ? NLM_F_DUMP : 0));
  message->nlmsg_seq = ++sequence_;
  auto* header = static_cast<nfgenmsg*>(mnl_nlmsg_put_extra_header(message, sizeof(nfgenmsg)));
  header->nfgen_family = request.family;
  header->version = NFNETLINK_V0;
  // NFTA_SET_TABLE and NFTA_SET_NAME have the same numbers; the names are at most 255 bytes.
  static_assert(+NFTA_RULE_TABLE == +NFTA_SET_TABLE && +NFTA_RULE_CHAIN == +NFTA_SET_NAME);
  if (request.table != nullptr) mnl_attr_put_strz(message, NFTA_RULE_TABLE, request.table);
  if (request.name != nullptr) mnl_attr_put_strz(message, NFTA_RULE_CHAIN, request.name);

  const auto sent = sys::retry_eintr(
      [&] { return ::send(mnl_socket_get_fd(socket_.get()), message, message->nlmsg_len, 0); });
  if (sent < 0) return sys_error(errno, name_of(request.type));
  return {};
}

Result<> NftSocket::receive(const NftRequest& request, const Handler& handler) {
  std::array<mnl_cb_t, NLMSG_MIN_TYPE> control = {};
  control.at(NLMSG_ERROR) = on_error;
  control.at(NLMSG_DONE) = on_done;
  const unsigned port = mnl_socket_get_portid(socket_.get());
  // libmnl hands the pointer through untouched.
  void* data = const_cast<Handler*>(&handler);  // NOLINT(cppcoreguidelines-pro-type-const-cast)
  for (;;) {
    const auto length = receive_into(buffer_, mnl_socket_get_fd(socket_.get()));
    if (length < 0)
      return sys_error(errno == EAGAIN ? ETIMEDOUT : errno, name_of(request.type), "answer");
    const int outcome =
        mnl_cb_run2(buffer_.data(), static_cast<std::size_t>(length), sequence_, port, on_answer,
                    data, control.data(), static_cast<unsigned>(control.size()));
    if (outcome == MNL_CB_ERROR) return sys_error(errno, name_of(request.type));
    if (outcome == MNL_CB_STOP || !request.dump) return {};
  }
}

Result<std::uint32_t> read_generation(NftSocket& socket) {
  std::uint32_t generation = 0;
  const auto asked = socket.ask({.type = NFT_MSG_GETGEN, .family = NFPROTO_UNSPEC, .dump = false},
                                [&](const NftAnswer& answer) {
                                  for (const auto& [type, payload] : Attributes{answer.attributes})
                                    if (type == NFTA_GEN_ID) generation = be32(payload);
                                  return true;
                                });
  if (!asked) return tl::unexpected(asked.error());
  return generation;
}

}  // namespace iptmode::kernel
