// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/http_get.h"

#include <sys/un.h>

#include <cerrno>
#include <optional>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

namespace iptmode::collect {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

constexpr std::uint32_t kMaxHeader = 8192;
constexpr std::chrono::milliseconds kIdleInterval{10};

tl::unexpected<Error> http_error(const boost::system::error_code& code, std::string_view call,
                                 std::string_view subject) {
  if (code == beast::error::timeout) return sys_error(ETIMEDOUT, call, subject);
  if (code.category() == boost::system::system_category())
    return sys_error(code.value(), call, subject);
  return parse_error("HTTP answer", code.message());
}

/// One exchange on one connection. The expiry is set once, before connect: it is a deadline for
/// everything after it, so that a server which sends a byte now and then gains no time.
template <class Protocol>
class Exchange {
 public:
  Exchange(std::string subject, const std::string& target, const HttpLimits& limits)
      : subject_{std::move(subject)}, idle_{limits.idle}, request_{http::verb::get, target, 10} {
    request_.set(http::field::host, "localhost");
    request_.set(http::field::user_agent, "iptmode");
    answer_.header_limit(kMaxHeader);
    answer_.body_limit(limits.max_body);
    stream_.expires_after(limits.timeout);
  }

  Result<std::string> run(const typename Protocol::endpoint& server) {
    stream_.async_connect(server, [this](const boost::system::error_code& code) {
      if (!done(code, "connect")) send();
    });
    while (!context_.stopped()) {
      context_.run_for(kIdleInterval);  // stopped: nothing is left to wait for
      if (idle_) idle_();
    }
    if (!failure_) return std::move(answer_.get().body());
    return tl::unexpected{*failure_};
  }

 private:
  bool done(const boost::system::error_code& code, std::string_view call) {
    if (code) failure_ = http_error(code, call, subject_).value();
    return failure_.has_value();
  }

  void send() {
    http::async_write(stream_, request_,
                      [this](const boost::system::error_code& code, std::size_t) {
                        if (!done(code, "write")) receive_header();
                      });
  }

  // In two steps: Beast 1.74 overlooks a Content-Length above the limit when it reads on into the
  // body at once (basic_parser::put does not look at what finish_header says).
  void receive_header() {
    http::async_read_header(stream_, buffer_, answer_,
                            [this](const boost::system::error_code& code, std::size_t) {
                              if (!done(code, "read")) receive_body();
                            });
  }

  void receive_body() {
    const auto status = answer_.get().result_int();
    if (status != 200) {
      failure_ = parse_error("HTTP status", std::to_string(status)).value();
      return;
    }
    http::async_read(
        stream_, buffer_, answer_,
        [this](const boost::system::error_code& code, std::size_t) { (void)done(code, "read"); });
  }

  std::string subject_;
  std::function<void()> idle_;
  asio::io_context context_{1};
  beast::basic_stream<Protocol> stream_{context_};
  http::request<http::empty_body> request_;
  http::response_parser<http::string_body> answer_;
  beast::flat_buffer buffer_{std::size_t{kMaxHeader} * 2};
  std::optional<Error> failure_;
};

}  // namespace

Result<std::string> http_get_unix(const std::string& socket_path, const std::string& target,
                                  const HttpLimits& limits) {
  if (socket_path.size() >= sizeof(sockaddr_un::sun_path))
    return sys_error(ENAMETOOLONG, "connect", socket_path);
  using Protocol = asio::local::stream_protocol;
  return Exchange<Protocol>{socket_path, target, limits}.run(Protocol::endpoint{socket_path});
}

Result<std::string> http_get_loopback(std::uint16_t port, const std::string& target,
                                      const HttpLimits& limits) {
  using Protocol = asio::ip::tcp;
  const std::string subject = "127.0.0.1:" + std::to_string(port);
  return Exchange<Protocol>{subject, target, limits}.run(
      Protocol::endpoint{asio::ip::address_v4::loopback(), port});
}

}  // namespace iptmode::collect
