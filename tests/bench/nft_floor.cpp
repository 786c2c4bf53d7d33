// SPDX-License-Identifier: GPL-2.0-or-later
// The least work that counts every nft rule: one dump of the chains, then for each chain that is in
// use one filtered dump of its rules. Nothing is looked at but the chains' names.
#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

struct Chain {
  std::uint8_t family = 0;
  std::uint32_t use = 0;
  std::uint32_t table = 0;
  std::uint32_t name = 0;
};
struct Floor {
  std::vector<Chain> chains = {};
  std::string names = {};
  std::uint64_t rules = 0;
};

std::uint32_t keep(std::string& names, const char* name) {
  const auto at = static_cast<std::uint32_t>(names.size());
  names.append(name).push_back('\0');
  return at;
}

int on_chain_attribute(const nlattr* attribute, void* data) {
  auto& floor = *static_cast<Floor*>(data);
  Chain& chain = floor.chains.back();
  switch (mnl_attr_get_type(attribute)) {
    case NFTA_CHAIN_TABLE: chain.table = keep(floor.names, mnl_attr_get_str(attribute)); break;
    case NFTA_CHAIN_NAME: chain.name = keep(floor.names, mnl_attr_get_str(attribute)); break;
    case NFTA_CHAIN_USE: chain.use = ntohl(mnl_attr_get_u32(attribute)); break;
    default: break;
  }
  return MNL_CB_OK;
}

int on_chain(const nlmsghdr* message, void* data) {
  auto& floor = *static_cast<Floor*>(data);
  const auto* header = static_cast<const nfgenmsg*>(mnl_nlmsg_get_payload(message));
  floor.chains.push_back({.family = header->nfgen_family});
  return mnl_attr_parse(message, sizeof(nfgenmsg), on_chain_attribute, data);
}

int on_rule(const nlmsghdr* /*message*/, void* data) {
  ++static_cast<Floor*>(data)->rules;
  return MNL_CB_OK;
}

[[noreturn]] void fail(const char* call) {
  std::perror(call);
  std::exit(2);
}

class Dump {
 public:
  Dump() : socket_{mnl_socket_open(NETLINK_NETFILTER)}, buffer_(std::size_t{64} * 1024) {
    if (socket_ == nullptr || mnl_socket_bind(socket_, 0, MNL_SOCKET_AUTOPID) != 0) fail("socket");
  }
  Dump(const Dump&) = delete;
  Dump& operator=(const Dump&) = delete;
  ~Dump() { mnl_socket_close(socket_); }

  void run(std::uint16_t type, mnl_cb_t callback, Floor& floor, const Chain* only) {
    nlmsghdr* message = mnl_nlmsg_put_header(buffer_.data());
    message->nlmsg_type = static_cast<std::uint16_t>((NFNL_SUBSYS_NFTABLES << 8U) | type);
    message->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    message->nlmsg_seq = ++sequence_;
    auto* header = static_cast<nfgenmsg*>(mnl_nlmsg_put_extra_header(message, sizeof(nfgenmsg)));
    if (only != nullptr) {
      header->nfgen_family = only->family;
      mnl_attr_put_strz(message, NFTA_RULE_TABLE, floor.names.c_str() + only->table);
      mnl_attr_put_strz(message, NFTA_RULE_CHAIN, floor.names.c_str() + only->name);
    }
    if (mnl_socket_sendto(socket_, message, message->nlmsg_len) < 0) fail("sendto");
    for (int outcome = MNL_CB_OK; outcome == MNL_CB_OK;) {
      const auto length = mnl_socket_recvfrom(socket_, buffer_.data(), buffer_.size());
      if (length < 0) fail("recvfrom");
      outcome = mnl_cb_run(buffer_.data(), static_cast<std::size_t>(length), sequence_,
                           mnl_socket_get_portid(socket_), callback, &floor);
      if (outcome == MNL_CB_ERROR) fail("dump");
    }
  }

 private:
  mnl_socket* socket_;
  unsigned sequence_ = 0;
  std::vector<char> buffer_;
};

}  // namespace

int main() {
  Floor floor;
  Dump dump;
  dump.run(NFT_MSG_GETCHAIN, on_chain, floor, nullptr);
  for (const Chain& chain : floor.chains)
    if (chain.use != 0) dump.run(NFT_MSG_GETRULE, on_rule, floor, &chain);
  std::printf("%zu chains, %llu rules\n", floor.chains.size(),
              static_cast<unsigned long long>(floor.rules));
  return 0;
}
