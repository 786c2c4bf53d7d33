// SPDX-License-Identifier: GPL-2.0-or-later
// Plays a component of the node: a copy of this program under the component's own path gives the
// process the right comm, exe and argv. It does nothing until it is killed.
#include <csignal>

#include <unistd.h>

int main() {
  std::signal(SIGCHLD, SIG_IGN);  // children that end leave no zombie
  for (;;) ::pause();
}
