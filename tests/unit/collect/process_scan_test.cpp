// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/process_scan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fake_node.h"

namespace iptmode::collect {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const FakeProcess kKubelet{.comm = "kubelet",
                           .executable = "/var/lib/k0s/bin/kubelet (deleted)",
                           .arguments = {"/var/lib/k0s/bin/kubelet", "--v=1"}};

TEST(ScanProcesses, ReadsTheDetailsOfComponents) {
  FakeProcesses table;
  table.processes[7] = kKubelet;
  const ProcessScan scan = scan_processes(table, 0);
  EXPECT_THAT(scan.gaps, IsEmpty());
  ASSERT_EQ(scan.records.size(), 1U);
  const ProcessRecord& record = scan.records.front();
  EXPECT_EQ(record.pid, 7);
  EXPECT_EQ(record.executable, "/var/lib/k0s/bin/kubelet");
  EXPECT_THAT(record.arguments, ElementsAre("/var/lib/k0s/bin/kubelet", "--v=1"));
  EXPECT_TRUE(record.net_admin);
  EXPECT_EQ(record.place, (ProcessPlace{kNodeNet, kNodeMount, kNodeUser}));
  EXPECT_EQ(scan.node, record.place);
  EXPECT_EQ(scan.witness, 1);
}

TEST(ScanProcesses, AsksOtherProcessesForTheirCommOnly) {
  FakeProcesses table;
  for (pid_t pid = 2; pid < 1000; ++pid) table.processes[pid] = {.comm = "sleep"};
  table.processes[1000] = kKubelet;
  (void)scan_processes(table, 0);
  EXPECT_EQ(table.asked.count("comm"), 1000U);
  EXPECT_EQ(table.asked.count("exe"), 1U);
  EXPECT_EQ(table.asked.count("status"), 1U);
  EXPECT_EQ(table.asked.size(), 1000U + 4U + 7U);  // pid 1's namespaces, and all of kubelet
}

TEST(ScanProcesses, LeavesOutAProcessThatExits) {
  for (const char* file : {"comm", "exe", "cmdline", "status", "ns/net", "cgroup"})
    for (const int errnum : {ENOENT, ESRCH}) {
      SCOPED_TRACE(file);
      FakeProcesses table;
      table.processes[7] = kKubelet;
      table.failures[{7, file}] = errnum;
      const ProcessScan scan = scan_processes(table, 0);
      EXPECT_THAT(scan.records, IsEmpty());
      EXPECT_THAT(scan.gaps, IsEmpty());
    }
}

TEST(ScanProcesses, ReportsAProcessItMayNotRead) {
  for (const char* file : {"exe", "cmdline", "status", "ns/net", "ns/mnt", "ns/user", "cgroup"}) {
    SCOPED_TRACE(file);
    FakeProcesses table;
    table.processes[7] = kKubelet;
    table.failures[{7, file}] = EACCES;
    const ProcessScan scan = scan_processes(table, 0);
    EXPECT_THAT(scan.records, IsEmpty());
    ASSERT_EQ(scan.gaps.size(), 1U);
    EXPECT_EQ(scan.gaps[0].subject, "kubelet (pid 7)");
    EXPECT_THAT(scan.gaps[0].reason, HasSubstr("Permission denied"));
    EXPECT_EQ(scan.gaps[0].hides, Fact::processes);
  }
}

TEST(ScanProcesses, AnUnreadableCommIsAGap) {
  FakeProcesses table;
  table.processes[7] = kKubelet;
  table.failures[{7, "comm"}] = EACCES;  // hidepid=1
  const ProcessScan scan = scan_processes(table, 0);
  ASSERT_EQ(scan.gaps.size(), 1U);
  EXPECT_EQ(scan.gaps[0].subject, "pid 7");
}

TEST(ScanProcesses, AHiddenInitIsAGapAndOurOwnPlaceStandsIn) {
  FakeProcesses table;
  table.processes.erase(1);  // hidepid=2
  table.processes[42] = {.comm = "iptmode", .place = {11, 12, 13}};
  const ProcessScan scan = scan_processes(table, 42);
  ASSERT_EQ(scan.gaps.size(), 1U);
  EXPECT_EQ(scan.gaps[0].subject, "pid 1");
  EXPECT_EQ(scan.gaps[0].hides, Fact::processes);
  EXPECT_EQ(scan.node, (ProcessPlace{11, 12, 13}));
  EXPECT_EQ(scan.witness, 42);
}

TEST(ScanProcesses, AnUnreadableTableIsAGap) {
  FakeProcesses table;
  table.scan_failure = EACCES;
  const ProcessScan scan = scan_processes(table, 0);
  ASSERT_EQ(scan.gaps.size(), 1U);
  EXPECT_EQ(scan.gaps[0].subject, "process table");
}

TEST(ScanProcesses, KernelThreadsAndImitatorsMatchNothing) {
  FakeProcesses table;
  table.processes[2] = {.comm = "k0s", .executable = "", .arguments = {}};
  table.failures[{2, "exe"}] = ENOENT;  // as of a kernel thread
  table.processes[3] = {.comm = "kube-proxy",
                        .executable = "/bin/dash",
                        .arguments = {"/bin/sh", "/usr/local/bin/kube-proxy"}};
  const ProcessScan scan = scan_processes(table, 0);
  EXPECT_THAT(scan.records, IsEmpty());
  EXPECT_THAT(scan.gaps, IsEmpty());
}

}  // namespace
}  // namespace iptmode::collect
