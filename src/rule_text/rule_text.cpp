// SPDX-License-Identifier: GPL-2.0-or-later
#include "iptmode/rule_text.h"

#include <algorithm>
#include <array>
#include <utility>

#include "rule_text/known_options.h"
#include "rule_text/option_groups.h"
#include "rule_text/tokens.h"

namespace iptmode {
namespace {

using rule_text::Option;
using rule_text::Token;

/// Matches that iptables names even where they demand nothing: their conditions are the options.
constexpr std::array<std::string_view, 14> kFieldModules{
    "tcp",  "udp",       "sctp",  "dccp",    "udplite",   "icmp",     "icmp6",
    "mark", "conntrack", "state", "comment", "multiport", "addrtype", "iprange"};

bool demands_nothing_alone(std::string_view module) {
  return module == "connmark" || std::ranges::find(kFieldModules, module) != kFieldModules.end();
}

/// A match of which not all options are fields.
struct OpenMatch {
  std::string module = {};
  std::vector<Option> options = {};
};

class RuleParser {
 public:
  RuleParser(std::vector<Token> tokens, IpFamily family)
      : tokens_{std::move(tokens)}, family_{family} {}

  std::optional<RuleText> parse() {
    if (!take_head()) return std::nullopt;
    while (at_ < tokens_.size()) take_next();
    for (OpenMatch& match : matches_) close(std::move(match));
    close_target();
    return std::move(text_);
  }

 private:
  /// "[12:720] -A CHAIN"
  bool take_head() {
    if (!tokens_.empty() && tokens_[0].text.starts_with('[')) ++at_;
    if (at_ + 1 >= tokens_.size() || !tokens_[at_].is("-A")) return false;
    text_.chain = tokens_[at_ + 1].text;
    at_ += 2;
    const std::vector<Token> rest{tokens_.begin() + static_cast<std::ptrdiff_t>(at_),
                                  tokens_.end()};
    text_.text = rule_text::joined(rest);
    return true;
  }

  void take_next() {
    Option option = rule_text::take_option(tokens_, at_);
    if (option.name == "-m" || option.name == "--match") return open(std::move(option));
    if (option.name == "-j" || option.name == "--jump") return set_target(option, false);
    if (option.name == "-g" || option.name == "--goto") return set_target(option, true);
    if (option.name == "-c") return;
    const std::string_view module = module_;
    const bool taken = (!in_target_ || option.name.size() == 2) &&
                       rule_text::take_known(option, module, family_, text_.rule);
    if (!taken) keep(std::move(option));
  }

  void open(Option option) {
    in_target_ = false;
    module_ = option.values.empty() ? std::string{} : option.values.front().text;
    text_.modules.push_back(module_);
    matches_.push_back({.module = module_});
  }

  void set_target(const Option& option, bool go_to) {
    in_target_ = true;
    Action& action = text_.rule.action;
    action = rule_text::action_of(option.values.empty() ? "" : option.values.front().text, go_to);
  }

  void keep(Option option) {
    if (in_target_) {
      target_options_.push_back(std::move(option));
      return;
    }
    if (matches_.empty() || matches_.back().module != module_)
      matches_.push_back({.module = module_});
    matches_.back().options.push_back(std::move(option));
  }

  void close(OpenMatch match) {
    if (match.options.empty() && demands_nothing_alone(match.module)) return;
    text_.rule.conditions.push_back(
        {.field = Field::extension,
         .name = match.module,
         .arguments = rule_text::canonical_options(match.module, std::move(match.options))});
  }

  void close_target() { rule_text::complete_action(text_.rule.action, std::move(target_options_)); }

  std::vector<Token> tokens_;
  IpFamily family_;
  std::size_t at_ = 0;
  std::string module_ = {};
  bool in_target_ = false;
  std::vector<OpenMatch> matches_ = {};
  std::vector<Option> target_options_ = {};
  RuleText text_ = {};
};

}  // namespace

std::optional<RuleText> parse_rule_text(std::string_view line, IpFamily family) {
  auto tokens = rule_text::tokens_of(line);
  if (!tokens) return std::nullopt;
  return RuleParser{std::move(*tokens), family}.parse();
}

}  // namespace iptmode
