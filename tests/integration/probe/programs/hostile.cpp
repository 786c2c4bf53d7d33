// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a hostile container may put in the place of iptables. Linked statically, so that it runs in
// any root directory. It looks like a multi-call file of iptables (see kDisguise), so the audit
// runs it, always with the same arguments; what it then does is the content of /etc/hostile-mode:
//
//   (no file)   behaves: prints a version line
//   report      tries everything in kAttempts and prints one line for each: its name and the errno,
//               or "ok" when it succeeded; then what it is and what it holds open
//   sleep       ignores every signal and sleeps
//   bomb        forks as often as it can, then sleeps
//   daemonize   prints a version line and leaves a daemon behind
//   flood       writes without end
//   drip        one byte each millisecond
//   spin        an endless loop
//   eat         allocates and touches memory without end
//   abort       abort(3)
//   setuid      execs /usr/bin/setuid-root, a set-user-ID copy of itself, in mode `identity`
//   identity    prints the ids
//   killgroup   kill(0, SIGKILL)
//   foreign     a system call of another architecture (x86 only)
//   netlink     asks nf_tables for everything without end and never reads an answer
//   tables      adds a table to nf_tables, without end
//   escape      a version line with control bytes in it, exit status 3
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>

namespace {

// What the file must hold to be taken for a multi-call binary: each between two NULs, hence one
// array, which the linker cannot fold into other strings.
const volatile char kDisguise[] = "\0iptables-restore\0iptables-save\0001.8.9 (nf_tables)";

struct Attempt {
  const char* name;
  long (*run)();
};

long write_to(const char* path) {
  return open(path, O_WRONLY);
}

// One line each: what a program could do to harm its container, the host or this audit.
const Attempt kAttempts[] = {
    {"create_in_root", [] { return long{open("/pwned", O_CREAT | O_RDWR, 0644)}; }},
    {"create_in_tmp", [] { return long{open("/tmp/pwned", O_CREAT | O_RDWR, 0644)}; }},
    {"write_itself", [] { return write_to("/usr/sbin/xtables-nft-multi"); }},
    {"mkdir", [] { return long{mkdir("/tmp/d", 0755)}; }},
    {"symlink", [] { return long{symlink("/x", "/tmp/s")}; }},
    {"unlink", [] { return long{unlink("/usr/sbin/iptables")}; }},
    {"utimens", [] { return long{utimensat(AT_FDCWD, "/tmp", nullptr, 0)}; }},
    {"chmod", [] { return long{chmod("/tmp", 0700)}; }},
    {"rename", [] { return long{rename("/usr/sbin/iptables", "/usr/sbin/i")}; }},
    {"mknod", [] { return long{mknod("/tmp/sda", S_IFBLK | 0666, 0xfe00)}; }},
    {"open_device", [] { return long{open("/dev/zero", O_RDONLY)}; }},
    {"write_core_pattern", [] { return write_to("/proc/sys/kernel/core_pattern"); }},
    {"write_sysrq", [] { return write_to("/proc/sysrq-trigger"); }},
    {"open_proc_root", [] { return long{open("/proc/1/root/etc", O_RDONLY)}; }},
    {"open_proc_mem", [] { return long{open("/proc/1/mem", O_RDWR)}; }},
    {"open_proc_environ", [] { return long{open("/proc/1/environ", O_RDONLY)}; }},
    {"open_proc_ns", [] { return long{open("/proc/1/ns/mnt", O_RDONLY)}; }},
    {"ptrace", [] { return long{ptrace(PTRACE_ATTACH, 1, 0, 0)}; }},
    {"process_vm_readv", [] { return long{process_vm_readv(1, nullptr, 0, nullptr, 0, 0)}; }},
    {"kill_all", [] { return long{kill(-1, 0)}; }},
    {"kill_group", [] { return long{kill(0, 0)}; }},
    {"remount", [] { return long{mount("none", "/", nullptr, MS_REMOUNT | MS_BIND, nullptr)}; }},
    {"mount_tmpfs", [] { return long{mount("none", "/tmp", "tmpfs", 0, nullptr)}; }},
    {"umount", [] { return long{umount2("/proc", MNT_DETACH)}; }},
    {"chroot", [] { return long{chroot("/tmp")}; }},
    {"unshare_user", [] { return long{unshare(CLONE_NEWUSER)}; }},
    {"unshare_mount", [] { return long{unshare(CLONE_NEWNS)}; }},
    {"clone_user",
     [] { return long{syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, nullptr, nullptr, 0, 0)}; }},
    {"fork", [] { return long{syscall(SYS_clone, SIGCHLD, nullptr, nullptr, 0, 0)}; }},
    {"setns_network", [] { return long{setns(open("/proc/1/ns/net", O_RDONLY), CLONE_NEWNET)}; }},
    {"unshare_network", [] { return long{unshare(CLONE_NEWNET)}; }},
    {"setns", [] { return long{setns(0, 0)}; }},
    {"socket_inet", [] { return long{socket(AF_INET, SOCK_STREAM, 0)}; }},
    {"socket_unix", [] { return long{socket(AF_UNIX, SOCK_STREAM, 0)}; }},
    {"socket_packet", [] { return long{socket(AF_PACKET, SOCK_RAW, 0)}; }},
    {"socket_route", [] { return long{socket(AF_NETLINK, SOCK_RAW, 0)}; }},
    {"bpf", [] { return long{syscall(SYS_bpf, 0, nullptr, 0)}; }},
    {"add_key", [] { return long{syscall(SYS_add_key, "user", "x", "y", 1, -3)}; }},
    {"keyctl", [] { return long{syscall(SYS_keyctl, 0, -3, 1)}; }},
    {"io_uring", [] { return long{syscall(SYS_io_uring_setup, 1, nullptr)}; }},
    {"memfd", [] { return long{syscall(SYS_memfd_create, "x", 0)}; }},
    {"userfaultfd", [] { return long{syscall(SYS_userfaultfd, 0)}; }},
    {"handle", [] { return long{syscall(SYS_open_by_handle_at, 0, nullptr, 0)}; }},
    {"setuid_root", [] { return long{setresuid(0, 0, 0)}; }},
    {"setgid_root", [] { return long{setresgid(0, 0, 0)}; }},
    {"push_input", [] { return long{ioctl(0, TIOCSTI, "x")}; }},
    {"dumpable", [] { return long{prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)}; }},
    {"raise_limit",
     [] {
       const rlimit limit{RLIM_INFINITY, RLIM_INFINITY};
       return long{setrlimit(RLIMIT_FSIZE, &limit)};
     }},
};

