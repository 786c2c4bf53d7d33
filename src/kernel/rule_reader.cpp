// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/rule_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "kernel/byte_hash.h"
#include "kernel/shape_key.h"

namespace iptmode::kernel {
namespace {

std::uint64_t hash_runs(std::string_view bytes, const auto& runs, std::uint64_t hash) {
  for (const auto& [offset, length] : runs) hash = hash_bytes(bytes.substr(offset, length), hash);
  return hash;
}

}  // namespace

std::uint32_t& RuleReader::bucket_of(std::string_view expressions) {
  return buckets_[expressions.size() / NLA_ALIGNTO % kBuckets];
}

const RuleReader::Kind* RuleReader::known(std::string_view expressions) {
  for (std::uint32_t at = bucket_of(expressions); at != 0; at = kinds_[at - 1].next) {
    const Kind& kind = kinds_[at - 1];
    const auto is_there = [&](const Run& run) {
      return std::memcmp(kind.bytes.data() + run.offset, expressions.data() + run.offset,
                         run.length) == 0;
    };
    if (kind.bytes.size() == expressions.size() && std::ranges::all_of(kind.same, is_there))
      return &kind;
  }
  return nullptr;
}

const RuleReader::Kind& RuleReader::learn(const RuleFacts& facts) {
  const std::string_view expressions = facts.expressions;
  if (kinds_.size() == kMaxKinds || bytes_ + expressions.size() > kMaxBytes) {
    kinds_.clear();
    buckets_.fill(0);
    bytes_ = 0;
  }
  const auto run_of = [&](std::string_view part) {
    const auto offset = part.empty() ? 0 : part.data() - expressions.data();
    return Run{.offset = static_cast<std::uint32_t>(offset),
               .length = static_cast<std::uint32_t>(part.size())};
  };
  Kind kind{.bytes = std::string{expressions},
            .chain_field = run_of(facts.chain_field),
            .comment_field = run_of(facts.comment_field),
            .translates = facts.translates,
            .encodings = facts.encodings};
  std::vector<Varying> varying;
  kind.expressions_key = expressions_key(expressions, varying);
  std::size_t begin = 0;
  const auto same_until = [&](std::size_t end) {
    if (end > begin) kind.same.push_back(run_of(expressions.substr(begin, end - begin)));
  };
  for (const Varying& part : varying) {
    const Run run = run_of(part.bytes);
    same_until(run.offset);
    if (!part.counts) kind.compared.push_back(run);
    begin = run.offset + run.length;
  }
  same_until(expressions.size());
  kind.same_hash = hash_runs(expressions, kind.same, expressions.size());

  std::uint32_t& bucket = bucket_of(expressions);
  kind.next = std::exchange(bucket, static_cast<std::uint32_t>(kinds_.size() + 1));
  bytes_ += expressions.size();
  return kinds_.emplace_back(std::move(kind));
}

ReadRule RuleReader::read(std::string_view attributes, bool equality) {
  ReadRule rule{.facts = find_expressions(attributes)};
  RuleFacts& facts = rule.facts;
  const Kind* kind = known(facts.expressions);
  if (kind == nullptr) kind = &learn(decode_rule(attributes, family_));
  const auto part = [&](const Run& run) {
    return facts.expressions.substr(run.offset, run.length);
  };
  facts.chain_field = part(kind->chain_field);
  facts.comment_field = part(kind->comment_field);
  facts.translates = kind->translates;
  facts.encodings = kind->encodings;
  rule.expressions_key = kind->expressions_key;
  if (!equality) return rule;
  rule.equality_key = hash_runs(facts.expressions, kind->compared, kind->same_hash);
  if (!facts.user_data.empty()) rule.equality_key = hash_bytes(facts.user_data, rule.equality_key);
  return rule;
}

}  // namespace iptmode::kernel
