// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/route_socket.h"

#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <sys/time.h>

#include <cerrno>
#include <memory>
#include <vector>

#include "sys/file.h"

namespace iptmode::kernel {
namespace {

using Clock = std::chrono::steady_clock;
using Handler = std::function<void(const RouteAnswer&)>;

constexpr std::size_t kBufferBytes = std::size_t{64} * 1024;  // the kernel fills at most 32 KiB
constexpr timeval kSilence{.tv_sec = 1, .tv_usec = 0};
constexpr unsigned kSequence = 1;  // one question for each socket

struct Close {
  void operator()(mnl_socket* socket) const noexcept { mnl_socket_close(socket); }
};
using Socket = std::unique_ptr<mnl_socket, Close>;

Result<Socket> open_socket() {
  Socket socket{mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC)};
  if (!socket) return sys_error(errno, "socket", "NETLINK_ROUTE");
  if (mnl_socket_bind(socket.get(), 0, MNL_SOCKET_AUTOPID) != 0)
    return sys_error(errno, "bind", "NETLINK_ROUTE");
  if (::setsockopt(mnl_socket_get_fd(socket.get()), SOL_SOCKET, SO_RCVTIMEO, &kSilence,
                   sizeof kSilence) != 0)
    return sys_error(errno, "setsockopt", "SO_RCVTIMEO");
  return socket;
}

/// An ifinfomsg is the longest of the headers; the kernel takes it for all questions. That for the
/// forwarding database of one link names the link in it, as long as NETLINK_GET_STRICT_CHK is not
/// set (valid_fdb_dump_legacy() of net/core/rtnetlink.c).
nlmsghdr* put_question(char* buffer, const RouteQuestion& asked) {
  nlmsghdr* message = mnl_nlmsg_put_header(buffer);
  message->nlmsg_type = asked.type;
  message->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  message->nlmsg_seq = kSequence;
  auto* header = static_cast<ifinfomsg*>(mnl_nlmsg_put_extra_header(message, sizeof(ifinfomsg)));
  header->ifi_family = asked.family;
  header->ifi_index = asked.link;
  // Counters of a thousand links are the larger part of the answer.
  if (asked.type == RTM_GETLINK) mnl_attr_put_u32(message, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
  return message;
}

int on_answer(const nlmsghdr* message, void* data) {
  const auto* payload = static_cast<const char*>(mnl_nlmsg_get_payload(message));
  (*static_cast<const Handler*>(data))({{payload, mnl_nlmsg_get_payload_len(message)}});
  return MNL_CB_OK;
}

}  // namespace

Result<> dump_rtnetlink(const RouteQuestion& asked, Clock::time_point deadline,
                        const Handler& handler) {
  auto socket = open_socket();
  if (!socket) return tl::unexpected{socket.error()};
  std::vector<char> buffer(kBufferBytes);
  const nlmsghdr* question = put_question(buffer.data(), asked);
  const auto sent = sys::retry_eintr(
      [&] { return mnl_socket_sendto(socket->get(), question, question->nlmsg_len); });
  if (sent < 0) return sys_error(errno, "sendto", "NETLINK_ROUTE");

  const unsigned port = mnl_socket_get_portid(socket->get());
  void* data = const_cast<Handler*>(&handler);  // NOLINT: libmnl hands it through untouched
  for (;;) {
    if (Clock::now() > deadline) return sys_error(ETIMEDOUT, "recvmsg", "NETLINK_ROUTE");
    const auto length = sys::retry_eintr(
        [&] { return mnl_socket_recvfrom(socket->get(), buffer.data(), buffer.size()); });
    if (length < 0)
      return sys_error(errno == EAGAIN ? ETIMEDOUT : errno, "recvmsg", "NETLINK_ROUTE");
    const int outcome = mnl_cb_run(buffer.data(), static_cast<std::size_t>(length), kSequence, port,
                                   on_answer, data);
    if (outcome == MNL_CB_ERROR) return sys_error(errno, "dump", "NETLINK_ROUTE");
    if (outcome == MNL_CB_STOP) return {};
  }
}

}  // namespace iptmode::kernel