void report() {
  for (const Attempt& attempt : kAttempts) {
    errno = 0;
    const long result = attempt.run();
    printf("%s %s\n", attempt.name, result < 0 ? strerrorname_np(errno) : "ok");
  }
  printf("uid=%d euid=%d gid=%d pid=%d\n", getuid(), geteuid(), getgid(), getpid());
  char directory[256];
  printf("cwd=%s\nfds=", getcwd(directory, sizeof directory));
  for (int fd = 0; fd < 1024; ++fd)
    if (fcntl(fd, F_GETFD) >= 0) printf("%d,", fd);
  printf("\n");
}

void ignore_signals() {
  for (int number = 1; number < 65; ++number) signal(number, SIG_IGN);
}

[[noreturn]] void sleep_for_ever() {
  ignore_signals();
  for (;;) {
    const timespec hour{3600, 0};
    nanosleep(&hour, nullptr);
  }
}

[[noreturn]] void bomb() {
  for (int i = 0; i < 100000; ++i)
    if (fork() == 0) sleep_for_ever();
  sleep_for_ever();
}

[[noreturn]] void flood() {
  static char bytes[65536];
  memset(bytes, 'A', sizeof bytes);
  for (;;) (void)!write(1, bytes, sizeof bytes);
}

[[noreturn]] void drip() {
  const timespec millisecond{0, 1000000};
  for (;;) {
    (void)!write(1, "x", 1);
    nanosleep(&millisecond, nullptr);
  }
}

[[noreturn]] void spin() {
  for (;;) asm volatile("" ::: "memory");
}

[[noreturn]] void eat() {
  constexpr size_t kMebibyte = 1U << 20U;
  for (int taken = 0;; ++taken) {
    void* memory = malloc(kMebibyte);
    if (memory == nullptr) {
      printf("malloc failed after %d MiB\n", taken);
      fflush(stdout);
      _exit(9);
    }
    memset(memory, 1, kMebibyte);
  }
}

int open_nfnetlink() {
  return socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);
}

/// One message of nfnetlink with the attributes of a table of that name, if there is one.
struct TableMessage {
  nlmsghdr header = {};
  nfgenmsg family = {};
  nlattr name_header = {};
  char name[8] = "pwned";
};

