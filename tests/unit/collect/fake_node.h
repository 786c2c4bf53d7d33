// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <algorithm>
#include <cerrno>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "collect/sources.h"

namespace iptmode::collect {

inline constexpr NamespaceId kNodeNet = 100;
inline constexpr NamespaceId kNodeMount = 200;
inline constexpr NamespaceId kNodeUser = 300;

/// One process of a FakeNode.
struct FakeProcess {
  std::string comm = {};
  std::string executable = {};
  std::vector<std::string> arguments = {};
  ProcessPlace place = {.network = kNodeNet, .mount = kNodeMount, .user = kNodeUser};
  bool net_admin = true;
  std::string cgroup = "0::/\n";
  std::string environment = "PATH=/usr/sbin:/usr/bin";  ///< blanks in the place of zero bytes
};

/// A process table made of a map. Any file or link can be made to fail with an errno value.
class FakeProcesses final : public ProcessTable {
 public:
  std::map<pid_t, FakeProcess> processes = {{1, {.comm = "systemd", .executable = "/sbin/init"}}};
  std::map<std::pair<pid_t, std::string>, int> failures = {};
  int scan_failure = 0;
  NamespaceId pid_namespace = 0xEFFFFFFC;  ///< of every process: the machine's first
  std::multiset<std::string> asked = {};   ///< file names, to count what a scan costs

  Result<std::vector<pid_t>> pids() override {
    if (scan_failure != 0) return sys_error(scan_failure, "readdir", "proc");
    std::vector<pid_t> pids;
    for (const auto& [pid, process] : processes) pids.push_back(pid);
    std::ranges::reverse(pids);
    return pids;
  }

  Result<std::string> read(pid_t pid, const char* file) override {
    const auto process = find(pid, file);
    if (!process) return tl::unexpected{process.error()};
    const std::string name = file;
    if (name == "comm") return (*process)->comm;
    if (name == "cmdline") return joined((*process)->arguments);
    if (name == "cgroup") return (*process)->cgroup;
    if (name == "status")
      return std::string{"Name:\tx\nCapEff:\t"} +
             ((*process)->net_admin ? "000001ffffffffff\n" : "00000000a80425fb\n");
    if (name == "environ") {
      std::string bytes = (*process)->environment;
      std::ranges::replace(bytes, ' ', '\0');
      return bytes;
    }
    return sys_error(ENOENT, "openat", file);
  }

  Result<std::string> link(pid_t pid, const char* name) override {
    const auto process = find(pid, name);
    if (!process) return tl::unexpected{process.error()};
    const ProcessPlace& place = (*process)->place;
    const std::string link = name;
    if (link == "exe") return (*process)->executable;
    if (link == "root") return std::string{"/"};
    if (link == "ns/net") return "net:[" + std::to_string(place.network) + "]";
    if (link == "ns/mnt") return "mnt:[" + std::to_string(place.mount) + "]";
    if (link == "ns/pid") return "pid:[" + std::to_string(pid_namespace) + "]";
    if (link == "ns/user") return "user:[" + std::to_string(place.user) + "]";
    return sys_error(ENOENT, "readlinkat", name);
  }

 private:
  Result<const FakeProcess*> find(pid_t pid, const std::string& what) {
    asked.insert(what);
    if (const auto failure = failures.find({pid, what}); failure != failures.end())
      return sys_error(failure->second, "openat", std::to_string(pid) + "/" + what);
    const auto process = processes.find(pid);
    if (process == processes.end()) return sys_error(ENOENT, "openat", what);
    return &process->second;
  }

