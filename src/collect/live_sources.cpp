// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/live_sources.h"

#include <fcntl.h>

#include "bus/firewalld_daemon.h"
#include "collect/http_get.h"
#include "cross_reading/cross_reader.h"
#include "sys/file.h"
#include "sys/network_namespace.h"

namespace iptmode::collect {

namespace {

class LiveRunningReaders final : public RunningReaders {
 public:
  explicit LiveRunningReaders(cross_reading::CrossReader reader) : reader_{std::move(reader)} {}
  void poll() override { (void)reader_.poll(); }
  CrossReading finish() override { return reader_.finish(); }

 private:
  cross_reading::CrossReader reader_;
};

class LiveLook final : public Look {
 public:
  explicit LiveLook(probe::PlaceProbe probe) : probe_{std::move(probe)} {}
  bool poll() override { return probe_.poll(); }
  Result<probe::ProbeReport> finish() override { return probe_.finish(); }

 private:
  probe::PlaceProbe probe_;
};

Result<probe::Place> open_place(const PlaceRef& place, const ProcDirectory& proc,
                                const HostRoot& host) {
  if (place.pid != 0) {
    auto process = sys::open_process(proc.fd(), place.pid, place.mount);
    if (!process) return tl::unexpected{process.error()};
    return probe::Place{.label = place.label, .process = std::move(*process)};
  }
  auto root = sys::open_at(host.fd(), ".", O_PATH | O_DIRECTORY);
  if (!root) return tl::unexpected{root.error()};
  return probe::Place{.label = place.label, .root = std::move(*root)};
}

}  // namespace

Result<std::unique_ptr<Look>> LivePlaces::start(const PlaceRef& place,
                                                probe::ProbeRequest request) {
  auto opened = open_place(place, proc_, host_);
  if (!opened) return tl::unexpected{opened.error()};
  if (!network_) network_ = sys::make_empty_network().value_or(sys::UniqueFd{});
  request.network = network_->get();
  auto probe = probe::PlaceProbe::start(std::move(*opened), std::move(request));
  if (!probe) return tl::unexpected{probe.error()};
  return std::make_unique<LiveLook>(std::move(*probe));
}

std::unique_ptr<RunningReaders> LiveReaders::start(const std::vector<NftTable>& tables,
                                                   std::vector<ReaderRef> readers,
                                                   const Options& options) {
  std::vector<cross_reading::Candidate> candidates;
  for (ReaderRef& ref : readers)
    if (auto place = open_place(ref.place, proc_, host_))
      candidates.push_back({.reader = std::move(ref.reader),
                            .legacy = ref.legacy,
                            .place = std::move(*place),
                            .mode = ref.mode,
                            .of_root = ref.of_root});
  return std::make_unique<LiveRunningReaders>(
      cross_reading::CrossReader::start(tables, std::move(candidates),
                                        {.every_bug = options.every_bug,
                                         .legacy_ipv6_table = options.legacy_ipv6_table,
                                         .timeout = options.timeout}));
}

KernelSupport LiveNetworks::support() {
  return kernel::read_kernel_support(proc_.fd(), host_.fd());
}

Result<kernel::NetworkReading> LiveNetworks::read(const Domain& domain,
                                                  const KernelSupport& support,
                                                  const Options& options) {
  const auto inside = sys::NetworkNamespaceGuard::enter(proc_.fd(), domain.witness, domain.network);
  if (!inside) return tl::unexpected{inside.error()};
  return kernel::read_network({.proc_root = proc_.fd(),
                               .witness = domain.witness,
                               .network_namespace = domain.network,
                               .networks = options.networks,
                               .timeout = options.timeout,
                               .idle = options.idle},
                              support);
}

Result<std::string> LiveAnswers::k0s_status(const std::string& socket,
                                            std::chrono::milliseconds timeout,
                                            const std::function<void()>& idle) {
  return http_get_unix(host_prefix_ + socket, "/status", {.timeout = timeout, .idle = idle});
}

Result<std::string> LiveAnswers::proxy_mode(pid_t pid, NamespaceId network,
                                            std::chrono::milliseconds timeout) {
  constexpr std::uint16_t kMetricsPort = 10249;
  const auto inside = sys::NetworkNamespaceGuard::enter(proc_.fd(), pid, network);
  if (!inside) return tl::unexpected{inside.error()};
  return http_get_loopback(kMetricsPort, "/proxyMode", {.timeout = timeout, .max_body = 64});
}

Result<firewalld::FirewalldReading> LiveAnswers::firewalld(std::chrono::milliseconds timeout) {
  const auto socket = host_.locate("/run/dbus/system_bus_socket");
  if (!socket) return tl::unexpected{socket.error()};
  return bus::ask_firewalld(socket->get(), timeout);
}

}  // namespace iptmode::collect
