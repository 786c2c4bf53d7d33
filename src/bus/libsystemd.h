// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <systemd/sd-bus.h>

#include "iptmode/result.h"
#include "sys/loaded_library.h"

namespace iptmode::bus {

/// What is used of libsystemd: its D-Bus. It brings six more libraries along, and only a node with
/// a firewalld needs it.
class Libsystemd : public sys::LoadedLibrary {
 public:
  using LoadedLibrary::LoadedLibrary;

  decltype(&::sd_bus_new) bus_new = find("sd_bus_new");
  decltype(&::sd_bus_set_fd) bus_set_fd = find("sd_bus_set_fd");
  decltype(&::sd_bus_set_bus_client) bus_set_bus_client = find("sd_bus_set_bus_client");
  decltype(&::sd_bus_start) bus_start = find("sd_bus_start");
  decltype(&::sd_bus_is_ready) bus_is_ready = find("sd_bus_is_ready");
  decltype(&::sd_bus_process) bus_process = find("sd_bus_process");
  decltype(&::sd_bus_wait) bus_wait = find("sd_bus_wait");
  decltype(&::sd_bus_call) bus_call = find("sd_bus_call");
  decltype(&::sd_bus_close) bus_close = find("sd_bus_close");
  decltype(&::sd_bus_unref) bus_unref = find("sd_bus_unref");
  decltype(&::sd_bus_error_free) bus_error_free = find("sd_bus_error_free");
  decltype(&::sd_bus_message_new_method_call) bus_message_new_method_call =
      find("sd_bus_message_new_method_call");
  decltype(&::sd_bus_message_set_auto_start) bus_message_set_auto_start =
      find("sd_bus_message_set_auto_start");
  decltype(&::sd_bus_message_append) bus_message_append = find("sd_bus_message_append");
  decltype(&::sd_bus_message_peek_type) bus_message_peek_type = find("sd_bus_message_peek_type");
  decltype(&::sd_bus_message_enter_container) bus_message_enter_container =
      find("sd_bus_message_enter_container");
  decltype(&::sd_bus_message_exit_container) bus_message_exit_container =
      find("sd_bus_message_exit_container");
  decltype(&::sd_bus_message_at_end) bus_message_at_end = find("sd_bus_message_at_end");
  decltype(&::sd_bus_message_read) bus_message_read = find("sd_bus_message_read");
  decltype(&::sd_bus_message_read_basic) bus_message_read_basic = find("sd_bus_message_read_basic");
  decltype(&::sd_bus_message_skip) bus_message_skip = find("sd_bus_message_skip");
  decltype(&::sd_bus_message_unref) bus_message_unref = find("sd_bus_message_unref");
};

/// Loaded once. errc::not_supported where it is not installed.
[[nodiscard]] const Result<Libsystemd>& libsystemd();

}  // namespace iptmode::bus
