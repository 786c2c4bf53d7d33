// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/journal.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>

#include "sys/file.h"
#include "sys/unique_fd.h"

namespace iptmode::cli {

namespace {

sockaddr_un journal_address() {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(static_cast<char*>(address.sun_path), kJournalSocket, sizeof(address.sun_path) - 1);
  return address;
}

}  // namespace

Result<> send_to_journal(const std::vector<JournalEntry>& entries) {
  if (entries.empty()) return {};
  const sys::UniqueFd socket{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  if (!socket) return sys_error(errno, "socket", kJournalSocket);
  const sockaddr_un address = journal_address();
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0)
    return sys_error(errno, "connect", kJournalSocket);
  for (const JournalEntry& entry : entries) {
    const std::string datagram = journal_datagram(entry);
    const ssize_t sent = sys::retry_eintr(
        [&] { return ::send(socket.get(), datagram.data(), datagram.size(), MSG_NOSIGNAL); });
    if (sent < 0) return sys_error(errno, "send", kJournalSocket);
  }
  return {};
}

}  // namespace iptmode::cli
