// SPDX-License-Identifier: GPL-2.0-or-later
#include "fresh_network.h"

#include <cap-ng.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "sys/child_process.h"
#include "sys/file.h"

namespace iptmode::kernel {
namespace {

template <class Tables, class Match>
const auto& find_table(const Tables& tables, Match match) {
  static const typename Tables::value_type::value_type kNone = {};
  EXPECT_TRUE(tables.has_value());
  if (tables)
    for (const auto& table : *tables)
      if (match(table)) return table;
  ADD_FAILURE() << "no such table";
  return kNone;
}

}  // namespace

void in_fresh_network(const std::function<void()>& body) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  std::fflush(stdout);
  auto child = sys::ChildProcess::start([&] {
    if (::unshare(CLONE_NEWNET) != 0) return 2;
    body();
    std::fflush(stdout);
    return testing::Test::HasFailure() ? 1 : 0;
  });
  ASSERT_TRUE(child) << to_string(child.error());
  const auto status = child->reap(std::chrono::seconds{30});
  ASSERT_TRUE(status) << "still running";
  EXPECT_TRUE(WIFEXITED(*status) && WEXITSTATUS(*status) == 0) << "wait status " << *status;
}

std::string shell(const std::string& command) {
  const std::string line = "PATH=/usr/sbin:/usr/bin:/sbin:/bin; " + command;
  FILE* pipe = ::popen(line.c_str(), "r");
  EXPECT_NE(pipe, nullptr);
  std::string output;
  char part[4096];
  for (std::size_t size = 0; (size = std::fread(part, 1, sizeof part, pipe)) > 0;)
    output.append(part, size);
  EXPECT_EQ(::pclose(pipe), 0) << command;
  return output;
}

void feed(const std::string& command, const std::string& text) {
  const std::string line = "PATH=/usr/sbin:/usr/bin:/sbin:/bin; " + command;
  FILE* pipe = ::popen(line.c_str(), "w");
  ASSERT_NE(pipe, nullptr);
  EXPECT_EQ(std::fwrite(text.data(), 1, text.size(), pipe), text.size());
  EXPECT_EQ(::pclose(pipe), 0) << command;
}

std::uint64_t lines_with(const std::string& text, std::string_view prefix) {
  std::uint64_t lines = 0;
  for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
    if (std::string_view{text}.substr(at).starts_with(prefix)) ++lines;
    if (text.find('\n', at) == std::string::npos) break;
  }
  return lines;
}

sys::UniqueFd directory(const std::string& path) {
  return value_or_throw(sys::open_at(AT_FDCWD, path, O_PATH | O_DIRECTORY));
}

NetworkReading read_own(const KernelSupport& support,
                        const std::function<void(NetworkRequest&)>& change) {
  const sys::UniqueFd proc = directory("/proc");
  NetworkRequest request{.proc_root = proc.get(), .witness = ::getpid(), .network_namespace = 7};
  if (change) change(request);
  return read_network(request, support);
}

void drop_capabilities_but(int capability) {
  capng_clear(CAPNG_SELECT_BOTH);
  if (capability >= 0) {
    ASSERT_EQ(capng_update(CAPNG_ADD, static_cast<capng_type_t>(CAPNG_EFFECTIVE | CAPNG_PERMITTED),
                           static_cast<unsigned>(capability)),
              0);
  }
  ASSERT_EQ(capng_apply(CAPNG_SELECT_CAPS), 0);
}

void drop_capabilities() {
  drop_capabilities_but(-1);
}

const LegacyTable& legacy_table(const NetworkReading& reading, IpFamily family,
                                std::string_view name) {
  return find_table(reading.state.legacy, [&](const LegacyTable& table) {
    return table.family == family && table.name == name;
  });
}

const NftTable& nft_table(const NetworkReading& reading, std::string_view family,
                          std::string_view name) {
  return find_table(reading.state.nft, [&](const NftTable& table) {
    return table.family == family && table.name == name;
  });
}

}  // namespace iptmode::kernel
