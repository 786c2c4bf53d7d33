// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/process_scan.h"

#include <algorithm>

#include "collect/arguments.h"
#include "collect/process_status.h"

namespace iptmode::collect {

namespace {

Gap process_gap(std::string subject, const Error& error) {
  return {.subject = std::move(subject), .reason = to_string(error), .hides = Fact::processes};
}

Result<NamespaceId> namespace_of(ProcessTable& table, pid_t pid, const char* type) {
  const auto target = table.link(pid, std::string{"ns/"}.append(type).c_str());
  if (!target) return tl::unexpected{target.error()};
  return parse_namespace_link(type, *target);
}

Result<ProcessPlace> place_of(ProcessTable& table, pid_t pid) {
  const auto network = namespace_of(table, pid, "net");
  if (!network) return tl::unexpected{network.error()};
  const auto mount = namespace_of(table, pid, "mnt");
  if (!mount) return tl::unexpected{mount.error()};
  const auto user = namespace_of(table, pid, "user");
  if (!user) return tl::unexpected{user.error()};
  return ProcessPlace{.network = *network, .mount = *mount, .user = *user};
}

/// The parts that only a matched process is asked for.
Result<> read_details(ProcessTable& table, ProcessRecord& record) {
  const auto status = table.read(record.pid, "status");
  if (!status) return tl::unexpected{status.error()};
  const auto capabilities = parse_effective_capabilities(*status);
  if (!capabilities) return tl::unexpected{capabilities.error()};
  record.net_admin = has_net_admin(*capabilities);
  const auto place = place_of(table, record.pid);
  if (!place) return tl::unexpected{place.error()};
  record.place = *place;
  const auto cgroup = table.read(record.pid, "cgroup");
  if (!cgroup) return tl::unexpected{cgroup.error()};
  record.container = parse_cgroup(*cgroup);
  return {};
}

/// Nothing when the process is no component after all.
Result<std::optional<ProcessRecord>> read_candidate(ProcessTable& table, pid_t pid) {
  const auto executable = table.link(pid, "exe");
  if (!executable) return tl::unexpected{executable.error()};
  const auto arguments = table.read(pid, "cmdline");
  if (!arguments) return tl::unexpected{arguments.error()};
  ProcessRecord record{.pid = pid};
  record.executable = without_deleted_mark(*executable);
  record.arguments = split_zero_terminated(*arguments);
  auto match = match_component(record.executable, record.arguments);
  if (!match) return std::nullopt;
  record.match = std::move(*match);
  if (const auto read = read_details(table, record); !read) return tl::unexpected{read.error()};
  return record;
}

void scan_process(ProcessTable& table, pid_t pid, ProcessScan& scan) {
  const auto comm = table.read(pid, "comm");
  const std::string number = "pid " + std::to_string(pid);
  if (!comm) {
    if (!has_exited(comm.error())) scan.gaps.push_back(process_gap(number, comm.error()));
    return;
  }
  if (!may_be_component(*comm)) return;
  auto record = read_candidate(table, pid);
  if (record && *record) scan.records.push_back(std::move(**record));
  if (!record && !has_exited(record.error()))
    scan.gaps.push_back(process_gap(*comm + " (" + number + ")", record.error()));
}

/// The first pid namespace has a fixed number (PROC_PID_INIT_INO of linux/proc_ns.h).
bool is_within_container(ProcessTable& table) {
  constexpr NamespaceId kFirstPidNamespace = 0xEFFFFFFC;
  const auto id = namespace_of(table, 1, "pid");
  return id && *id != kFirstPidNamespace;
}

void find_node(ProcessTable& table, pid_t own_pid, ProcessScan& scan) {
  const auto first = place_of(table, 1);
  if (first) {
    scan.node = *first;
    return;
  }
  scan.gaps.push_back(process_gap("pid 1", first.error()));
  if (own_pid == 0) return;
  const auto own = place_of(table, own_pid);
  if (!own) return;
  scan.node = *own;
  scan.witness = own_pid;
}

}  // namespace

ProcessScan scan_processes(ProcessTable& table, pid_t own_pid) {
  ProcessScan scan{.within_container = is_within_container(table)};
  find_node(table, own_pid, scan);
  auto pids = table.pids();
  if (!pids) {
    scan.gaps.push_back(process_gap("process table", pids.error()));
    return scan;
  }
  std::ranges::sort(*pids);
  for (const pid_t pid : *pids) scan_process(table, pid, scan);
  return scan;
}

}  // namespace iptmode::collect
