// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "iptmode/rule_shape.h"
#include "snapshot_io/part.h"

// Rules as data. The keys of each part, see fields.h.
namespace iptmode::snapshot_io {

void describe(auto& archive, PartIs<Interval> auto& interval) {
  archive("low", Bytes{interval.low});
  archive("high", Bytes{interval.high});
}

void describe(auto& archive, PartIs<Condition> auto& condition) {
  archive("field", condition.field);
  archive("negated", condition.negated);
  archive("prefix", condition.prefix);
  archive("mask", Bytes{condition.mask});
  archive("anyOf", condition.any_of);
  archive("extension", condition.name);
  archive("arguments", condition.arguments);
  archive("decoded", condition.decoded);
}

void describe(auto& archive, PartIs<Action> auto& action) {
  archive("kind", action.kind);
  archive("chain", action.chain);
  archive("target", action.name);
  archive("arguments", action.arguments);
  archive("clear", action.clear);
  archive("change", action.change);
  archive("decoded", action.decoded);
}

void describe(auto& archive, PartIs<Rule> auto& rule) {
  archive("conditions", rule.conditions);
  archive("action", rule.action);
  archive("comment", rule.comment);
}

void describe(auto& archive, PartIs<IpSet> auto& set) {
  archive("index", set.index);
  archive("set", set.name);
  archive("type", set.type);
  archive("revision", set.revision);
  archive("family", set.family);
}

void describe(auto& archive, PartIs<RuleShape> auto& shape) {
  archive("chain", shape.chain);
  archive("baseChain", shape.base_chain);
  archive("owners", shape.owners);
  archive("rules", shape.rules);
  archive("expressions", Bytes{shape.expressions});
  archive("userData", Bytes{shape.user_data});
  archive("sets", Bytes{shape.sets});
  archive("ipSets", shape.ip_sets);
  archive("rule", shape.rule);
  archive("native", shape.native);
}

}  // namespace iptmode::snapshot_io
