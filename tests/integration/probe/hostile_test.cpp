// SPDX-License-Identifier: GPL-2.0-or-later
// A hostile program in the place of iptables: within its deadline, without effect, nothing left.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#include <gmock/gmock.h>

#include <map>
#include <set>
#include <sstream>

#include "probe/sandbox.h"
#include "probe_fixture.h"
#include "sys/file.h"
#include "sys/network_namespace.h"

namespace iptmode::probe::test {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using Clock = std::chrono::steady_clock;

class HostileProgram : public RootTest {
 protected:
  static ContainerShape shape(const std::string& mode) {
    return {.populate = [mode](const std::string& root) {
      put_hostile_iptables(root, mode);
      put_copy(root + "/usr/bin/setuid-root", IPTMODE_HOSTILE, 04755);
      put_directory(root + "/dev");
      ASSERT_EQ(::mknod((root + "/dev/zero").c_str(), S_IFCHR | 0666, makedev(1, 5)), 0);
      put_file(root + "/etc/passwd", "root:x:0:0::/:/bin/sh\n");
    }};
  }

  /// Probes such a container and checks what holds for every mode. Returns what `iptables` is.
  static Program probe_hostile(const std::string& mode) {
    const FakeContainer container{shape(mode)};
    const std::string before = container.listing();
    const std::size_t descriptors = open_descriptors();
    const auto started = Clock::now();
    const auto report = probe_container(container);
    const auto took = Clock::now() - started;

    EXPECT_LT(took, 1500ms) << "twice 600 ms at most, and time to end";
    EXPECT_EQ(children_except(container.pid()), std::vector<pid_t>{}) << "processes left behind";
    EXPECT_EQ(open_descriptors(), descriptors);
    EXPECT_EQ(container.listing(), before) << "files changed";
    if (!report) {
      ADD_FAILURE() << to_string(report.error());
      return {};
    }
    const Program* program = report->installation.find("iptables");
    EXPECT_EQ(program->form, ProgramForm::multi);
    return *program;
  }
};

TEST_F(HostileProgram, ThatBehavesIsRunAndBelieved) {
  const Program program = probe_hostile("");
  ASSERT_TRUE(program.by_run.has_value()) << program.run_problem;
  EXPECT_EQ(program.by_run->backend, Backend::nf_tables);
  EXPECT_EQ(program.by_run->version, (Version{1, 8, 9}));
  EXPECT_EQ(program.run_problem, "");
}

TEST_F(HostileProgram, ThatSleepsAndIgnoresSignalsIsEnded) {
  EXPECT_EQ(probe_hostile("sleep").run_problem, "timed out after 0.6 s");
}

TEST_F(HostileProgram, ThatForksIsEndedWithoutHavingForked) {
  EXPECT_EQ(probe_hostile("bomb").run_problem, "timed out after 0.6 s");
}

TEST_F(HostileProgram, ThatDaemonisesLeavesNothingBehind) {
  const Program program = probe_hostile("daemonize");
  EXPECT_TRUE(program.by_run.has_value()) << program.run_problem;
}

TEST_F(HostileProgram, ThatFloodsIsCutOff) {
  EXPECT_EQ(probe_hostile("flood").run_problem, "more than 4096 bytes of output");
}

TEST_F(HostileProgram, ThatDripsIsEnded) {
  EXPECT_EQ(probe_hostile("drip").run_problem, "timed out after 0.6 s");
}

TEST_F(HostileProgram, ThatSpinsIsEnded) {
  EXPECT_EQ(probe_hostile("spin").run_problem, "timed out after 0.6 s");
}

TEST_F(HostileProgram, ThatEatsMemoryHitsItsLimit) {
  EXPECT_THAT(probe_hostile("eat").run_problem,
              AnyOf(StartsWith("exit status 9: malloc failed after "), StartsWith("timed out")));
}

TEST_F(HostileProgram, ThatAbortsIsReported) {
  // SIGABRT of one's own does not end a pid 1; glibc then faults on purpose.
  EXPECT_THAT(probe_hostile("abort").run_problem, StartsWith("signal "));
}

TEST_F(HostileProgram, ThatIsSetUserIdGainsNothing) {
  EXPECT_EQ(probe_hostile("setuid").run_problem, "exit status 6: uid=65534 euid=65534");
}

TEST_F(HostileProgram, ThatKillsItsProcessGroupReachesNobody) {
  // kill(2) is refused; that this test goes on shows that nobody was hit either way.
  EXPECT_EQ(probe_hostile("killgroup").run_problem, "exit status 8");
}

TEST_F(HostileProgram, ThatUsesAnotherArchitectureIsEnded) {
#if defined(__x86_64__)
  EXPECT_EQ(probe_hostile("foreign").run_problem, "signal 31");
#else
  GTEST_SKIP() << "only x86 has a second set of system calls that a program may switch to";
#endif
}

TEST_F(HostileProgram, ThatPrintsControlBytesIsQuotedSafely) {
  const std::string problem = probe_hostile("escape").run_problem;
  EXPECT_THAT(problem, StartsWith("exit status 3: iptables "));
  EXPECT_EQ(problem.find('\033'), std::string::npos) << problem;
}

/// Runs the program of a place in mode `report` and takes its lines apart.
std::map<std::string, std::string> attempts_of(const FakeContainer& container,
                                               const SandboxPlan& options) {
  const auto place = place_of(container);
  EXPECT_TRUE(place.has_value());
  SandboxPlan plan = options;
  plan.mount_ns = place->process.mount_ns.get();
  plan.root = place->process.root.get();
  if (!plan.read) plan.program = "/usr/sbin/xtables-nft-multi";
  plan.arguments = {"xtables-multi", "iptables", "-V"};
  const NeededCapabilitiesOnly only;
  auto child = SandboxChild::start(plan);
  EXPECT_TRUE(child.has_value());
  child->wait();
  const SandboxOutcome outcome = child->take_outcome();
  EXPECT_FALSE(outcome.failure.has_value()) << to_string(outcome.failure->step);
  EXPECT_EQ(outcome.wait_status, 0);

  std::map<std::string, std::string> attempts;
  std::istringstream lines{outcome.output};
  for (std::string line; std::getline(lines, line);) {
    const auto separator = line.find_first_of(" =");
    attempts[line.substr(0, separator)] = line.substr(separator + 1);
  }
  return attempts;
}

// What seccomp does not know fails with EPERM; what it lets through fails for a reason of its own.
const std::set<std::string> kNotInTheAllowlist{
    "mkdir",        "symlink",       "unlink",      "utimens",      "chmod",
    "rename",       "mknod",         "ptrace",      "kill_all",     "process_vm_readv",
    "kill_group",   "remount",       "mount_tmpfs", "umount",       "chroot",
    "unshare_user", "unshare_mount", "clone_user",  "fork",         "setns",
    "socket_inet",  "socket_unix",   "bpf",         "socket_route", "socket_packet",
    "add_key",      "keyctl",        "io_uring",    "memfd",        "userfaultfd",
    "handle",       "setuid_root",   "setgid_root", "push_input",   "dumpable",
    "raise_limit"};
const std::map<std::string, std::vector<std::string>> kRefusedByOthers{
    {"create_in_root", {"EROFS"}},
    {"create_in_tmp", {"EROFS"}},
    {"write_itself", {"EROFS", "EACCES", "ETXTBSY"}},
    {"open_device", {"EACCES"}},  // nodev
    {"write_core_pattern", {"EROFS", "EACCES"}},
    {"write_sysrq", {"EROFS", "EACCES", "ENOENT"}},
    {"open_proc_root", {"EACCES"}},
    {"open_proc_mem", {"EACCES", "EROFS"}},
    {"open_proc_environ", {"EACCES"}},
    {"open_proc_ns", {"EACCES"}},
};

void expect_all_refused(std::map<std::string, std::string>& attempts) {
  for (const std::string& name : kNotInTheAllowlist) EXPECT_EQ(attempts[name], "EPERM") << name;
  for (const auto& [name, errors] : kRefusedByOthers)
    EXPECT_THAT(errors, ::testing::Contains(attempts[name])) << name;
  EXPECT_EQ(attempts["fds"], "0,1,2,");
  EXPECT_EQ(attempts["cwd"], "/");
}

TEST_F(HostileProgram, CanDoNothingAsNobody) {
  const FakeContainer container{shape("report")};
  auto attempts = attempts_of(container, {});
  expect_all_refused(attempts);
  EXPECT_EQ(attempts["uid"], "65534 euid=65534 gid=65534 pid=1");
}

TEST_F(HostileProgram, CanDoNothingAsRootWithoutCapabilities) {
  const FakeContainer container{shape("report")};
  const std::string before = container.listing();
  auto attempts = attempts_of(container, {.account = {.uid = 0, .gid = 0}});
  expect_all_refused(attempts);
  EXPECT_EQ(attempts["uid"], "0 euid=0 gid=0 pid=1");
  EXPECT_EQ(container.listing(), before);
}

TEST_F(HostileProgram, CanDoNothingWhenOurReaderBecomesIt) {
  const FakeContainer container{shape("report")};
  const auto network = sys::make_empty_network();
  ASSERT_TRUE(network.has_value());
  auto attempts =
      attempts_of(container, {.network = network->get(), .read = [] {
                                return Reading{.answer = "attempts: none\n",
                                               .program = "/usr/sbin/xtables-nft-multi"};
                              }});
  expect_all_refused(attempts);
  EXPECT_EQ(attempts["uid"], "65534 euid=65534 gid=65534 pid=1");
  EXPECT_FALSE(attempts.contains("attempts:")) << "an answer is no output";
}

SandboxOutcome outcome_of(const FakeContainer& container, SandboxPlan plan) {
  const auto place = place_of(container);
  plan.mount_ns = place->process.mount_ns.get();
  plan.root = place->process.root.get();
  const NeededCapabilitiesOnly only;
  auto child = SandboxChild::start(plan);
  EXPECT_TRUE(child.has_value());
  child->wait();
  return child->take_outcome();
}

TEST_F(HostileProgram, CannotTakeTheAnswerBackThatWasGivenBeforeIt) {
  const FakeContainer container{shape("flood")};
  SandboxPlan plan{.read =
                       [] {
                         return Reading{"seen", "/usr/sbin/xtables-nft-multi"};
                       },
                   .arguments = {"xtables-multi", "iptables", "-V"}};
  const auto flooded = outcome_of(container, plan);
  EXPECT_EQ(flooded.answer, "seen");
  EXPECT_TRUE(flooded.too_much_output);
  EXPECT_EQ(flooded.output.size(), plan.max_output);

  plan.read = [] { return Reading{"seen", "/nowhere"}; };
  const auto missing = outcome_of(container, plan);
  EXPECT_EQ(missing.answer, "seen");
  ASSERT_TRUE(missing.failure.has_value());
  EXPECT_EQ(missing.failure->step, Step::exec);
  EXPECT_EQ(missing.failure->errnum, ENOENT);
}

TEST_F(HostileProgram, IsNotExecutedByAReaderThatMayOnlyRead) {
  const FakeContainer container{shape("")};
  const auto outcome = outcome_of(container, {.read = [] {
                                    return Reading{"seen", "/usr/sbin/xtables-nft-multi"};
                                  }});
  ASSERT_TRUE(outcome.failure.has_value());
  EXPECT_EQ(outcome.failure->step, Step::exec);
  EXPECT_EQ(outcome.failure->errnum, EPERM);
  EXPECT_EQ(outcome.output, "");
}

TEST_F(HostileProgram, GetsNoMoreThanAnAnswersLengthFromAReaderThatIsTakenOver) {
  const FakeContainer container{shape("")};
  const auto outcome = outcome_of(container, {.read = [] {
                                    return Reading{std::string(100'000, 'x'), ""};
                                  }});
  EXPECT_TRUE(outcome.too_much_output);
  EXPECT_LE(outcome.answer.value_or("").size() + outcome.output.size(), 8192U);
}

TEST_F(HostileProgram, CanDoNothingOnAKernelWithoutMountSetattr) {
  const FakeContainer container{shape("report")};
  auto attempts = attempts_of(container, {.without_mount_setattr = true});
  expect_all_refused(attempts);
}

TEST_F(HostileProgram, DiesWithTheAuditorThatIsKilledOutright) {
  const FakeContainer container{shape("sleep")};
  const pid_t auditor = ::fork();
  if (auditor == 0) {
    ProbeRequest request = usual_request();
    request.timeout = 20s;
    (void)probe_container(container, request);
    ::_exit(0);
  }
  // Wait until guard and program exist: the auditor has a child, which has one.
  const std::string path =
      "/proc/" + std::to_string(auditor) + "/task/" + std::to_string(auditor) + "/children";
  std::string guard;
  for (int turn = 0; turn < 300 && guard.empty(); ++turn) {
    guard = sys::read_file(AT_FDCWD, path, 4096).value_or("");
    const timespec pause{0, 10'000'000};
    ::nanosleep(&pause, nullptr);
  }
  ASSERT_FALSE(guard.empty());
  const timespec pause{0, 100'000'000};
  ::nanosleep(&pause, nullptr);
  ::kill(auditor, SIGKILL);
  ASSERT_EQ(::waitpid(auditor, nullptr, 0), auditor);
  // Both come back to this process, which is their subreaper, and both are dead.
  int orphans = 0;
  for (int turn = 0; turn < 100 && !children_except(container.pid()).empty(); ++turn) {
    while (::waitpid(-1, nullptr, WNOHANG) > 0) ++orphans;
    ::nanosleep(&pause, nullptr);
  }
  EXPECT_EQ(orphans, 2);
}

TEST_F(HostileProgram, EndsWhenItsProbeIsDropped) {
  const FakeContainer container{shape("sleep")};
  ProbeRequest request = usual_request();
  request.timeout = 20s;
  const auto started = Clock::now();
  {
    const NeededCapabilitiesOnly only;
    auto probe = PlaceProbe::start(std::move(*place_of(container)), request);
    ASSERT_TRUE(probe.has_value());
    const timespec pause{0, 5'000'000};
    for (int turn = 0; turn < 40; ++turn) {
      EXPECT_FALSE(probe->poll());
      ::nanosleep(&pause, nullptr);
    }
  }
  EXPECT_LT(Clock::now() - started, 1s);
  EXPECT_EQ(children_except(container.pid()), std::vector<pid_t>{});
}

}  // namespace
}  // namespace iptmode::probe::test
