// SPDX-License-Identifier: GPL-2.0-or-later
// Stands for the Go form of iptables-wrapper, which is known by the import path in its binary. The
// real one picks a backend and rewrites the links in its directory whatever it is called for; this
// one leaves a file instead and answers with a version that no release has. An audit must never
// run it, so neither may ever be seen.
#include <cstdio>

#include <fcntl.h>
#include <unistd.h>

namespace {
// The markers of the real binary; volatile keeps them in the file.
const char* const volatile kMarkers[] = {
    "github.com/kubernetes-sigs/iptables-wrappers/internal/iptables",
    "Unable to redirect iptables binaries. (Are you running in an unprivileged pod?)",
};
}  // namespace

int main() {
  const int trace = ::open("/iptables-wrapper-was-run", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  std::puts("iptables v9.9.9 (nf_tables)");
  return trace < 0 ? static_cast<int>(kMarkers[0][0] == '\0') : 0;
}
