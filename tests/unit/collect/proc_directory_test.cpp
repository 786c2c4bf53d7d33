// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/proc_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "collect/process_scan.h"

namespace iptmode::collect {
namespace {

namespace fs = std::filesystem;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

/// A tree that looks like /proc, in a temporary directory.
class ProcTree : public ::testing::Test {
 protected:
  ProcTree() : root_{fs::temp_directory_path() / ("iptmode-proc-" + std::to_string(::getpid()))} {
    fs::remove_all(root_);
    fs::create_directories(root_);
  }
  ~ProcTree() override { fs::remove_all(root_); }

  void write(const std::string& path, const std::string& text) {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream{root_ / path} << text;
  }

  void link(const std::string& path, const std::string& target) {
    fs::create_directories((root_ / path).parent_path());
    fs::create_symlink(target, root_ / path);
  }

  void add_process(int pid, const std::string& comm, const std::string& executable,
                   const std::string& command_line) {
    const std::string base = std::to_string(pid) + "/";
    write(base + "comm", comm + "\n");
    write(base + "cmdline", command_line);
    write(base + "status", "Name:\t" + comm + "\nCapEff:\t000001ffffffffff\n");
    write(base + "cgroup", "0::/init.scope\n");
    if (!executable.empty()) link(base + "exe", executable);
    for (const std::string type : {"net", "mnt", "user"}) link(base + "ns/" + type, type + ":[77]");
  }

  ProcDirectory open() { return std::move(*ProcDirectory::open(root_.string())); }

  fs::path root_;
};

TEST_F(ProcTree, ListsNumbersOnly) {
  write("1/comm", "init\n");
  write("4711/comm", "k0s\n");
  write("self/comm", "x\n");
  write("12x/comm", "x\n");
  write("version", "Linux");
  ProcDirectory proc = open();
  const auto pids = proc.pids();
  ASSERT_TRUE(pids.has_value());
  EXPECT_THAT(*pids, UnorderedElementsAre(1, 4711));
  EXPECT_THAT(*proc.pids(), UnorderedElementsAre(1, 4711)) << "a second scan starts over";
}

TEST_F(ProcTree, ReadsCommWithoutItsNewline) {
  write("1/comm", "a\nb\n");
  ProcDirectory proc = open();
  EXPECT_EQ(proc.read(1, "comm").value_or(""), "a\nb");
  const auto gone = proc.read(2, "comm");
  ASSERT_FALSE(gone.has_value());
  EXPECT_TRUE(has_exited(gone.error()));
}

TEST_F(ProcTree, KnowsItsOwnNumber) {
  link("self", "4711");
  EXPECT_EQ(open().own_pid().value_or(0), 4711);
  fs::remove(root_ / "self");
  link("self", "nobody");
  EXPECT_FALSE(open().own_pid().has_value());
}

TEST_F(ProcTree, AMissingRootIsAnError) {
  EXPECT_FALSE(ProcDirectory::open((root_ / "absent").string()).has_value());
}

TEST_F(ProcTree, IsScannedForComponents) {
  using namespace std::string_literals;
  add_process(1, "systemd", "/usr/lib/systemd/systemd", "/sbin/init\0"s);
  add_process(2, "kthreadd", "", "");
  add_process(3, "kubelet", "", "");  // a zombie: no executable
  add_process(812, "k0s", "/usr/local/bin/k0s", "/usr/local/bin/k0s\0worker\0"s);
  add_process(900, "python3", "/usr/bin/python3.11", "python3\0-u\0/usr/sbin/firewalld\0"s);
  add_process(901, "python3", "/usr/bin/python3.11", "python3\0server.py\0"s);
  ProcDirectory proc = open();
  const ProcessScan scan = scan_processes(proc, 0);
  EXPECT_THAT(scan.gaps, IsEmpty());
  ASSERT_EQ(scan.records.size(), 2U);
  EXPECT_EQ(scan.records[0].match.command, "k0s worker");
  EXPECT_EQ(scan.records[1].match.command, "firewalld");
  ASSERT_TRUE(scan.node.has_value());
  EXPECT_EQ(scan.node->network, 77U);
}

}  // namespace
}  // namespace iptmode::collect
