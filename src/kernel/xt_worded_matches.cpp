// SPDX-License-Identifier: GPL-2.0-or-later
// Matches that are kept in the words of iptables-save.
#include "kernel/xt_matches.h"

#include <linux/netfilter.h>
#include <linux/netfilter/x_tables.h>
#include <linux/netfilter/xt_limit.h>
#include <linux/netfilter/xt_owner.h>
#include <linux/netfilter/xt_physdev.h>
#include <linux/netfilter/xt_pkttype.h>
#include <linux/netfilter/xt_rpfilter.h>
#include <linux/netfilter/xt_set.h>
#include <linux/netfilter/xt_statistic.h>

#include <array>
#include <cstdio>
#include <string>
#include <utility>

#include "kernel/xt_structure.h"

namespace iptmode::kernel {
namespace {

std::string probability_words(std::uint32_t probability) {
  constexpr double kAll = 0x80000000;  // as libxt_statistic.c scales it
  std::array<char, 32> text = {};
  const int length = std::snprintf(text.data(), text.size(), "%.11f", probability / kAll);
  return {text.data(), static_cast<std::size_t>(length)};
}

/// As print_rate() of libxt_limit.c.
std::string rate_words(std::uint32_t period) {
  constexpr std::uint32_t kScale = XT_LIMIT_SCALE;
  constexpr std::array kUnits{std::pair{std::uint32_t{kScale * 24 * 60 * 60}, "day"},
                              std::pair{std::uint32_t{kScale * 60 * 60}, "hour"},
                              std::pair{std::uint32_t{kScale * 60}, "min"},
                              std::pair{kScale, "sec"}};
  if (period == 0) return "0/sec";
  std::size_t i = 1;
  while (i < kUnits.size() && period <= kUnits.at(i).first &&
         kUnits.at(i).first / period >= kUnits.at(i).first % period)
    ++i;
  const auto& [unit, word] = kUnits.at(i - 1);
  return std::to_string(unit / period) + '/' + word;
}

}  // namespace

bool decode_statistic(const Extension& match, Rule& rule) {
  const auto info =
      structure_in<xt_statistic_info>(match.info, offsetof(xt_statistic_info, master));
  if (!info) return false;
  const std::string no = (info->flags & XT_STATISTIC_INVERT) != 0 ? " !" : "";
  if (info->mode == XT_STATISTIC_MODE_RANDOM) {
    demand(rule, in_words("statistic", "--mode random" + no + " --probability " +
                                           probability_words(info->u.random.probability)));
    return true;
  }
  if (info->mode != XT_STATISTIC_MODE_NTH) return false;
  demand(rule, in_words("statistic", "--mode nth" + no + " --every " +
                                         std::to_string(info->u.nth.every + 1) + " --packet " +
                                         std::to_string(info->u.nth.packet)));
  return true;
}

bool decode_limit(const Extension& match, Rule& rule) {
  constexpr std::uint32_t kDefaultBurst = 5;
  const auto info = structure_in<xt_rateinfo>(match.info, offsetof(xt_rateinfo, prev));
  if (!info) return false;
  std::string words = "--limit " + rate_words(info->avg);
  if (info->burst != kDefaultBurst) words += " --limit-burst " + std::to_string(info->burst);
  demand(rule, in_words("limit", std::move(words)));
  return true;
}

bool decode_physdev(const Extension& match, Rule& rule) {
  const auto info = structure_in<xt_physdev_info>(match.info);
  if (!info) return false;
  std::string words;
  const auto add = [&](unsigned bit, const std::string& option) {
    if ((info->bitmask & bit) == 0) return;
    if (!words.empty()) words += ' ';
    words += ((info->invert & bit) != 0 ? "! " : "") + option;
  };
  add(XT_PHYSDEV_OP_ISIN, "--physdev-is-in");
  add(XT_PHYSDEV_OP_IN, "--physdev-in " + name_in(info->physindev));
  add(XT_PHYSDEV_OP_ISOUT, "--physdev-is-out");
  add(XT_PHYSDEV_OP_OUT, "--physdev-out " + name_in(info->physoutdev));
  add(XT_PHYSDEV_OP_BRIDGED, "--physdev-is-bridged");
  demand(rule, in_words("physdev", std::move(words)));
  return true;
}

bool decode_owner(const Extension& match, Rule& rule) {
  const auto info = structure_in<xt_owner_match_info>(match.info);
  if (match.revision != 1 || !info || (info->match & XT_OWNER_SUPPL_GROUPS) != 0) return false;
  std::string words;
  const auto add = [&](unsigned bit, std::string_view option, std::string value) {
    if ((info->match & bit) == 0) return;
    if (!words.empty()) words += ' ';
    words += ((info->invert & bit) != 0 ? "! " : "") + std::string{option} + std::move(value);
  };
  const auto ids = [](std::uint32_t low, std::uint32_t high) {
    return ' ' + std::to_string(low) + (low == high ? "" : '-' + std::to_string(high));
  };
  add(XT_OWNER_SOCKET, "--socket-exists", "");
  add(XT_OWNER_UID, "--uid-owner", ids(info->uid_min, info->uid_max));
  add(XT_OWNER_GID, "--gid-owner", ids(info->gid_min, info->gid_max));
  demand(rule, in_words("owner", std::move(words)));
  return true;
}

bool decode_rpfilter(const Extension& match, Rule& rule) {
  const auto info = structure_in<xt_rpfilter_info>(match.info);
  if (!info) return false;
  constexpr std::array kOptions{std::pair{unsigned{XT_RPFILTER_LOOSE}, "--loose"},
                                std::pair{unsigned{XT_RPFILTER_VALID_MARK}, "--validmark"},
                                std::pair{unsigned{XT_RPFILTER_ACCEPT_LOCAL}, "--accept-local"},
                                std::pair{unsigned{XT_RPFILTER_INVERT}, "--invert"}};
  std::string words;
  for (const auto& [bit, option] : kOptions)
    if ((info->flags & bit) != 0) words += (words.empty() ? "" : " ") + std::string{option};
  demand(rule, in_words("rpfilter", std::move(words)));
  return true;
}

bool decode_pkttype(const Extension& match, Rule& rule) {
  // PACKET_* of linux/if_packet.h, in the words of libxt_pkttype.c.
  constexpr std::array kTypes{"unicast", "broadcast", "multicast"};
  const auto info = structure_in<xt_pkttype_info>(match.info);
  if (!info || info->pkttype < 0 || std::size_t(info->pkttype) >= kTypes.size()) return false;
  demand(rule, in_words("pkttype", std::string{info->invert != 0 ? "! " : ""} + "--pkt-type " +
                                       kTypes.at(std::size_t(info->pkttype))));
  return true;
}

/// Whether counters of the set's members decide as well; the flags are at the same place in both.
bool asks_for_counters(const Extension& match) {
  constexpr unsigned kFirstWithCounters = 3;
  if (match.revision < kFirstWithCounters) return false;
  const auto info = structure_in<xt_set_info_match_v4>(match.info);
  return !info || (info->flags & IPSET_FLAG_MATCH_COUNTERS) != 0;
}

/// The name of an ipset is behind a question of its own; its number stands for it.
bool decode_set(const Extension& match, Rule& rule) {
  const auto info = structure_in<xt_set_info>(match.info);
  if (match.revision == 0 || !info || info->dim > IPSET_DIM_MAX) return false;
  std::string directions;
  for (unsigned dimension = 1; dimension <= info->dim; ++dimension) {
    directions += directions.empty() ? " " : ",";
    directions += (info->flags & 1U << dimension) != 0 ? "src" : "dst";
  }
  demand(rule, {.negated = (info->flags & IPSET_INV_MATCH) != 0,
                .name = "set",
                .arguments = "--match-set #" + std::to_string(info->index) + directions +
                             (asks_for_counters(match) ? " with counters" : ""),
                .decoded = false});
  return true;
}

}  // namespace iptmode::kernel
