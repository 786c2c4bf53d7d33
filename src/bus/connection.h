// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "iptmode/result.h"
#include "sys/unique_fd.h"

struct sd_bus;
struct sd_bus_message;

namespace iptmode::bus {

/// A value of a dictionary a{sv}, as far as it is of a kind that is read here.
struct Value {
  std::string text = {};               ///< of a string
  std::optional<bool> flag = {};       ///< of a boolean
  std::vector<std::string> list = {};  ///< of strings; of pairs of strings as "6443/tcp"
};
using Dictionary = std::map<std::string, Value>;
/// a{sa{sas}}: the zones with what is bound to them.
using Bindings = std::map<std::string, std::map<std::string, std::vector<std::string>>>;

/// Whom a call goes to.
struct Method {
  const char* service = nullptr;
  const char* path = nullptr;
  const char* interface = nullptr;
  const char* member = nullptr;
};

/// A connection to a D-Bus daemon. All calls together end before the deadline, whoever hangs; none
/// asks the daemon to start a service. Errors: errc::timed_out; what the other side answered is in
/// the context.
class Connection {
 public:
  /// Takes a connected stream socket.
  [[nodiscard]] static Result<Connection> over(sys::UniqueFd socket,
                                               std::chrono::milliseconds timeout);

  [[nodiscard]] Result<std::string> text(const Method& method,
                                         const std::vector<std::string>& arguments);
  [[nodiscard]] Result<std::uint32_t> number(const Method& method,
                                             const std::vector<std::string>& arguments);
  [[nodiscard]] Result<Dictionary> dictionary(const Method& method,
                                              const std::vector<std::string>& arguments);
  [[nodiscard]] Result<Bindings> bindings(const Method& method);
  /// A property that is a string.
  [[nodiscard]] Result<std::string> property(const Method& interface, const std::string& name);

 private:
  struct CloseBus {
    void operator()(sd_bus* bus) const;
  };
  struct DropMessage {
    void operator()(sd_bus_message* message) const;
  };
  using Message = std::unique_ptr<sd_bus_message, DropMessage>;
  using Clock = std::chrono::steady_clock;

  Connection(sd_bus* bus, Clock::time_point deadline) : bus_{bus}, deadline_{deadline} {}
  [[nodiscard]] Result<> wait_until_ready();
  [[nodiscard]] Result<Message> call(const Method& method,
                                     const std::vector<std::string>& arguments);
  [[nodiscard]] std::uint64_t left_usec() const;

  std::unique_ptr<sd_bus, CloseBus> bus_;
  Clock::time_point deadline_;
};

}  // namespace iptmode::bus