TableMessage message(unsigned type, unsigned flags, size_t length) {
  TableMessage result;
  result.header.nlmsg_len = static_cast<uint32_t>(length);
  result.header.nlmsg_type = static_cast<uint16_t>(type);
  result.header.nlmsg_flags = static_cast<uint16_t>(NLM_F_REQUEST | flags);
  result.family.nfgen_family = NFPROTO_IPV4;
  result.name_header = {sizeof(nlattr) + sizeof "pwned", NFTA_TABLE_NAME};
  return result;
}

constexpr size_t kBare = sizeof(nlmsghdr) + sizeof(nfgenmsg);

[[noreturn]] void ask_for_ever() {
  const int socket = open_nfnetlink();
  const TableMessage ask =
      message((NFNL_SUBSYS_NFTABLES << 8U) | NFT_MSG_GETRULE, NLM_F_DUMP, kBare);
  for (;;) (void)!send(socket, &ask, kBare, MSG_DONTWAIT);
}

[[noreturn]] void add_for_ever() {
  const int socket = open_nfnetlink();
  TableMessage batch[3] = {
      message(NFNL_MSG_BATCH_BEGIN, 0, sizeof(TableMessage)),
      message((NFNL_SUBSYS_NFTABLES << 8U) | NFT_MSG_NEWTABLE, NLM_F_CREATE, sizeof(TableMessage)),
      message(NFNL_MSG_BATCH_END, 0, sizeof(TableMessage))};
  batch[0].family.res_id = batch[2].family.res_id = htons(NFNL_SUBSYS_NFTABLES);
  for (;;) (void)!send(socket, batch, sizeof batch, 0);
}

int behave() {
  printf("iptables v1.8.9 (nf_tables)\n");
  return 0;
}

int daemonize() {
  behave();
  fflush(stdout);
  if (fork() == 0) {
    setsid();
    if (fork() == 0) sleep_for_ever();
    _exit(0);
  }
  return 0;
}

int call_foreign_architecture() {
#if defined(__x86_64__)
  int result = 0;
  asm volatile("int $0x80" : "=a"(result) : "a"(20) : "memory");  // getpid of i386
  printf("foreign call returned %d\n", result);
#endif
  return 5;
}

int run(const char* mode) {
  if (strcmp(mode, "report") == 0) return report(), 0;
  if (strcmp(mode, "sleep") == 0) sleep_for_ever();
  if (strcmp(mode, "bomb") == 0) bomb();
  if (strcmp(mode, "daemonize") == 0) return daemonize();
  if (strcmp(mode, "flood") == 0) flood();
  if (strcmp(mode, "drip") == 0) drip();
  if (strcmp(mode, "spin") == 0) spin();
  if (strcmp(mode, "eat") == 0) eat();
  if (strcmp(mode, "abort") == 0) abort();
  if (strcmp(mode, "setuid") == 0) {
    execl("/usr/bin/setuid-root", "setuid-root", "identity", nullptr);
    return 4;
  }
  if (strcmp(mode, "identity") == 0) {
    printf("uid=%d euid=%d\n", getuid(), geteuid());
    return 6;
  }
  if (strcmp(mode, "killgroup") == 0) return kill(0, SIGKILL) == 0 ? 0 : 8;
  if (strcmp(mode, "foreign") == 0) return call_foreign_architecture();
  if (strcmp(mode, "netlink") == 0) ask_for_ever();
  if (strcmp(mode, "tables") == 0) add_for_ever();
  if (strcmp(mode, "escape") == 0) return printf("iptables \033[2Jv1.8.9\n"), 3;
  return behave();
}

}  // namespace

int main(int argc, char** argv) {
  (void)kDisguise[0];
  // By itself; the audit gives another name and other arguments.
  const bool by_itself = strcmp(argv[0], "setuid-root") == 0 || strcmp(argv[0], "restart") == 0;
  if (argc == 2 && by_itself) return run(argv[1]);
  char mode[32] = "";
  const int fd = open("/etc/hostile-mode", O_RDONLY);
  if (fd >= 0) {
    const ssize_t count = read(fd, mode, sizeof mode - 1);
    mode[count > 0 ? count : 0] = '\0';
    mode[strcspn(mode, "\n")] = '\0';
    close(fd);
  }
  return run(mode);
}
