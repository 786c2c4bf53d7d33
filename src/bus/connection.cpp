// SPDX-License-Identifier: GPL-2.0-or-later
#include "bus/connection.h"

#include <algorithm>
#include <cerrno>
#include <string_view>

#include "bus/libsystemd.h"

namespace iptmode::bus {

namespace {

constexpr std::size_t kMaxEntries = 4096;  // of one array; a zone has a dozen
constexpr std::size_t kMaxWords = 200;     // of an error that somebody else wrote

/// For whoever has a connection: it is there then.
const Libsystemd& sd() {
  return *libsystemd();
}

/// sd-bus' own convention: a negative errno value.
tl::unexpected<Error> bus_error(int negative, const Method& method) {
  return sys_error(-negative, method.member, method.service);
}

struct CallError {
  sd_bus_error value = {};  // SD_BUS_ERROR_NULL
  CallError() = default;
  CallError(const CallError&) = delete;
  CallError(CallError&&) = delete;
  CallError& operator=(const CallError&) = delete;
  CallError& operator=(CallError&&) = delete;
  ~CallError() { sd().bus_error_free(&value); }

  [[nodiscard]] std::string words() const {
    std::string words = value.name != nullptr ? value.name : "";
    if (value.message != nullptr) words.append(": ").append(value.message);
    return words.substr(0, kMaxWords);
  }
};

/// Calls `read_one` for each element until the array is at its end. Zero or more on success.
template <class ReadOne>
int for_each(sd_bus_message* message, const char* contents, const ReadOne& read_one) {
  int entered = sd().bus_message_enter_container(message, SD_BUS_TYPE_ARRAY, contents);
  if (entered < 0) return entered;
  for (std::size_t count = 0; entered > 0; ++count) {
    const int at_end = sd().bus_message_at_end(message, 0);
    if (at_end != 0) break;
    if (count == kMaxEntries) return -E2BIG;
    if (const int read = read_one(); read < 0) return read;
  }
  return sd().bus_message_exit_container(message);
}

int read_text(sd_bus_message* message, std::string& text) {
  const char* bytes = nullptr;
  const int read = sd().bus_message_read_basic(message, SD_BUS_TYPE_STRING, &bytes);
  if (read > 0) text = bytes;
  return read;
}

int read_list(sd_bus_message* message, std::vector<std::string>& list) {
  return for_each(message, "s", [&] { return read_text(message, list.emplace_back()); });
}

int read_pairs(sd_bus_message* message, std::vector<std::string>& list) {
  return for_each(message, "(ss)", [&] {
    const char* first = nullptr;
    const char* second = nullptr;
    const int read = sd().bus_message_read(message, "(ss)", &first, &second);
    if (read > 0) list.push_back(std::string{first} + "/" + second);
    return read;
  });
}

int read_value(sd_bus_message* message, Value& value) {
  const char* contents = nullptr;
  char type = 0;
  const int peeked = sd().bus_message_peek_type(message, &type, &contents);
  if (peeked < 0) return peeked;
  const std::string_view kind = contents != nullptr ? contents : "";
  if (kind != "s" && kind != "b" && kind != "as" && kind != "a(ss)")
    return sd().bus_message_skip(message, "v");

  int read = sd().bus_message_enter_container(message, SD_BUS_TYPE_VARIANT, contents);
  if (read < 0) return read;
  if (kind == "s") read = read_text(message, value.text);
  if (kind == "as") read = read_list(message, value.list);
  if (kind == "a(ss)") read = read_pairs(message, value.list);
  if (kind == "b") {
    int flag = 0;
    read = sd().bus_message_read_basic(message, SD_BUS_TYPE_BOOLEAN, &flag);
    value.flag = flag != 0;
  }
  return read < 0 ? read : sd().bus_message_exit_container(message);
}

/// One element {key, something}: `read_rest` reads the something.
template <class ReadRest>
int read_entry(sd_bus_message* message, const char* contents, const ReadRest& read_rest) {
  int read = sd().bus_message_enter_container(message, SD_BUS_TYPE_DICT_ENTRY, contents);
  if (read < 0) return read;
  std::string key;
  if (read = read_text(message, key); read < 0) return read;
  if (read = read_rest(std::move(key)); read < 0) return read;
  return sd().bus_message_exit_container(message);
}

}  // namespace

void Connection::CloseBus::operator()(sd_bus* bus) const {
  sd().bus_close(bus);  // without flushing: nothing is left to be said
  sd().bus_unref(bus);
}

void Connection::DropMessage::operator()(sd_bus_message* message) const {
  sd().bus_message_unref(message);
}

std::uint64_t Connection::left_usec() const {
  using std::chrono::microseconds;
  const auto left = std::chrono::duration_cast<microseconds>(deadline_ - Clock::now()).count();
  return static_cast<std::uint64_t>(std::max<std::int64_t>(left, 0));
}

Result<Connection> Connection::over(sys::UniqueFd socket, std::chrono::milliseconds timeout) {
  constexpr Method kHello{"org.freedesktop.DBus", nullptr, nullptr, "connect"};
  if (!libsystemd()) return tl::unexpected{libsystemd().error()};
  sd_bus* bus = nullptr;
  if (const int made = sd().bus_new(&bus); made < 0) return bus_error(made, kHello);
  Connection connection{bus, Clock::now() + timeout};
  const int fd = socket.get();
  if (const int set = sd().bus_set_fd(bus, fd, fd); set < 0) return bus_error(set, kHello);
  (void)socket.release();  // the bus closes it
  if (const int set = sd().bus_set_bus_client(bus, 1); set < 0) return bus_error(set, kHello);
  if (const int started = sd().bus_start(bus); started < 0) return bus_error(started, kHello);
  if (const auto ready = connection.wait_until_ready(); !ready)
    return tl::unexpected{ready.error()};
  return connection;
}

/// sd_bus_call() would wait for the other side's greeting as long as sd-bus thinks fit, 25 seconds.
Result<> Connection::wait_until_ready() {
  constexpr Method kHello{"org.freedesktop.DBus", nullptr, nullptr, "Hello"};
  for (;;) {
    if (sd().bus_is_ready(bus_.get()) > 0) return {};
    const int done = sd().bus_process(bus_.get(), nullptr);
    if (done < 0) return bus_error(done, kHello);
    const std::uint64_t left = left_usec();
    if (left == 0) return bus_error(-ETIMEDOUT, kHello);
    if (done > 0) continue;
    if (const int waited = sd().bus_wait(bus_.get(), left); waited < 0 && waited != -EINTR)
      return bus_error(waited, kHello);
  }
}

Result<Connection::Message> Connection::call(const Method& method,
                                             const std::vector<std::string>& arguments) {
  sd_bus_message* made = nullptr;
  int status = sd().bus_message_new_method_call(bus_.get(), &made, method.service, method.path,
                                                method.interface, method.member);
  if (status < 0) return bus_error(status, method);
  const Message request{made};
  status = sd().bus_message_set_auto_start(made, 0);
  for (const std::string& argument : arguments)
    if (status >= 0) status = sd().bus_message_append(made, "s", argument.c_str());
  const std::uint64_t left = left_usec();
  if (left == 0) status = -ETIMEDOUT;  // zero would mean sd-bus' own default
  if (status < 0) return bus_error(status, method);

  CallError error;
  sd_bus_message* answer = nullptr;
  status = sd().bus_call(bus_.get(), made, left, &error.value, &answer);
  if (status >= 0) return Message{answer};
  auto failure = bus_error(status, method);
  if (error.value.name != nullptr) failure.value().context += " (" + error.words() + ")";
  return failure;
}

Result<std::string> Connection::text(const Method& method,
                                     const std::vector<std::string>& arguments) {
  const auto answer = call(method, arguments);
  if (!answer) return tl::unexpected{answer.error()};
  std::string text;
  const int read = read_text(answer->get(), text);
  return read > 0 ? Result<std::string>{std::move(text)}
                  : bus_error(read < 0 ? read : -EBADMSG, method);
}

Result<std::uint32_t> Connection::number(const Method& method,
                                         const std::vector<std::string>& arguments) {
  const auto answer = call(method, arguments);
  if (!answer) return tl::unexpected{answer.error()};
  std::uint32_t number = 0;
  const int read = sd().bus_message_read_basic(answer->get(), SD_BUS_TYPE_UINT32, &number);
  return read > 0 ? Result<std::uint32_t>{number} : bus_error(read < 0 ? read : -EBADMSG, method);
}

Result<Dictionary> Connection::dictionary(const Method& method,
                                          const std::vector<std::string>& arguments) {
  const auto answer = call(method, arguments);
  if (!answer) return tl::unexpected{answer.error()};
  sd_bus_message* const message = answer->get();
  Dictionary dictionary;
  const int read = for_each(message, "{sv}", [&] {
    return read_entry(message, "sv", [&](std::string key) {
      return read_value(message, dictionary[std::move(key)]);
    });
  });
  return read < 0 ? Result<Dictionary>{bus_error(read, method)} : std::move(dictionary);
}

Result<Bindings> Connection::bindings(const Method& method) {
  const auto answer = call(method, {});
  if (!answer) return tl::unexpected{answer.error()};
  sd_bus_message* const message = answer->get();
  Bindings bindings;
  const int read = for_each(message, "{sa{sas}}", [&] {
    return read_entry(message, "sa{sas}", [&](std::string zone) {
      auto& kinds = bindings[std::move(zone)];
      return for_each(message, "{sas}", [&] {
        return read_entry(message, "sas", [&](std::string kind) {
          return read_list(message, kinds[std::move(kind)]);
        });
      });
    });
  });
  return read < 0 ? Result<Bindings>{bus_error(read, method)} : std::move(bindings);
}

Result<std::string> Connection::property(const Method& interface, const std::string& name) {
  const Method get{interface.service, interface.path, "org.freedesktop.DBus.Properties", "Get"};
  const auto answer = call(get, {interface.interface, name});
  if (!answer) return tl::unexpected{answer.error()};
  Value value;
  const int read = read_value(answer->get(), value);
  return read < 0 ? Result<std::string>{bus_error(read, get)} : std::move(value.text);
}

}  // namespace iptmode::bus
