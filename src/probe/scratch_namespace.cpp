// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/scratch_namespace.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>

#include "probe/id_map.h"
#include "sys/file.h"

namespace iptmode::probe {
namespace {

constexpr std::size_t kMaxFillAnswer = std::size_t{256} * 1024;
constexpr std::size_t kNamespaces = 2;

/// What the child sends first: an errno, and with 0 the two descriptors.
struct Opening {
  int errnum = 0;
};

union Control {  // aligned for a cmsghdr
  cmsghdr header;
  char bytes[CMSG_SPACE(kNamespaces * sizeof(int))];  // NOLINT(*-c-arrays)
};

bool send_opening(int socket, Opening opening, std::array<int, kNamespaces> fds) {
  iovec part{.iov_base = &opening, .iov_len = sizeof opening};
  Control control = {};
  msghdr message = {};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (opening.errnum == 0) {
    message.msg_control = &control;
    message.msg_controllen = sizeof control.bytes;
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof fds);
    std::memcpy(CMSG_DATA(header), fds.data(), sizeof fds);
  }
  return ::sendmsg(socket, &message, MSG_NOSIGNAL) == sizeof opening;
}

/// Only who is outside may name ids of outside.
bool await_ids(int socket) {
  char byte = 0;
  return sys::retry_eintr([&] { return ::recv(socket, &byte, sizeof byte, 0); }) == 1;
}

struct FillPlan {
  int socket = -1;
  pid_t parent = 0;
  bool waits_for_ids = false;
};

/// The child's life. It is not in the pid namespace of a container and runs nothing foreign.
int fill_namespace(const FillPlan& plan, const std::function<std::string()>& fill) {
  const int socket = plan.socket;
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 || ::getppid() != plan.parent) return 1;
  Opening opening;
  sys::UniqueFd user;
  sys::UniqueFd network;
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) {
    opening.errnum = errno;
  } else {
    user = sys::UniqueFd{::open("/proc/thread-self/ns/user", O_RDONLY | O_CLOEXEC)};
    network = sys::UniqueFd{::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)};
    if (!user || !network) opening.errnum = errno;
  }
  if (!send_opening(socket, opening, {user.get(), network.get()}) || opening.errnum != 0) return 1;
  if (plan.waits_for_ids && !await_ids(socket)) return 1;
  const std::string answer = fill();
  std::string_view rest = answer;
  while (!rest.empty()) {
    const ssize_t count = ::send(socket, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (count <= 0) return 1;
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
  return 0;
}

}  // namespace

Result<ScratchNamespace> ScratchNamespace::start(const std::function<std::string()>& fill,
                                                 std::chrono::milliseconds timeout,
                                                 ScratchIds ids) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return sys_error(errno, "socketpair");
  sys::UniqueFd ours{ends[0]};
  const sys::UniqueFd childs{ends[1]};
  const FillPlan plan{.socket = childs.get(), .parent = ::getpid(), .waits_for_ids = !ids.empty()};
  auto child = sys::ChildProcess::start([&] { return fill_namespace(plan, fill); });
  if (!child) return tl::unexpected{child.error()};
  ScratchNamespace scratch{std::move(*child)};
  scratch.ids_ = std::move(ids);
  scratch.answer_ = std::move(ours);
  scratch.deadline_ = std::chrono::steady_clock::now() + timeout;
  return scratch;
}

bool ScratchNamespace::advance() {
  std::array<char, 16384> buffer;  // NOLINT(*-member-init): recvmsg() fills what is used
  while (answer_) {
    iovec part{.iov_base = buffer.data(), .iov_len = buffer.size()};
    Control control = {};
    msghdr message = {};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = &control;
    message.msg_controllen = sizeof control.bytes;
    const ssize_t count = sys::retry_eintr(
        [&] { return ::recvmsg(answer_.get(), &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC); });
    if (count < 0 && errno == EAGAIN) {
      if (std::chrono::steady_clock::now() < deadline_) return false;
      result_ = sys_error(ETIMEDOUT, "rebuild tables");
      answer_.reset();
      break;
    }
    const cmsghdr* header = CMSG_FIRSTHDR(&message);
    if (count > 0 && header != nullptr && header->cmsg_type == SCM_RIGHTS &&
        header->cmsg_len == CMSG_LEN(kNamespaces * sizeof(int))) {
      std::array<int, kNamespaces> fds{};
      std::memcpy(fds.data(), CMSG_DATA(header), sizeof fds);
      user_.reset(fds[0]);
      network_.reset(fds[1]);
      if (!ids_.empty()) let_it_fill();
    }
    if (count > 0 && received_.size() + static_cast<std::size_t>(count) <= kMaxFillAnswer) {
      received_.append(buffer.data(), static_cast<std::size_t>(count));
      continue;
    }
    finish();
  }
  child_.reset();
  return true;
}

/// Without its ids a rule is refused and told as such.
void ScratchNamespace::let_it_fill() {
  const pid_t child = child_->pid();
  (void)write_id_map(child, "uid_map", map_to_nobody(ids_.users));
  (void)write_id_map(child, "gid_map", map_to_nobody(ids_.groups));
  constexpr char kGo = '!';
  (void)::send(answer_.get(), &kGo, sizeof kGo, MSG_NOSIGNAL);
}

/// The child has said everything.
void ScratchNamespace::finish() {
  answer_.reset();
  Opening opening{.errnum = EPIPE};
  if (received_.size() >= sizeof opening) std::memcpy(&opening, received_.data(), sizeof opening);
  if (opening.errnum != 0) {
    result_ = sys_error(opening.errnum, "unshare user, net");
  } else if (!user_ || !network_) {
    result_ = sys_error(EPIPE, "rebuild tables");
  } else {
    result_ = received_.substr(sizeof opening);
  }
}

}  // namespace iptmode::probe
