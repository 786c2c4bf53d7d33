// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/doors.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <vector>

#include "kernel/proc_net.h"
#include "sys/file.h"

namespace iptmode::kernel {
namespace {

constexpr std::size_t kMaxRoutes = std::size_t{1} << 20U;
constexpr std::size_t kMaxSockets = std::size_t{4} << 20U;
constexpr std::size_t kMaxStatistics = 4096;

/// A file of /proc/<witness>/net that holds sockets.
struct SocketTable {
  const char* name = nullptr;
  std::uint8_t protocol = 0;
  bool optional = false;  ///< absent without IPv6
  const char* counted_as = nullptr;
};

constexpr SocketTable kSocketTables[] = {{"tcp", IPPROTO_TCP, false, "TCP"},
                                         {"udp", IPPROTO_UDP, false, "UDP"},
                                         {"tcp6", IPPROTO_TCP, true, "TCP6"},
                                         {"udp6", IPPROTO_UDP, true, "UDP6"}};

std::string read_statistics(int proc_root, const std::string& directory) {
  return sys::read_file(proc_root, directory + "sockstat", kMaxStatistics).value_or("") +
         sys::read_file(proc_root, directory + "sockstat6", kMaxStatistics).value_or("");
}

/// "tcp" lists the sockets that listen first; the connections behind them may be many, and the
/// kernel walks through all that it has for each part of them. Reading ends with the first one.
Result<std::string> read_sockets(int proc_root, const std::string& path, std::uint8_t protocol) {
  if (protocol != IPPROTO_TCP) return sys::read_file(proc_root, path, kMaxSockets);
  const auto fd = sys::open_at(proc_root, path, O_RDONLY);
  if (!fd) return tl::unexpected(fd.error());
  std::string text;
  std::array<char, 4096> part;  // NOLINT(*-member-init): read() fills what is used
  while (!ends_in_connection(text)) {
    const auto count =
        sys::retry_eintr([&] { return ::read(fd->get(), part.data(), part.size()); });
    if (count < 0) return sys_error(errno, "read", path);
    if (count == 0) break;
    text.append(part.data(), static_cast<std::size_t>(count));
    if (text.size() > kMaxSockets) return sys_error(EFBIG, "read", path);
  }
  return text;
}

template <class T>
void sort_unique(std::vector<T>& list) {
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
}

}  // namespace

Result<Doors> read_doors(int proc_root, pid_t witness) {
  const std::string directory = std::to_string(witness) + "/net/";
  Doors doors;
  const auto routes = sys::read_file(proc_root, directory + "route", kMaxRoutes);
  if (!routes) return tl::unexpected(routes.error());
  parse_routes4(*routes, doors.default_routes);
  if (const auto routes6 = sys::read_file(proc_root, directory + "ipv6_route", kMaxRoutes))
    parse_routes6(*routes6, doors.default_routes);

  const std::string statistics = read_statistics(proc_root, directory);
  for (const SocketTable& table : kSocketTables) {
    // The kernel looks for them in a table of hundreds of thousands of places, which all namespaces
    // share: it is not sent there for nothing.
    if (sockets_in_use(statistics, table.counted_as) == std::uint64_t{0}) continue;
    const auto text = read_sockets(proc_root, directory + table.name, table.protocol);
    if (!text && table.optional && text.error().code == std::errc::no_such_file_or_directory)
      continue;
    if (!text) return tl::unexpected(text.error());
    parse_sockets(*text, table.protocol, doors.listeners);
  }
  sort_unique(doors.default_routes);
  sort_unique(doors.listeners);
  return doors;
}

}  // namespace iptmode::kernel
