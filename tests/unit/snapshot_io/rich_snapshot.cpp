// SPDX-License-Identifier: GPL-2.0-or-later
#include "rich_snapshot.h"

#include <limits>

namespace iptmode {
namespace {

using namespace std::string_literals;

Program a_program(std::string name) {
  return {.name = name,
          .path = "/usr/sbin/" + name,
          .chain = {"/usr/sbin/" + name, "/etc/alternatives/" + name,
                    "/usr/sbin/xtables-nft-multi\xff\x1b[2J"},
          .form = ProgramForm::multi,
          .by_file = {.backend = Backend::nf_tables, .version = Version{1, 8, 9}},
          .nft_version = "1.0.6.1",
          .by_run = Identity{.backend = Backend::legacy},
          .run_problem = "signal 9",
          .problem = "readlink: \\ Permission denied",
          .device = std::numeric_limits<std::uint64_t>::max(),
          .inode = 1,
          .mode = 0755};
}

Installation a_place() {
  return {.search_path = {"/usr/sbin", "/sbin"},
          .programs = {a_program("iptables"), a_program("iptables-save")},
          .multis = {a_program("xtables-legacy-multi")},
          .libraries = {a_program("libnftables.so.1")},
          .wrapper_present = true};
}

Component a_component(ComponentKind kind, std::int32_t pid) {
  return {.kind = kind,
          .pid = pid,
          .command = "/usr/local/bin/x --config=\"y\"\n",
          .executable = "/usr/local/bin/x (deleted)",
          .network_namespace = 4026531840,
          .mount_namespace = 4026532500,
          .impostor = ImpostorReason::other_user_namespace,
          .container_id = std::string(64, 'a'),
          .pod_uid = "5086fc31-c2e6-f7a0-fd87-a3ffd85b5253",
          .declared = {.mode = "nftables",
                       .backend = Backend::nf_tables,
                       .native_nft = true,
                       .settings = {{"FELIX_IPTABLESBACKEND", "auto"}, {"--m\xc0", "\0x"s}}},
          .installation = a_place()};
}

OwnerUse a_use(OwnerSet owners) {
  return {.owners = owners, .chains = 2, .rules = 3, .translations = 1, .patterns = {"KUBE-SVC-*"}};
}

BaseChain a_base_chain() {
  return {.name = "INPUT\x1b[31m",
          .type = "filter",
          .hook = "input",
          .priority = std::numeric_limits<std::int32_t>::min(),
          .policy = "drop",
          .rules = 9};
}

RuleShape a_shape() {
  std::string every_byte;
  for (int byte = 0; byte < 256; ++byte) every_byte += static_cast<char>(byte);
  const Interval port{.low = "\0\x35"s, .high = "\0\x36"s};
  return {
      .chain = "KUBE-FIREWALL\n",
      .base_chain = true,
      .owners = OwnerSet{Owner::kubelet} | Owner::kube_proxy,
      .rules = 36000,
      .expressions = every_byte,
      .user_data = "\0\x02x"s,
      .sets = {"\x08\0"s, ""},
      .ip_sets =
          {{.index = 3, .name = "KUBE-SRC-\x1b", .type = "hash:ip", .revision = 4, .family = 2}},
      .rule = {.conditions = {{.field = Field::destination_port,
                               .negated = true,
                               .prefix = true,
                               .mask = "\xff\xff",
                               .any_of = {port},
                               .name = "tcp",
                               .arguments = "--dport 53:54",
                               .decoded = false}},
               .action = {.kind = Action::Kind::set_mark,
                          .chain = "KUBE-MARK-DROP",
                          .name = "MARK",
                          .arguments = "--or-mark 0x8000",
                          .clear = 0x8000,
                          .change = std::numeric_limits<std::uint32_t>::max(),
                          .decoded = false},
               .comment = "it's \"quoted\""},
      .native = true};
}

CrossReading a_cross_reading() {
  const SaveRun run{.outcome = SaveRun::Outcome::incomplete,
                    .detail = "exit status 3: \x1b",
                    .text = "*filter\n-A s0 -j DROP\n"};
  return {.skipped = "user namespaces are switched off",
          .readers = {{.reader = {.label = "k0s",
                                  .places = {"k0s", "kubelet (pid 19)"},
                                  .path = "/var/lib/k0s/bin/xtables-nft-multi",
                                  .version = Version{1, 8, 11},
                                  .device = 2049,
                                  .inode = std::numeric_limits<std::uint64_t>::max()},
                       .families = {{.family = IpFamily::ipv6,
                                     .whole = run,
                                     .alone = {{.table = "nat", .shape = 17, .run = run}}}},
                       .bugs = {{.bug = "interface_ignored",
                                 .outcome = BugProbe::Outcome::present,
                                 .detail = "-C with another interface: exit status 0"}}}},
          .set_aside = {{.family = IpFamily::ipv6,
                         .table = "filter",
                         .shape = 3,
                         .reason = "No such file or directory"}},
          .legacy = {{.program = {.label = "host",
                                  .places = {"host"},
                                  .path = "/usr/sbin/xtables-legacy-multi",
                                  .version = Version{1, 8, 9},
                                  .device = 7,
                                  .inode = 11},
                      .bugs = {{.bug = "ipv6_legacy_check",
                                .outcome = BugProbe::Outcome::absent,
                                .detail = "exit status 1"}}}}};
}

RepeatedRule a_repeated_rule() {
  return {.chain = "INPUT", .owners = Owner::docker, .copies = 3, .rule = "-j X\xff"};
}

HostSettings some_host_settings() {
  const RulesetFlush flush{.file = "/etc/nftables.conf", .line = 3, .family = "ip"};
  return {.nftables_service = NftablesService{.unit = "/lib/systemd/system/nftables.service",
                                              .enabled_by = "/etc/x.wants/nftables.service",
                                              .at_start = {flush},
                                              .at_stop = {flush}},
          .ufw = UfwSettings{.enabled = false, .forward_policy = "DROP"},
          .host_ports = {{.pod = "default/web",
                          .container_id = std::string(64, 'b'),
                          .network = "cbr0",
                          .address = "192.168.1.7",
                          .port = 8080,
                          .container_port = 80,
                          .protocol = "tcp",
                          .running = true}}};
}

Doors some_doors() {
  return {.default_routes =
              {{.family = IpFamily::ipv6, .metric = 100, .link = "eth0", .gateway = "fe80::1"}},
          .listeners = {{.protocol = 6, .port = 6443, .address = "::"}}};
}

PacketPath a_packet_path() {
  return {.questions = {{.id = "kubeApiserver",
                         .packet = {.way = Packet::Way::forward,
                                    .family = IpFamily::ipv6,
                                    .protocol = 6,
                                    .source = {{.low = "\0\x01"s, .high = "\xff\xff"s}},
                                    .destination = {{.low = "a", .high = "b"}},
                                    .destination_port = {{.low = "\x19\x2b", .high = "\x19\x2b"}},
                                    .in_interfaces = {"eth0"},
                                    .out_interfaces = {"cni0", "cali1"}}}},
          .translated = {{.question = 0,
                          .action = "-j DNAT --to-destination [fd00::1]:80",
                          .packet = {.protocol = 17, .destination = {{.low = "c", .high = "d"}}}}},
          .tables = {{.backend = Backend::legacy,
                      .family = "ip6",
                      .name = "filter",
                      .chains = {{.name = "INPUT",
                                  .base = a_base_chain(),
                                  .rules = {{.number = 3, .rule = a_shape().rule}},
                                  .cut = true}}}},
          .address_sets = {
              {.name = "peers", .family = IpFamily::ipv6, .members = {{.low = "e", .high = "f"}}}}};
}

NetworkState a_network() {
  const OwnerSet shared = OwnerSet{Owner::kubelet} | Owner::kube_proxy;
  NetworkState state{.network_namespace = 4026531840, .generation = 17};
  state.legacy = {LegacyTable{.family = IpFamily::ipv6,
                              .name = "nat",
                              .chains = 5,
                              .rules = 6,
                              .base_chains = {a_base_chain()},
                              .owners = {a_use(shared), a_use({})},
                              .repeated = {a_repeated_rule()},
                              .host_ports = {"CNI-DN-0a1b"}}};
  state.nft = {NftTable{.family = "inet",
                        .name = "t\xed\xa0\x80",
                        .compat = true,
                        .table_owner = Owner::libvirt,
                        .chains = 1,
                        .rules = 2,
                        .base_chains = {a_base_chain()},
                        .owners = {a_use(Owner::felix)},
                        .encodings = {1, 2, 3, 4, 5, 6, 7},
                        .shapes = {a_shape(), RuleShape{}},
                        .unshaped_rules = 8,
                        .repeated = {a_repeated_rule()},
                        .host_ports = {"CNI-DN-0a1b"},
                        .described_sets = 2,
                        .described_set = "s\x1b"}};
  state.hints[Backend::nf_tables] = {HintChains{.ipt_hint = true}, HintChains{.canary = true}};
  state.doors = some_doors();
  state.packet_path = a_packet_path();
  state.libnftables = {.outcome = Libnftables::Outcome::died, .detail = "signal 11"};
  state.links = {NetworkLink{.name = "vxlan.calico",
                             .kind = "vxlan",
                             .up = true,
                             .addresses = {"10.244.1.0/32"},
                             .port = 4789,
                             .peers = {{"192.168.1.8", "192.168.1.9"}}}};
  state.tunnel_routes = {
      {.destination = "10.244.7.0/26", .gateway = "192.168.1.8", .link = "tunl0"}};
  return state;
}

Firewalld a_firewalld() {
  const FirewalldSettings settings{.backend = "iptables",
                                   .flush_all_on_reload = false,
                                   .nftables_table_owner = true,
                                   .default_zone = "public"};
  return {.running = true,
          .pid = 812,
          .bus_owner = ":1.7",
          .version = "1.3.3",
          .file = settings,
          .daemon = settings,
          .source = FirewalldSource::daemon,
          .zones = {{.name = "k0s\xff",
                     .target = "%%REJECT%%",
                     .is_default = true,
                     .forward = true,
                     .masquerade = true,
                     .interfaces = {"cali+"},
                     .sources = {"10.244.0.0/16"},
                     .services = {"ssh"},
                     .ports = {"6443/tcp"},
                     .service_ports = {"22/tcp"},
                     .protocols = {"vrrp"},
                     .rich_rules = 2}},
          .policies = {{.name = "egress",
                        .target = "ACCEPT",
                        .masquerade = true,
                        .ingress_zones = {"ANY"},
                        .egress_zones = {"HOST"}}}};
}

NodeNetworks some_node_networks() {
  return {.pods = {{.cidr = "10.244.0.0/16", .origin = "kube-proxy clusterCIDR"}},
          .services = {{.cidr = "10.96.0.0/12", .origin = "/etc/k0s/k0s.yaml"}},
          .cni = {{.file = "/etc/cni/net.d/10-kuberouter.conflist",
                   .name = "cbr0",
                   .plugins = {"bridge", "portmap"},
                   .bridges = {"kube-bridge"}}},
          .encapsulation = {{"CALICO_IPV4POOL_IPIP", "Always"}}};
}

}  // namespace

Snapshot a_rich_snapshot() {
  Snapshot snapshot{.tool_version = "0.1.0", .taken_at = -1};
  snapshot.node = {.hostname = "n\u00f6de \u202e",
                   .kernel = "6.1.0",
                   .os_id = "debian",
                   .os_version = "12",
                   .role = NodeRole::controller_worker,
                   .distribution = Distribution::embedded_cluster,
                   .network_namespace = 4026531840};
  snapshot.k0s = K0s{.data_dir = "/var/lib/k0s",
                     .bin_dir = "/var/lib/k0s/bin",
                     .found_by = "--data-dir",
                     .mode = "nft",
                     .version = "v1.32.4+k0s.0",
                     .running = true,
                     .installation = a_place(),
                     .bin_mode = 0750};
  snapshot.host = a_place();
  snapshot.components = {a_component(ComponentKind::kube_proxy, 1311),
                         a_component(ComponentKind::libvirtd, 7)};
  snapshot.support = {.legacy = Support::no,
                      .nft = Support::yes,
                      .legacy_evidence = "CONFIG_NETFILTER_XTABLES_LEGACY is not set",
                      .nft_evidence = "modules.builtin",
                      .extensions = {{"xt_comment", Support::yes, "modules.dep"}}};
  snapshot.host_settings = some_host_settings();
  snapshot.networks = {a_network(), NetworkState{.network_namespace = 5}};
  snapshot.cross_reading = a_cross_reading();
  snapshot.firewalld = a_firewalld();
  snapshot.node_networks = some_node_networks();
  snapshot.host_writers = {{.kind = HostWriterKind::script,
                            .writer = "/etc/rc.local",
                            .evidence = "/etc/rc.local:4: iptables -F"}};
  snapshot.gaps = {{.subject = "pid 3", .reason = "gone", .hides = Fact::kernel_support},
                   {.subject = "pid 4", .reason = "setns: \xff"}};
  return snapshot;
}

}  // namespace iptmode
