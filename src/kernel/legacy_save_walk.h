// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <linux/netfilter/x_tables.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "kernel/legacy_rule.h"

// One legacy table as text, once for both families; only legacy_ipv4.cpp and legacy_ipv6.cpp
// include this.
namespace iptmode::kernel {

/// A line must stay one line, whatever a comment holds.
inline std::string one_line(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, '?');
  return text + "\n";
}

template <class Api>
class LegacySave {
 public:
  explicit LegacySave(typename Api::Handle* handle) : handle_{handle} {}

  std::string run(const std::string& table) {
    for (const char* chain = Api::first_chain(handle_); chain != nullptr;
         chain = Api::next_chain(handle_)) {
      heads_ += one_line(head_of(chain));
      add_rules(chain);
    }
    return one_line("*" + table) + heads_ + rules_ + "COMMIT\n";
  }

 private:
  std::string head_of(const char* chain) const {
    xt_counters counters = {};
    const char* policy =
        Api::is_builtin(chain, handle_) != 0 ? Api::policy(chain, &counters, handle_) : nullptr;
    return std::string{":"} + chain + " " + (policy == nullptr ? "-" : policy) + " [" +
           std::to_string(counters.pcnt) + ":" + std::to_string(counters.bcnt) + "]";
  }

  void add_rules(const char* chain) {
    for (const auto* entry = Api::first_rule(chain, handle_); entry != nullptr;
         entry = Api::next_rule(entry, handle_)) {
      const char* target = Api::target(entry, handle_);
      const Rule rule = decode_legacy_rule(entry, target == nullptr ? "" : target);
      rules_ += one_line(std::string{"-A "} + chain + " " + to_string(rule));
    }
  }

  typename Api::Handle* handle_;
  std::string heads_ = {};
  std::string rules_ = {};
};

}  // namespace iptmode::kernel