  static std::string joined(const std::vector<std::string>& arguments) {
    std::string bytes;
    for (const std::string& argument : arguments) bytes.append(argument).append(1, '\0');
    return bytes;
  }
};

/// Every other source, answering from maps.
class FakeHost final : public Places, public Networks, public Answers, public HostFiles {
 public:
  struct Started {
    PlaceRef place = {};
    probe::ProbeRequest request = {};
  };
  std::vector<Started> started = {};
  std::map<std::string, probe::ProbeReport> reports = {};  ///< by label; missing: an empty report
  std::map<std::string, int> start_failures = {};          ///< errno, by label
  std::map<std::string, int> look_failures = {};
  std::map<NamespaceId, int> network_failures = {};
  std::vector<kernel::NetworkReading> readings = {};
  std::vector<Domain> networks_read = {};
  std::vector<NodeNetworks> networks_asked_for = {};  ///< at each of these
  unsigned polls = 0;
  bool looks_end = false;                  ///< at their first poll; else when they are waited for
  std::function<void()> before_idle = {};  ///< called while a network is read
  std::function<void()> after_idle = {};
  Result<std::string> status = sys_error(ENOENT, "connect", "/run/k0s/status.sock");
  std::string status_socket = {};
  Result<std::string> mode = sys_error(ECONNREFUSED, "connect", "127.0.0.1:10249");
  unsigned mode_requests = 0;
  Result<firewalld::FirewalldReading> bus = sys_error(ENOENT, "openat2", "system_bus_socket");
  unsigned bus_requests = 0;
  std::map<std::string, std::uint32_t> directories = {};
  std::map<std::string, Result<std::string>> files = {};  ///< by path; a directory is their prefix

  Result<std::unique_ptr<Look>> start(const PlaceRef& place, probe::ProbeRequest request) override {
    started.push_back({place, std::move(request)});
    if (const auto failure = start_failures.find(place.label); failure != start_failures.end())
      return sys_error(failure->second, "pidfd_open", place.label);
    return std::make_unique<FakeLook>(*this, place.label);
  }

  KernelSupport support() override { return {.legacy = Support::yes, .nft = Support::yes}; }

  Result<kernel::NetworkReading> read(const Domain& domain, const KernelSupport&,
                                      const Networks::Options& options) override {
    networks_read.push_back(domain);
    networks_asked_for.push_back(options.networks);
    if (before_idle) before_idle();
    options.idle();
    if (after_idle) after_idle();
    if (const auto failure = network_failures.find(domain.network);
        failure != network_failures.end())
      return sys_error(failure->second, "setns net", std::to_string(domain.witness));
    for (const kernel::NetworkReading& reading : readings)
      if (reading.state.network_namespace == domain.network) return reading;
    return kernel::NetworkReading{.state = {.network_namespace = domain.network,
                                            .legacy = std::vector<LegacyTable>{},
                                            .nft = std::vector<NftTable>{}}};
  }

  Result<std::string> k0s_status(const std::string& socket, std::chrono::milliseconds,
                                 const std::function<void()>& idle) override {
    idle();
    status_socket = socket;
    return status;
  }

  Result<std::string> proxy_mode(pid_t, NamespaceId, std::chrono::milliseconds) override {
    ++mode_requests;
    return mode;
  }

  Result<firewalld::FirewalldReading> firewalld(std::chrono::milliseconds) override {
    ++bus_requests;
    return bus;
  }

  Result<std::uint32_t> directory_mode(const std::string& path) override {
    const auto directory = directories.find(path);
    if (directory == directories.end()) return sys_error(ENOENT, "openat2", path);
    return directory->second;
  }

  Result<std::string> read(const std::string& path, std::size_t max_bytes) override {
    const auto file = files.find(path);
    if (file == files.end()) return sys_error(ENOENT, "openat2", path);
    if (file->second && file->second->size() > max_bytes) return sys_error(EFBIG, "read", path);
    return file->second;
  }

  Result<std::vector<std::string>> names(const std::string& path) override {
    std::set<std::string> names;
    for (const auto& [file, content] : files)
      if (file.starts_with(path + "/")) {
        const std::string rest = file.substr(path.size() + 1);
        names.insert(rest.substr(0, rest.find('/')));
      }
    if (names.empty()) return sys_error(ENOENT, "openat2", path);
    return std::vector<std::string>{names.begin(), names.end()};
  }

 private:
  class FakeLook final : public Look {
   public:
    FakeLook(FakeHost& host, std::string label) : host_{host}, label_{std::move(label)} {}
    bool poll() override {
      ++host_.polls;
      return host_.looks_end;
    }
    Result<probe::ProbeReport> finish() override {
      if (const auto failure = host_.look_failures.find(label_);
          failure != host_.look_failures.end())
        return sys_error(failure->second, "setns mnt", label_);
      return host_.reports[label_];
    }

   private:
    FakeHost& host_;
    std::string label_;
  };
};

}  // namespace iptmode::collect
