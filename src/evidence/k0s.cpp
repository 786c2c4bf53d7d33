// SPDX-License-Identifier: GPL-2.0-or-later
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <vector>

#include <nlohmann/json.hpp>

#include "evidence/child_output.h"
#include "evidence/journal_lines.h"
#include "evidence/sight.h"
#include "iptmode/escape.h"
#include "kernel/confinement.h"

namespace iptmode::evidence {

namespace {

using namespace std::chrono_literals;

constexpr int kNotThere = 127;
constexpr int kSetupFailed = 120;

// Newest first, so that what is cut is old. Filtered here: --grep needs a journalctl with PCRE2.
constexpr std::array kArguments{"journalctl",         "--no-pager",          "--quiet",
                                "--output=short-iso", "--reverse",           "--lines=20000",
                                "--unit=k0sworker",   "--unit=k0scontroller"};

/// The host's own journalctl, on the host's own files, as root without a capability.
int exec_journalctl(int output, int host_root) {
  // Without the capability for it we see the host's files already, or none.
  const bool inside = ::fchdir(host_root) == 0 && ::chroot(".") == 0;
  (void)inside;
  const kernel::Confinement confinement{.memory_bytes = rlim_t{4} << 30U, .cpu_seconds = 20};
  if (!kernel::confine(output, confinement)) return kSetupFailed;
  if (::dup2(kernel::kAnswerFd, STDOUT_FILENO) < 0) return kSetupFailed;
  std::array<char*, kArguments.size() + 1> arguments{};
  std::ranges::transform(kArguments, arguments.begin(),
                         [](const char* word) { return const_cast<char*>(word); });
  std::array<char*, 3> environment{const_cast<char*>("PATH=/usr/bin:/bin"),
                                   const_cast<char*>("LC_ALL=C"), nullptr};
  for (const char* program : {"/usr/bin/journalctl", "/bin/journalctl"})
    ::execve(program, arguments.data(), environment.data());
  return kNotThere;
}

}  // namespace

// Made from what the status socket and the files said, key by key: the whole answer holds the
// cluster's configuration.
void read_k0s(Sight& sight) {
  const std::string path = "k0s/status.json";
  const auto& k0s = sight.snapshot.k0s;
  if (!k0s) return sight.miss(path, "there is no k0s here");
  const nlohmann::ordered_json status{{"version", escape(k0s->version)},
                                      {"running", k0s->running},
                                      {"role", to_string(sight.snapshot.node.role)},
                                      {"iptablesMode", escape(k0s->mode)},
                                      {"dataDir", escape(k0s->data_dir)},
                                      {"binDir", escape(k0s->bin_dir)},
                                      {"foundBy", escape(k0s->found_by)}};
  sight.add(path, "what k0s says of itself, without its configuration", status.dump(1) + "\n");
}

void read_journal(Sight& sight) {
  const std::string path = "k0s/journal.txt";
  if (!sight.snapshot.k0s) return sight.miss(path, "there is no k0s here");
  if (!sight.run_programs) return sight.miss(path, "--no-exec");
  const int host_root = sight.host.fd();
  auto output = run_in_child([&](int fd) { return exec_journalctl(fd, host_root); },
                             sight.max_item_bytes, std::min(sight.left(), 8000ms));
  if (!output) return sight.miss(path, output.error());
  if (output->problem == "exit status " + std::to_string(kNotThere))
    return sight.miss(path, "there is no journalctl");
  if (output->text.empty() && !output->problem.empty())
    return sight.miss(path, "journalctl: " + output->problem);
  std::string lines = journal_lines(output->text);
  if (lines.empty() && output->problem.empty())
    return sight.miss(path, output->text.empty() ? "the journal has nothing of k0s"
                                                 : "no line of k0s' journal names iptables");
  if (!output->problem.empty()) output->problem.insert(0, "journalctl: ");
  sight.add(path, "what k0s logged about iptables, oldest first", std::move(lines),
            std::move(output->problem));
}

}  // namespace iptmode::evidence
