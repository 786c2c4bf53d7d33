// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/nfnetlink_request.h"

#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "sys/file.h"
#include "sys/unique_fd.h"

namespace iptmode::kernel {
namespace {

constexpr std::size_t kAnswerBytes = std::size_t{16} * 1024;
constexpr std::size_t kPartBytes = std::size_t{64} * 1024;  // the kernel fills at most 32 KiB

std::string message_of(const NfnetlinkRequest& request, unsigned flags) {
  struct {
    nlmsghdr message;
    nfgenmsg family;
  } header = {};
  header.message.nlmsg_len = static_cast<std::uint32_t>(sizeof header + request.attributes.size());
  header.message.nlmsg_type =
      static_cast<std::uint16_t>((unsigned{request.subsystem} << 8U) | request.message);
  header.message.nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags | request.flags);
  header.family.nfgen_family = request.family;
  std::string bytes{reinterpret_cast<const char*>(&header), sizeof header};  // NOLINT: its bytes
  return bytes.append(request.attributes);
}

/// What an answer says: its attributes, or its error. An answer is followed by an acknowledgement.
Result<std::string> attributes_of(std::string_view bytes) {
  nlmsghdr header = {};
  if (bytes.size() < sizeof header) return sys_error(EBADMSG, "nfnetlink answer");
  std::memcpy(&header, bytes.data(), sizeof header);
  bytes = bytes.substr(0, std::max<std::size_t>(header.nlmsg_len, sizeof header));
  bytes.remove_prefix(sizeof header);
  if (header.nlmsg_type == NLMSG_ERROR) {
    int error = -EBADMSG;
    if (bytes.size() >= sizeof error) std::memcpy(&error, bytes.data(), sizeof error);
    if (error != 0) return sys_error(-error, "nfnetlink");
    return std::string{};
  }
  bytes.remove_prefix(std::min(bytes.size(), sizeof(nfgenmsg)));
  return std::string{bytes};
}

/// A part of a list holds several messages. False when that was the last part.
Result<bool> take_part(std::string_view bytes,
                       const std::function<bool(std::string_view)>& handler) {
  nlmsghdr header = {};
  while (bytes.size() >= sizeof header) {
    std::memcpy(&header, bytes.data(), sizeof header);
    const std::size_t length =
        std::clamp<std::size_t>(header.nlmsg_len, sizeof header, bytes.size());
    if (header.nlmsg_type == NLMSG_DONE) return false;
    const auto attributes = attributes_of(bytes.substr(0, length));
    if (!attributes) return tl::unexpected{attributes.error()};
    if (!handler(*attributes)) return sys_error(EINTR, "nfnetlink list");
    bytes.remove_prefix(std::min<std::size_t>(NLMSG_ALIGN(length), bytes.size()));
  }
  return true;
}

Result<sys::UniqueFd> send(const NfnetlinkRequest& request, unsigned flags) {
  sys::UniqueFd socket{::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER)};
  if (!socket) return sys_error(errno, "socket", "NETLINK_NETFILTER");
  const std::string message = message_of(request, flags);
  const sockaddr_nl kernel{.nl_family = AF_NETLINK, .nl_pad = 0, .nl_pid = 0, .nl_groups = 0};
  const auto sent = sys::retry_eintr([&] {
    return ::sendto(socket.get(), message.data(), message.size(), 0,
                    reinterpret_cast<const sockaddr*>(&kernel), sizeof kernel);  // NOLINT: its use
  });
  if (sent < 0) return sys_error(errno, "nfnetlink");
  return socket;
}

/// What the kernel answers it has answered when the question was sent, or the last part received.
Result<std::string_view> receive(const sys::UniqueFd& socket, std::string& buffer) {
  const auto count = sys::retry_eintr(
      [&] { return ::recv(socket.get(), buffer.data(), buffer.size(), MSG_DONTWAIT); });
  if (count < 0) return sys_error(errno, "nfnetlink answer");
  return std::string_view{buffer}.substr(0, static_cast<std::size_t>(count));
}

}  // namespace

Result<std::string> ask(const NfnetlinkRequest& request) {
  const auto socket = send(request, NLM_F_ACK);
  if (!socket) return tl::unexpected{socket.error()};
  std::string buffer(kAnswerBytes, '\0');
  const auto answer = receive(*socket, buffer);
  if (!answer) return tl::unexpected{answer.error()};
  return attributes_of(*answer);
}

Result<> dump(const NfnetlinkRequest& request,
              const std::function<bool(std::string_view)>& handler) {
  const auto socket = send(request, NLM_F_DUMP);
  if (!socket) return tl::unexpected{socket.error()};
  std::string buffer(kPartBytes, '\0');
  for (;;) {
    const auto part = receive(*socket, buffer);
    if (!part) return tl::unexpected{part.error()};
    const auto goes_on = take_part(*part, handler);
    if (!goes_on) return tl::unexpected{goes_on.error()};
    if (!*goes_on) return {};
  }
}

}  // namespace iptmode::kernel
