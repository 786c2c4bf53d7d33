// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake_container.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>

namespace iptmode::probe::test {
namespace {

namespace fs = std::filesystem;

void must(bool done, const std::string& what) {
  if (done) return;
  std::perror(("fake container: " + what).c_str());
  ::_exit(1);
}

struct Signal {  // one byte through a pipe
  std::array<int, 2> ends{};
  Signal() { must(::pipe2(ends.data(), O_CLOEXEC) == 0, "pipe2"); }
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;
  Signal(Signal&&) = delete;
  Signal& operator=(Signal&&) = delete;
  ~Signal() {
    ::close(ends[0]);
    if (ends[1] >= 0) ::close(ends[1]);
  }
  void give() { must(::write(ends[1], "!", 1) == 1, "write"); }
  bool await() {
    char byte = 0;
    ::close(ends[1]);
    ends[1] = -1;
    return ::read(ends[0], &byte, 1) == 1;
  }
};

void write_map(pid_t pid, const char* name) {
  std::ofstream{fmt::format("/proc/{}/{}", pid, name)} << "0 100000 65536\n";
}

void enter_user_namespace(Signal& born, Signal& mapped) {
  must(::unshare(CLONE_NEWUSER) == 0, "unshare user");
  born.give();
  must(mapped.await(), "maps");
  must(::setresgid(0, 0, 0) == 0 && ::setresuid(0, 0, 0) == 0, "setresuid");
}

void make_root(const ContainerShape& shape, const std::string& root) {
  if (!shape.only_chroot) {
    must(::unshare(CLONE_NEWNS) == 0, "unshare mount");
    must(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0, "private");
    must(::mount("tmpfs", root.c_str(), "tmpfs", 0, "mode=0755") == 0, "tmpfs");
  }
  put_directory(root + "/tmp", 01777);
  put_directory(root + "/proc");
  if (shape.populate) shape.populate(root);
}

void enter_root(const ContainerShape& shape, const std::string& root) {
  must(::chdir(root.c_str()) == 0, "chdir");
  if (shape.only_chroot) {
    must(::chroot(".") == 0, "chroot");
  } else {
    if (shape.with_proc && !shape.own_user_namespace)
      must(::mount("proc", "proc", "proc", 0, nullptr) == 0, "proc");
    must(::syscall(SYS_pivot_root, ".", ".") == 0, "pivot_root");
    must(::umount2(".", MNT_DETACH) == 0, "umount");
  }
  must(::chmod("/", shape.root_mode) == 0, "chmod");
}

[[noreturn]] void live_in(const ContainerShape& shape) {
  if (shape.live) shape.live();
  for (;;) ::pause();
}

std::string describe(const fs::path& path) {
  struct stat status = {};
  if (::lstat(path.c_str(), &status) != 0) return path.string() + " gone";
  std::string line = fmt::format(
      "{:o} {}:{} {} m{}.{} c{}.{}", status.st_mode, status.st_uid, status.st_gid, status.st_size,
      status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_ctim.tv_sec, status.st_ctim.tv_nsec);
  // Listing reads directories and links itself.
  if (S_ISREG(status.st_mode))
    line += fmt::format(" a{}.{}", status.st_atim.tv_sec, status.st_atim.tv_nsec);
  if (S_ISLNK(status.st_mode)) line += " -> " + fs::read_symlink(path).string();
  return line;
}

}  // namespace

FakeContainer::FakeContainer(const ContainerShape& shape) {
  std::string name = "/tmp/iptmode-container-XXXXXX";
  must(::mkdtemp(name.data()) != nullptr, "mkdtemp");
  directory_ = name;
  must(::chmod(directory_.c_str(), 0755) == 0, "chmod");
  Signal born;
  Signal mapped;
  Signal inside;
  pid_ = ::fork();
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (shape.own_user_namespace) enter_user_namespace(born, mapped);
    make_root(shape, directory_);
    enter_root(shape, directory_);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    inside.give();
    live_in(shape);
  }
  if (shape.own_user_namespace && born.await()) {
    write_map(pid_, "uid_map");
    write_map(pid_, "gid_map");
    mapped.give();
  }
  ready_ = pid_ > 0 && inside.await();
}

FakeContainer::~FakeContainer() {
  end();
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
}

void FakeContainer::end() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

std::string FakeContainer::listing() const {
  const fs::path root = fmt::format("/proc/{}/root/", pid_);
  std::string lines = describe(root) + "\n";
  for (auto entry = fs::recursive_directory_iterator(root);
       entry != fs::recursive_directory_iterator(); ++entry) {
    const fs::path inside = entry->path().lexically_relative(root);
    if (inside == "proc") entry.disable_recursion_pending();
    lines += inside.string() + " " + describe(entry->path()) + "\n";
  }
  return lines;
}

void put_directory(const std::string& path, mode_t mode) {
  fs::create_directories(path);
  must(::chmod(path.c_str(), mode) == 0, path);
}

void put_file(const std::string& path, const std::string& content, mode_t mode) {
  fs::create_directories(fs::path{path}.parent_path());
  std::ofstream{path} << content;
  must(::chmod(path.c_str(), mode) == 0, path);
}

void put_link(const std::string& path, const std::string& target) {
  fs::create_directories(fs::path{path}.parent_path());
  must(::symlink(target.c_str(), path.c_str()) == 0, path);
}

void put_copy(const std::string& path, const std::string& source, mode_t mode) {
  fs::create_directories(fs::path{path}.parent_path());
  std::error_code error;
  fs::copy_file(source, path, error);
  must(!error, source + " to " + path + ": " + error.message());
  must(::chmod(path.c_str(), mode) == 0, path);
}

void put_hostile_iptables(const std::string& root, const std::string& mode) {
  put_copy(root + "/usr/sbin/xtables-nft-multi", IPTMODE_HOSTILE);
  put_link(root + "/usr/sbin/iptables", "xtables-nft-multi");
  put_file(root + "/etc/hostile-mode", mode);
}

}  // namespace iptmode::probe::test
