// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/netfilter.h>
#include <linux/netfilter/nf_nat.h>
#include <linux/netfilter/x_tables.h>
#include <linux/netfilter/xt_CHECKSUM.h>
#include <linux/netfilter/xt_CT.h>
#include <linux/netfilter/xt_LOG.h>
#include <linux/netfilter/xt_NFLOG.h>
#include <linux/netfilter/xt_NFQUEUE.h>
#include <linux/netfilter/xt_TCPMSS.h>
#include <linux/netfilter/xt_TPROXY.h>
#include <linux/netfilter/xt_connmark.h>
#include <linux/netfilter/xt_mark.h>

#include <bit>
#include <utility>

#include "iptmode/address.h"
#include "kernel/xt_decoder.h"
#include "kernel/xt_structure.h"

namespace iptmode::kernel {
namespace {

using Words = std::optional<std::string>;

/// A 16-bit number that the structure holds in network byte order.
unsigned from_network(std::uint16_t value) {
  return std::endian::native == std::endian::little ? __builtin_bswap16(value) : value;
}

// ipt_reject_with and ip6t_reject_with, in the words of libipt_REJECT.c and libip6t_REJECT.c.
constexpr std::array<std::string_view, 9> kReject4{"icmp-net-unreachable",
                                                   "icmp-host-unreachable",
                                                   "icmp-proto-unreachable",
                                                   "icmp-port-unreachable",
                                                   "",
                                                   "icmp-net-prohibited",
                                                   "icmp-host-prohibited",
                                                   "tcp-reset",
                                                   "icmp-admin-prohibited"};
constexpr std::array<std::string_view, 9> kReject6{"icmp6-no-route",
                                                   "icmp6-adm-prohibited",
                                                   "",
                                                   "icmp6-addr-unreachable",
                                                   "icmp6-port-unreachable",
                                                   "",
                                                   "tcp-reset",
                                                   "icmp6-policy-fail",
                                                   "icmp6-reject-route"};

Words reject_words(const Extension& target, IpFamily family) {
  const auto with = structure_in<std::uint32_t>(target.info);
  const auto& words = family == IpFamily::ipv4 ? kReject4 : kReject6;
  if (!with || *with >= words.size() || words.at(*with).empty()) return std::nullopt;
  return "--reject-with " + std::string{words.at(*with)};
}

/// A range of addresses and ports, whichever structure it comes from.
struct NatRange {
  unsigned flags = 0;
  std::string low = {};
  std::string high = {};
  unsigned first_port = 0;
  unsigned last_port = 0;
};

std::optional<NatRange> nat_range(const Extension& target, IpFamily family) {
  const bool old = family == IpFamily::ipv4 && target.revision == 0;
  if (old) {
    const auto compat = structure_in<nf_nat_ipv4_multi_range_compat>(target.info);
    if (!compat || compat->rangesize != 1) return std::nullopt;
    const nf_nat_ipv4_range& range = compat->range[0];
    return NatRange{.flags = range.flags,
                    .low = bytes_of(range.min_ip),
                    .high = bytes_of(range.max_ip),
                    .first_port = from_network(range.min.all),
                    .last_port = from_network(range.max.all)};
  }
  const auto range = structure_in<nf_nat_range>(target.info);
  if (!range) return std::nullopt;
  const std::size_t size = family == IpFamily::ipv4 ? 4 : 16;
  return NatRange{.flags = range->flags,
                  .low = bytes_of(range->min_addr, size),
                  .high = bytes_of(range->max_addr, size),
                  .first_port = from_network(range->min_proto.all),
                  .last_port = from_network(range->max_proto.all)};
}

std::string port_words(const NatRange& range) {
  std::string words = std::to_string(range.first_port);
  if (range.last_port != range.first_port) words += '-' + std::to_string(range.last_port);
  return words;
}

std::string place_words(const NatRange& range) {
  std::string words;
  const bool with_port = (range.flags & NF_NAT_RANGE_PROTO_SPECIFIED) != 0;
  if ((range.flags & NF_NAT_RANGE_MAP_IPS) != 0) {
    words = address_text(range.low);
    if (range.high != range.low) words += '-' + address_text(range.high);
    if (with_port && range.low.size() > 4) words = '[' + words + ']';
  }
  return with_port ? words + ':' + port_words(range) : words;
}

std::string flag_words(unsigned flags) {
  std::string words;
  if ((flags & NF_NAT_RANGE_PROTO_RANDOM) != 0) words += " --random";
  if ((flags & NF_NAT_RANGE_PROTO_RANDOM_FULLY) != 0) words += " --random-fully";
  if ((flags & NF_NAT_RANGE_PERSISTENT) != 0) words += " --persistent";
  return words;
}

Words nat_words(const Extension& target, IpFamily family, std::string_view option) {
  constexpr unsigned kKnown = NF_NAT_RANGE_MAP_IPS | NF_NAT_RANGE_PROTO_SPECIFIED |
                              NF_NAT_RANGE_PROTO_RANDOM_ALL | NF_NAT_RANGE_PERSISTENT;
  const auto range = nat_range(target, family);
  if (!range || (range->flags & ~kKnown) != 0) return std::nullopt;
  return std::string{option} + ' ' + place_words(*range) + flag_words(range->flags);
}

/// MASQUERADE and REDIRECT, which take ports only.
Words port_nat_words(const Extension& target, IpFamily family) {
  const auto range = nat_range(target, family);
  if (!range) return std::nullopt;
  std::string words = flag_words(range->flags);
  if (!words.empty()) words.erase(0, 1);
  if ((range->flags & NF_NAT_RANGE_PROTO_SPECIFIED) == 0) return words;
  return "--to-ports " + port_words(*range) + (words.empty() ? "" : ' ' + words);
}

Words log_words(const Extension& target) {
  constexpr unsigned char kDefaultLevel = 4;
  const auto info = structure_in<xt_log_info>(target.info);
  if (!info) return std::nullopt;
  std::string words;
  const auto add = [&](const std::string& option) { words += (words.empty() ? "" : " ") + option; };
  const std::string prefix = name_in(info->prefix);
  if (!prefix.empty()) add("--log-prefix \"" + prefix + '"');
  if (info->level != kDefaultLevel) add("--log-level " + std::to_string(info->level));
  constexpr std::array kFlags{std::pair{unsigned{XT_LOG_TCPSEQ}, "--log-tcp-sequence"},
                              std::pair{unsigned{XT_LOG_TCPOPT}, "--log-tcp-options"},
                              std::pair{unsigned{XT_LOG_IPOPT}, "--log-ip-options"},
                              std::pair{unsigned{XT_LOG_UID}, "--log-uid"},
                              std::pair{unsigned{XT_LOG_MACDECODE}, "--log-macdecode"}};
  for (const auto& [bit, option] : kFlags)
    if ((info->logflags & bit) != 0) add(option);
  return words;
}

Words nflog_words(const Extension& target) {
  const auto info = structure_in<xt_nflog_info>(target.info);
  if (!info) return std::nullopt;
  std::string words;
  const auto add = [&](const std::string& option) { words += (words.empty() ? "" : " ") + option; };
  const std::string prefix = name_in(info->prefix);
  if (!prefix.empty()) add("--nflog-prefix \"" + prefix + '"');
  if (info->group != 0) add("--nflog-group " + std::to_string(info->group));
  if ((info->flags & XT_NFLOG_F_COPY_LEN) != 0) add("--nflog-size " + std::to_string(info->len));
  if (info->threshold > 1) add("--nflog-threshold " + std::to_string(info->threshold));
  return words;
}

Words connmark_words(const Extension& target) {
  const auto info = structure_in<xt_connmark_tginfo1>(target.info);
  if (target.revision != 1 || !info) return std::nullopt;
  const std::string masks =
      info->ctmask == UINT32_MAX && info->nfmask == UINT32_MAX
          ? ""
          : " --nfmask " + hex_text(info->nfmask) + " --ctmask " + hex_text(info->ctmask);
  switch (info->mode) {
    case XT_CONNMARK_SET:
      return "--set-xmark " + hex_text(info->ctmark) + '/' + hex_text(info->ctmask);
    case XT_CONNMARK_SAVE: return "--save-mark" + masks;
    case XT_CONNMARK_RESTORE: return "--restore-mark" + masks;
    default: return std::nullopt;
  }
}

Words ct_words(const Extension& target) {
  const auto info =
      structure_in<xt_ct_target_info>(target.info, offsetof(xt_ct_target_info, helper) + 16);
  if (!info) return std::nullopt;
  if ((info->flags & XT_CT_NOTRACK) != 0) return "--notrack";
  const std::string helper = name_in(info->helper);
  if (helper.empty() || info->zone != 0 || info->flags != 0) return std::nullopt;
  return "--helper " + helper;
}

Words tproxy_words(const Extension& target, IpFamily family) {
  const std::size_t size = family == IpFamily::ipv4 ? 4 : 16;
  const auto info = structure_in<xt_tproxy_target_info_v1>(target.info);
  if (target.revision != 1 || !info) return std::nullopt;
  return "--on-port " + std::to_string(from_network(info->lport)) + " --on-ip " +
         address_text(bytes_of(info->laddr, size)) + " --tproxy-mark " +
         hex_text(info->mark_value) + '/' + hex_text(info->mark_mask);
}

Words tcpmss_words(const Extension& target) {
  const auto info = structure_in<xt_tcpmss_info>(target.info);
  if (!info) return std::nullopt;
  if (info->mss == XT_TCPMSS_CLAMP_PMTU) return "--clamp-mss-to-pmtu";
  return "--set-mss " + std::to_string(info->mss);
}

Words queue_words(const Extension& target) {
  const auto info = structure_in<xt_NFQ_info_v3>(target.info, sizeof(xt_NFQ_info));
  if (!info) return std::nullopt;
  std::string words = "--queue-num " + std::to_string(info->queuenum);
  if (target.revision > 0 && info->queues_total > 1)
    words = "--queue-balance " + std::to_string(info->queuenum) + ':' +
            std::to_string(info->queuenum + info->queues_total - 1);
  if (target.revision > 1 && (info->flags & NFQ_FLAG_BYPASS) != 0) words += " --queue-bypass";
  return words;
}

Words words_of(const Extension& target, IpFamily family) {
  if (target.name == "DNAT") return nat_words(target, family, "--to-destination");
  if (target.name == "SNAT") return nat_words(target, family, "--to-source");
  if (target.name == "MASQUERADE" || target.name == "REDIRECT")
    return port_nat_words(target, family);
  if (target.name == "LOG") return log_words(target);
  if (target.name == "NFLOG") return nflog_words(target);
  if (target.name == "CONNMARK") return connmark_words(target);
  if (target.name == "CT") return ct_words(target);
  if (target.name == "NOTRACK") return "";
  if (target.name == "TPROXY") return tproxy_words(target, family);
  if (target.name == "TCPMSS") return tcpmss_words(target);
  if (target.name == "CHECKSUM") return "--checksum-fill";
  return std::nullopt;
}

std::optional<Action> set_mark_action(const Extension& target) {
  const auto info = structure_in<xt_mark_tginfo2>(target.info);
  if (target.revision != 2 || !info) return std::nullopt;
  return Action{.kind = Action::Kind::set_mark,
                .name = "MARK",
                .arguments = "--set-xmark " + hex_text(info->mark) + '/' + hex_text(info->mask),
                .clear = info->mask,
                .change = info->mark};
}

Action with_words(Action::Kind kind, const Extension& target, const Words& words) {
  return {.kind = kind,
          .name = std::string{target.name},
          .arguments = words.value_or(""),
          .decoded = words.has_value()};
}

}  // namespace

Action decode_xt_target(const Extension& target, IpFamily family) {
  if (target.name == "MARK")
    if (auto action = set_mark_action(target)) return *action;
  if (target.name == "REJECT")
    return with_words(Action::Kind::reject, target, reject_words(target, family));
  if (target.name == "NFQUEUE") return with_words(Action::Kind::queue, target, queue_words(target));
  return with_words(Action::Kind::target, target, words_of(target, family));
}

}  // namespace iptmode::kernel
