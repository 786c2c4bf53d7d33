// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/http_get.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <functional>
#include <thread>

#include "sys/unique_fd.h"

namespace iptmode::collect {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using ::testing::HasSubstr;

/// A server on a unix socket that serves one connection, in a thread.
class Server {
 public:
  using Behaviour = std::function<void(int connection, const std::atomic<bool>& stopped)>;

  explicit Server(Behaviour behaviour)
      : path_{std::filesystem::temp_directory_path() /
              ("iptmode-http-" + std::to_string(::getpid()) + ".sock")},
        listener_{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    ::unlink(path_.c_str());
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    std::strncpy(address.sun_path, path_.c_str(), sizeof address.sun_path - 1);
    EXPECT_EQ(::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(listener_.get(), 4), 0);
    thread_ = std::thread{[this, behaviour = std::move(behaviour)] {
      pollfd waiting{.fd = listener_.get(), .events = POLLIN, .revents = 0};
      if (::poll(&waiting, 1, 5000) != 1) return;
      const sys::UniqueFd connection{::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)};
      behaviour(connection.get(), stopped_);
    }};
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() {
    stopped_ = true;
    thread_.join();
    ::unlink(path_.c_str());
  }

  [[nodiscard]] std::string path() const { return path_; }

 private:
  std::string path_;
  sys::UniqueFd listener_;
  std::atomic<bool> stopped_ = false;
  std::thread thread_;
};

void send_text(int connection, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = ::send(connection, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
}

Server::Behaviour says(std::string text) {
  return [text = std::move(text)](int connection, const std::atomic<bool>&) {
    std::array<char, 1024> request{};
    (void)!::recv(connection, request.data(), request.size(), 0);
    send_text(connection, text);
  };
}

Result<std::string> ask(const Server& server, const HttpLimits& limits = {.timeout = 2000ms}) {
  return http_get_unix(server.path(), "/status", limits);
}

TEST(HttpGet, ReadsAnAnswer) {
  for (const char* text : {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
                           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                           "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
                           "HTTP/1.0 200 OK\r\n\r\nhello"}) {
    SCOPED_TRACE(text);
    const Server server{says(text)};
    const auto body = ask(server);
    ASSERT_TRUE(body.has_value()) << to_string(body.error());
    EXPECT_EQ(*body, "hello");
  }
}

TEST(HttpGet, AsksForTheTarget) {
  std::string request;
  {
    const Server server{[&](int connection, const std::atomic<bool>&) {
      std::array<char, 1024> buffer{};
      const ssize_t size = ::recv(connection, buffer.data(), buffer.size(), 0);
      request.assign(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
      send_text(connection, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    }};
    ASSERT_TRUE(ask(server).has_value());
  }
  EXPECT_THAT(request, HasSubstr("GET /status HTTP/1."));
  EXPECT_THAT(request, HasSubstr("Host: localhost"));
}

TEST(HttpGet, GarbageIsAnError) {
  for (const std::string& text :
       {std::string{"garbage\r\n\r\n"}, std::string{}, std::string{"HTTP/1.1 200 OK\r\n"},
        std::string{"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"},
        std::string{"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort"},
        "HTTP/1.1 200 OK\r\nX: " + std::string(20000, 'x') + "\r\n\r\n"}) {
    SCOPED_TRACE(text.substr(0, 40));
    const Server server{says(text)};
    EXPECT_FALSE(ask(server).has_value());
  }
}

TEST(HttpGet, ALongBodyIsCutOff) {
  for (const std::string& text :
       {"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + std::string(5000, 'x'),
        "HTTP/1.0 200 OK\r\n\r\n" + std::string(5000, 'x')}) {
    SCOPED_TRACE(text.substr(0, 40));
    const Server server{says(text)};
    const auto body = ask(server, {.timeout = 2000ms, .max_body = 1000});
    ASSERT_FALSE(body.has_value());
    EXPECT_EQ(body.error().code, std::errc::invalid_argument);
  }
}

/// Asks with 150 ms to spare and expects errc::timed_out soon after.
void expect_timeout(Server::Behaviour behaviour) {
  const Server server{std::move(behaviour)};
  const auto begin = Clock::now();
  const auto body = ask(server, {.timeout = 150ms});
  const auto taken = Clock::now() - begin;
  ASSERT_FALSE(body.has_value());
  EXPECT_EQ(body.error().code, std::errc::timed_out) << to_string(body.error());
  EXPECT_LT(taken, 1000ms);
}

TEST(HttpGet, SilenceEndsAtTheDeadline) {
  expect_timeout([](int, const std::atomic<bool>& stopped) {
    while (!stopped) std::this_thread::yield();
  });
}

TEST(HttpGet, WaitingLeavesTimeForOtherWork) {
  const Server server{[](int, const std::atomic<bool>& stopped) {
    while (!stopped) std::this_thread::yield();
  }};
  unsigned calls = 0;
  EXPECT_FALSE(ask(server, {.timeout = 150ms, .idle = [&] { ++calls; }}).has_value());
  EXPECT_GE(calls, 3U);
}

TEST(HttpGet, ADripEndsAtTheDeadline) {
  expect_timeout([](int connection, const std::atomic<bool>& stopped) {
    send_text(connection, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
    const pollfd nothing{};
    while (!stopped) {
      send_text(connection, "x");
      pollfd copy = nothing;
      (void)::poll(&copy, 0, 20);
    }
  });
}

TEST(HttpGet, SaysWhyItCouldNotConnect) {
  const auto absent = http_get_unix("/nonexistent/status.sock", "/status", {});
  ASSERT_FALSE(absent.has_value());
  EXPECT_EQ(absent.error().code, std::errc::no_such_file_or_directory);

  std::string path;
  {
    const Server server{says("")};
    path = server.path() + ".stale";
    std::filesystem::rename(server.path(), path);
    (void)http_get_unix(path, "/status", {.timeout = 1000ms});  // ends the server's thread
  }
  const auto refused = http_get_unix(path, "/status", {});
  ::unlink(path.c_str());
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, std::errc::connection_refused);

  const auto too_long = http_get_unix("/" + std::string(200, 'x'), "/status", {});
  ASSERT_FALSE(too_long.has_value());
  EXPECT_EQ(too_long.error().code, std::errc::filename_too_long);
}

}  // namespace
}  // namespace iptmode::collect
