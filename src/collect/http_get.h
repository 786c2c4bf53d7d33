// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "iptmode/result.h"

namespace iptmode::collect {

/// How much a server may take of us.
struct HttpLimits {
  std::chrono::milliseconds timeout{2000};  ///< for connect, request and answer together
  std::size_t max_body = std::size_t{1} << 20U;
  std::function<void()> idle = {};  ///< called every few milliseconds of waiting
};

/// Body of the answer to GET `target`, from a server on a unix socket. Errors:
/// errc::no_such_file_or_directory, errc::connection_refused, errc::permission_denied from
/// connect; errc::timed_out however slowly the server drips; errc::invalid_argument (parse_error)
/// for what is not HTTP, not status 200 or above the limits. Starts no thread.
[[nodiscard]] Result<std::string> http_get_unix(const std::string& socket_path,
                                                const std::string& target,
                                                const HttpLimits& limits);

/// The same from 127.0.0.1 in the network namespace of the calling thread.
[[nodiscard]] Result<std::string> http_get_loopback(std::uint16_t port, const std::string& target,
                                                    const HttpLimits& limits);

}  // namespace iptmode::collect
