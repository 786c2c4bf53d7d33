// SPDX-License-Identifier: GPL-2.0-or-later
// measure COMMAND [ARGUMENT...]: runs a command with its output thrown away and prints
// "<wall microseconds> <processor microseconds> <peak RSS in KiB> <exit status>". A program of its
// own, and a small one: the peak that wait4(2) reports includes what the process was before it
// called exec.
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>

namespace {

long long microseconds(const timeval& time) {
  return static_cast<long long>(time.tv_sec) * 1'000'000 + time.tv_usec;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 64;
  const auto begin = std::chrono::steady_clock::now();
  const pid_t child = ::fork();
  if (child == 0) {
    const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0 || ::dup2(null, STDOUT_FILENO) < 0 || ::dup2(null, STDERR_FILENO) < 0)
      ::_exit(126);
    ::execv(argv[1], argv + 1);
    ::_exit(127);
  }
  int status = 0;
  rusage usage = {};
  if (child < 0 || ::wait4(child, &status, 0, &usage) != child) return 1;
  const std::chrono::duration<double, std::micro> wall = std::chrono::steady_clock::now() - begin;
  const auto cpu = microseconds(usage.ru_utime) + microseconds(usage.ru_stime);
  std::printf("%.0f %lld %ld %d\n", wall.count(), cpu, usage.ru_maxrss,
              WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
  return 0;
}
