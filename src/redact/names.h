// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "redact/journal_names.h"

namespace iptmode::redact {

/// A name that stands in a text, and what stands there instead.
struct FoundName {
  std::size_t length = 0;  ///< of the text that it takes
  std::string pseudonym = {};
};

/// The names that were learnt, with their pseudonyms.
class Names {
 public:
  explicit Names(std::string key) : key_{std::move(key)} {}

  void learn_host(std::string_view name);
  /// "default/web:http cluster IP", "default/client-0 in": what is of the form of an object's name.
  void learn_comment(std::string_view comment);
  /// Comments and kube-proxy's chains in the text of iptables-save or nft.
  void learn_rules(std::string_view text);

  /// Names in log lines, see journal_names.h.
  void learn_journal(std::string_view text);

  /// What stands for a name in every text.
  [[nodiscard]] std::string instead_of(NameKind kind, std::string_view name) const;
  /// The name that starts exactly at `at`, which is no place inside a word.
  [[nodiscard]] std::optional<FoundName> name_at(std::string_view text, std::size_t at) const;

 private:
  void learn_called_host(std::string_view name);
  [[nodiscard]] std::string host_pseudonym(std::string_view whole) const;
  [[nodiscard]] std::string pseudonym(std::string_view kind, std::string_view name) const;
  void learn_object(std::string_view name_space, std::string_view name);
  void learn_chain(std::string_view text);
  void learn_line(std::string_view line);
  void learn_lists(std::string_view line);
  [[nodiscard]] std::optional<FoundName> host_at(std::string_view text, std::size_t at) const;
  [[nodiscard]] std::optional<FoundName> object_at(std::string_view text, std::size_t at) const;

  std::string key_;
  std::map<std::string, std::string, std::less<>> hosts_ = {};    ///< in lower case
  std::map<std::string, std::string, std::less<>> objects_ = {};  ///< "default/web", "web-6f1c"
};

}  // namespace iptmode::redact
