// SPDX-License-Identifier: GPL-2.0-or-later
#include <optional>
#include <utility>

#include "iptmode/redact.h"
#include "iptmode/rule_bytes.h"
#include "redact/address.h"
#include "redact/address_intervals.h"
#include "redact/address_map.h"
#include "redact/names.h"
#include "redact/snapshot_texts.h"

namespace iptmode {

struct Redactor::State {
  Redaction what = {};
  redact::AddressMap addresses;
  redact::Names names;

  /// What stands instead of the text at `at`, and how much of that is taken.
  [[nodiscard]] std::optional<redact::FoundName> replaced_at(std::string_view text,
                                                             std::size_t at) {
    if (what.names)
      if (auto name = names.name_at(text, at)) return name;
    if (!what.addresses) return std::nullopt;
    const auto found = redact::address_at(text, at);
    if (!found) return std::nullopt;
    const std::string mapped = addresses.network(found->bytes, found->prefix);
    return redact::FoundName{.length = found->length,
                             .pseudonym = redact::address_text(mapped, found->separator)};
  }
};

Redactor::Redactor(Redaction what, const std::string& key)
    : state_{std::make_unique<State>(State{
          .what = what, .addresses = redact::AddressMap{key}, .names = redact::Names{key}})} {}
Redactor::Redactor(Redactor&&) noexcept = default;
Redactor& Redactor::operator=(Redactor&&) noexcept = default;
Redactor::~Redactor() = default;

const Redaction& Redactor::what() const {
  return state_->what;
}

void Redactor::learn_host(std::string_view name) {
  state_->names.learn_host(name);
}

void Redactor::learn_rules(std::string_view text) {
  state_->names.learn_rules(text);
}

void Redactor::learn_journal(std::string_view text) {
  state_->names.learn_journal(text);
}

void Redactor::learn(const Snapshot& snapshot) {
  learn_host(snapshot.node.hostname);
  if (snapshot.host_settings)
    for (const HostPort& port : snapshot.host_settings->host_ports)
      state_->names.learn_comment(port.pod);
  redact::for_each_part<Rule>(snapshot,
                              [&](const Rule& rule) { state_->names.learn_comment(rule.comment); });
  redact::for_each_text(snapshot, [&](const std::string& text) { learn_rules(text); });
}

std::string Redactor::text(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    if (const auto found = state_->replaced_at(text, at)) {
      result += found->pseudonym;
      at += found->length;
    } else {
      result += text[at++];
    }
  }
  return result;
}

// A name that is too short or too common to be one everywhere is one behind such a word.
std::string Redactor::journal(std::string_view text) {
  if (!state_->what.names) return this->text(text);
  std::string result;
  std::size_t done = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto found = redact::journal_name_at(text, at);
    if (!found) continue;
    result += this->text(text.substr(done, found->at - done));
    result += state_->names.instead_of(found->kind, text.substr(found->at, found->length));
    done = found->at + found->length;
    at = done - 1;
  }
  return result += this->text(text.substr(done));
}

Snapshot Redactor::snapshot(Snapshot snapshot) {
  redact::for_each_text(snapshot, [&](std::string& text) { text = this->text(text); });
  if (!state_->what.addresses) return snapshot;
  redact::for_each_part<Rule>(snapshot,
                              [&](Rule& rule) { redact::map_addresses(rule, state_->addresses); });
  redact::for_each_part<Packet>(
      snapshot, [&](Packet& packet) { redact::map_addresses(packet, state_->addresses); });
  redact::for_each_part<AddressSet>(snapshot, [&](AddressSet& set) {
    set.members = redact::mapped(set.members, state_->addresses);
  });
  redact::for_each_part<RuleShape>(snapshot, [](RuleShape& shape) {
    shape.expressions = outline_of(shape.expressions);
    shape.user_data.clear();
    shape.sets.clear();
  });
  return snapshot;
}

}  // namespace iptmode
