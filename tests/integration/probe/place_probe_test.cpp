// SPDX-License-Identifier: GPL-2.0-or-later
// What is found in a place: names, links, files, and who may see them.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>

#include <filesystem>
#include <sstream>

#include "probe_fixture.h"

namespace iptmode::probe::test {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;

using PlaceProbeTest = RootTest;
using Chain = std::vector<std::string>;

Installation installation_in(const FakeContainer& container,
                             const ProbeRequest& request = usual_request()) {
  const std::string before = container.listing();
  auto report = probe_container(container, request);
  EXPECT_EQ(container.listing(), before) << "files changed";
  if (report) return std::move(report->installation);
  ADD_FAILURE() << to_string(report.error());
  return {};
}

Installation installation_of(const ContainerShape& shape,
                             const ProbeRequest& request = usual_request()) {
  const FakeContainer container{shape};
  EXPECT_TRUE(container.ready());
  return installation_in(container, request);
}

Program iptables_with(const std::function<void(const std::string&)>& populate) {
  const Installation found = installation_of({.populate = populate});
  const Program* program = found.find("iptables");
  return program == nullptr ? Program{} : *program;
}

TEST_F(PlaceProbeTest, FollowsAlternativesLinkByLink) {
  const Program program = iptables_with([](const std::string& root) {
    put_copy(root + "/usr/sbin/xtables-nft-multi", IPTMODE_HOSTILE);
    put_link(root + "/usr/sbin/iptables-nft", "xtables-nft-multi");
    put_link(root + "/etc/alternatives/iptables", "/usr/sbin/iptables-nft");
    put_link(root + "/usr/sbin/iptables", "/etc/alternatives/iptables");
  });
  EXPECT_EQ(program.path, "/usr/sbin/iptables");
  EXPECT_EQ(program.chain, (Chain{"/usr/sbin/iptables", "/etc/alternatives/iptables",
                                  "/usr/sbin/iptables-nft", "/usr/sbin/xtables-nft-multi"}));
  EXPECT_EQ(program.form, ProgramForm::multi);
  EXPECT_EQ(program.by_file.version, (Version{1, 8, 9}));
  EXPECT_EQ(program.by_run, program.by_file);
  EXPECT_EQ(program.mode, 0755U);
}

TEST_F(PlaceProbeTest, SaysWhereALinkedDirectoryLeads) {
  const Program program = iptables_with([](const std::string& root) {
    put_copy(root + "/usr/bin/iptables", IPTMODE_HOSTILE);
    put_link(root + "/usr/sbin", "bin");
  });
  EXPECT_EQ(program.chain, (Chain{"/usr/sbin/iptables", "/usr/bin/iptables"}));
  EXPECT_EQ(program.form, ProgramForm::multi);
  EXPECT_TRUE(program.by_run.has_value()) << "a copy called iptables gets its applet by name too";
}

TEST_F(PlaceProbeTest, KeepsLinksInsideTheRoot) {
  const Program program = iptables_with([](const std::string& root) {
    put_file(root + "/inside", "#!/bin/sh\n", 0755);
    put_link(root + "/usr/sbin/iptables", "../../../../../../inside");
  });
  EXPECT_EQ(program.chain, (Chain{"/usr/sbin/iptables", "/inside"}));
  EXPECT_EQ(program.form, ProgramForm::script);
}

TEST_F(PlaceProbeTest, FindsNoFileOfTheHostThroughAnAbsoluteLink) {
  ASSERT_TRUE(std::filesystem::exists(IPTMODE_HOSTILE));
  const Program program = iptables_with(
      [](const std::string& root) { put_link(root + "/usr/sbin/iptables", IPTMODE_HOSTILE); });
  EXPECT_EQ(program.form, ProgramForm::dangling);
}

TEST_F(PlaceProbeTest, TellsALoopFromAMissingName) {
  const Program program = iptables_with([](const std::string& root) {
    put_link(root + "/usr/sbin/iptables", "a");
    put_link(root + "/usr/sbin/a", "b");
    put_link(root + "/usr/sbin/b", "a");
  });
  EXPECT_EQ(program.form, ProgramForm::dangling);
  EXPECT_THAT(program.problem, HasSubstr("loop"));
  EXPECT_LE(program.chain.size(), 4U);
}

TEST_F(PlaceProbeTest, GivesUpAfterFortyLinks) {
  const auto populate = [](int links) {
    return [links](const std::string& root) {
      for (int i = 0; i < links; ++i)
        put_link(fmt::format("{}/usr/sbin/{}", root, i == 0 ? "iptables" : fmt::format("l{}", i)),
                 fmt::format("l{}", i + 1));
      put_file(fmt::format("{}/usr/sbin/l{}", root, links), "#!/bin/sh\n", 0755);
    };
  };
  EXPECT_EQ(iptables_with(populate(40)).form, ProgramForm::script);
  EXPECT_EQ(iptables_with(populate(41)).form, ProgramForm::dangling);
}

TEST_F(PlaceProbeTest, ReportsADanglingLinkAsDangling) {
  const Program program = iptables_with(
      [](const std::string& root) { put_link(root + "/usr/sbin/iptables", "/opt/gone"); });
  EXPECT_EQ(program.form, ProgramForm::dangling);
  EXPECT_EQ(program.chain, (Chain{"/usr/sbin/iptables", "/opt/gone"}));
  EXPECT_EQ(program.problem, "/opt/gone: No such file or directory");
}

TEST_F(PlaceProbeTest, PassesOverWhatExecvpPassesOver) {
  const Program program = iptables_with([](const std::string& root) {
    put_link(root + "/usr/local/sbin/iptables", "gone");
    put_directory(root + "/usr/sbin/iptables");
    put_file(root + "/sbin/iptables", "#!/bin/sh\n", 0644);
    put_file(root + "/usr/bin/iptables", "#!/bin/sh\n", 0755);
  });
  EXPECT_EQ(program.path, "/usr/bin/iptables");
  EXPECT_EQ(program.form, ProgramForm::script);
}

TEST_F(PlaceProbeTest, ReportsAMissingNameAsMissing) {
  const Installation found = installation_of({});
  ASSERT_EQ(found.programs.size(), all_program_names().size());
  for (const Program& program : found.programs) EXPECT_EQ(program.form, ProgramForm::missing);
  EXPECT_TRUE(found.empty());
}

TEST_F(PlaceProbeTest, DoesNotOpenAFifo) {
  const Program program = iptables_with([](const std::string& root) {
    put_directory(root + "/usr/sbin");
    ::mkfifo((root + "/usr/sbin/iptables").c_str(), 0777);
  });
  EXPECT_EQ(program.form, ProgramForm::not_a_file);
  EXPECT_THAT(program.problem, EndsWith("a FIFO"));
}

TEST_F(PlaceProbeTest, DoesNotOpenADevice) {
  const Program program = iptables_with([](const std::string& root) {
    put_directory(root + "/usr/sbin");
    ::mknod((root + "/usr/sbin/iptables").c_str(), S_IFCHR | 0777, makedev(5, 0));
  });
  EXPECT_EQ(program.form, ProgramForm::not_a_file);
  EXPECT_THAT(program.problem, EndsWith("a device"));
}

TEST_F(PlaceProbeTest, TellsADirectory) {
  const Program program =
      iptables_with([](const std::string& root) { put_directory(root + "/usr/sbin/iptables"); });
  EXPECT_EQ(program.form, ProgramForm::not_a_file);
  EXPECT_THAT(program.problem, EndsWith("a directory"));
}

TEST_F(PlaceProbeTest, SaysThatAFileOfMode0000CannotBeRead) {
  const Program program = iptables_with([](const std::string& root) {
    put_copy(root + "/usr/sbin/iptables", IPTMODE_HOSTILE, 0000);
  });
  EXPECT_EQ(program.form, ProgramForm::unreadable);
  EXPECT_EQ(program.problem, "/usr/sbin/iptables: Permission denied");
}

TEST_F(PlaceProbeTest, DoesNotReadAHugeFile) {
  const auto started = std::chrono::steady_clock::now();
  const Program program = iptables_with([](const std::string& root) {
    put_file(root + "/usr/sbin/iptables", "\177ELF", 0755);
    std::filesystem::resize_file(root + "/usr/sbin/iptables", std::uintmax_t{40} << 30U);
  });
  EXPECT_EQ(program.form, ProgramForm::unreadable);
  EXPECT_THAT(program.problem, EndsWith("larger than 16 MiB"));
  EXPECT_LT(std::chrono::steady_clock::now() - started, 1s);
}

TEST_F(PlaceProbeTest, NamesWithBytesThatAreNotTextSurvive) {
  const Program program = iptables_with(
      [](const std::string& root) { put_link(root + "/usr/sbin/iptables", "\xff\x1b[31m\n"); });
  EXPECT_EQ(program.form, ProgramForm::dangling);
  EXPECT_EQ(program.chain.back(), "/usr/sbin/\xff\x1b[31m\n");
}

TEST_F(PlaceProbeTest, LooksAgainAsRootWhereTheRootDirectoryIsClosed) {
  const Installation found = installation_of(
      {.root_mode = 0700, .populate = [](const auto& root) { put_hostile_iptables(root, ""); }});
  EXPECT_EQ(found.find("iptables")->form, ProgramForm::multi);
  EXPECT_TRUE(found.find("iptables")->by_run.has_value()) << found.find("iptables")->run_problem;
}

TEST_F(PlaceProbeTest, LooksAgainAsRootAtFilesForRootOnly) {
  ProbeRequest request = usual_request();
  request.search_path = {"/var/lib/k0s/bin"};
  const Installation found = installation_of(
      {.populate =
           [](const std::string& root) {
             put_copy(root + "/var/lib/k0s/bin/xtables-nft-multi", IPTMODE_HOSTILE, 0750);
             put_link(root + "/var/lib/k0s/bin/iptables", "xtables-nft-multi");
           }},
      request);
  const Program* program = found.find("iptables");
  EXPECT_EQ(program->form, ProgramForm::multi);
  EXPECT_EQ(program->mode, 0750U);
  ASSERT_TRUE(program->by_run.has_value()) << program->run_problem;
  ASSERT_EQ(found.multis.size(), 1U);
  EXPECT_EQ(found.multis[0].by_run, program->by_run);
}

TEST_F(PlaceProbeTest, LooksAgainAsTheRootOfAnotherUserNamespace) {
  const ContainerShape shape{.own_user_namespace = true, .populate = [](const std::string& root) {
                               put_hostile_iptables(root, "");
                               ::chmod((root + "/usr/sbin/xtables-nft-multi").c_str(), 0700);
                             }};
  for (const bool old_kernel : {false, true}) {
    SCOPED_TRACE(old_kernel);
    ProbeRequest request = usual_request();
    request.without_mount_setattr = old_kernel;
    const Installation found = installation_of(shape, request);
    ASSERT_EQ(found.find("iptables")->form, ProgramForm::multi);
    EXPECT_TRUE(found.find("iptables")->by_run.has_value()) << found.find("iptables")->run_problem;
  }
}

TEST_F(PlaceProbeTest, WorksForAProcessThatIsOnlyChrooted) {
  for (const bool old_kernel : {false, true}) {
    ProbeRequest request = usual_request();
    request.without_mount_setattr = old_kernel;
    const Installation found = installation_of(
        {.only_chroot = true,
         .populate = [](const std::string& root) { put_hostile_iptables(root, ""); }},
        request);
    ASSERT_EQ(found.find("iptables")->form, ProgramForm::multi);
    EXPECT_TRUE(found.find("iptables")->by_run.has_value());
  }
}

TEST_F(PlaceProbeTest, WorksForADirectory) {
  const FakeContainer container{{.only_chroot = true, .populate = [](const std::string& root) {
                                   put_hostile_iptables(root, "");
                                 }}};
  Place place;
  place.root = sys::UniqueFd{::open(fmt::format("/proc/{}/root", container.pid()).c_str(),
                                    O_PATH | O_DIRECTORY | O_CLOEXEC)};
  const auto report = probe_place(std::move(place), usual_request());
  ASSERT_TRUE(report.has_value()) << to_string(report.error());
  EXPECT_TRUE(report->installation.find("iptables")->by_run.has_value());
}

TEST_F(PlaceProbeTest, RunsNothingWhenToldSo) {
  ProbeRequest request = usual_request();
  request.run = false;
  const Installation found = installation_of(
      {.populate = [](const std::string& root) { put_hostile_iptables(root, "sleep"); }}, request);
  EXPECT_EQ(found.find("iptables")->form, ProgramForm::multi);
  EXPECT_FALSE(found.find("iptables")->by_run.has_value());
  EXPECT_EQ(found.find("iptables")->run_problem, "");
}

TEST_F(PlaceProbeTest, NeverRunsAWrapperOrAScript) {
  const Installation found = installation_of({.populate = [](const std::string& root) {
    put_file(root + "/usr/sbin/iptables-wrapper",
             "#!/bin/sh\n# KUBE-IPTABLES-HINT\nnum_legacy_lines=0\necho ran > /tmp/ran\n", 0755);
    put_link(root + "/usr/sbin/iptables", "/usr/sbin/iptables-wrapper");
    put_copy(root + "/usr/sbin/xtables-nft-multi", IPTMODE_HOSTILE);
  }});
  const Program* program = found.find("iptables");
  EXPECT_TRUE(is_wrapper(program->form));
  EXPECT_FALSE(program->by_run.has_value());
  EXPECT_EQ(program->run_problem, "");
  EXPECT_TRUE(found.wrapper_present);
  ASSERT_EQ(found.multis.size(), 1U);
  EXPECT_EQ(found.multis[0].name, "xtables-nft-multi");
}

TEST_F(PlaceProbeTest, FindsAWrapperThatWasCopiedToTheRootAndNeverInstalled) {
  const Installation found = installation_of({.populate = [](const std::string& root) {
    put_file(root + "/iptables-wrapper", "#!/bin/sh\n# KUBE-IPTABLES-HINT\n", 0755);
    put_copy(root + "/usr/sbin/xtables-nft-multi", IPTMODE_HOSTILE);
    put_link(root + "/usr/sbin/iptables", "xtables-nft-multi");
  }});
  EXPECT_TRUE(found.wrapper_present);
  EXPECT_EQ(found.find("iptables-wrapper")->path, "/iptables-wrapper");
  EXPECT_TRUE(is_wrapper(found.find("iptables-wrapper")->form));
}

TEST_F(PlaceProbeTest, FindsTheMultisBesideAFileOutsideTheSearchPath) {
  ProbeRequest request = usual_request();
  request.search_path = {"/usr/bin"};
  const Installation found =
      installation_of({.populate =
                           [](const std::string& root) {
                             put_copy(root + "/opt/x/xtables-nft-multi", IPTMODE_HOSTILE);
                             put_copy(root + "/opt/x/xtables-legacy-multi", IPTMODE_HOSTILE);
                             put_link(root + "/usr/bin/iptables", "/opt/x/xtables-nft-multi");
                           }},
                      request);
  ASSERT_EQ(found.multis.size(), 2U);
  EXPECT_EQ(found.multis[1].path, "/opt/x/xtables-legacy-multi");
}

TEST_F(PlaceProbeTest, LooksForLibnftablesWhereThereIsNoNft) {
  const auto populate = [](const std::string& root) {
    put_copy(root + "/usr/lib64/libnftables.so.1.1.0", IPTMODE_HOSTILE);
    put_link(root + "/usr/lib64/libnftables.so.1", "libnftables.so.1.1.0");
  };
  const Installation found = installation_of({.populate = populate});
  ASSERT_EQ(found.libraries.size(), 1U);
  EXPECT_EQ(found.libraries[0].name, "libnftables.so.1");
  EXPECT_EQ(found.libraries[0].resolved(), "/usr/lib64/libnftables.so.1.1.0");
  const Installation with_nft = installation_of({.populate = [&](const std::string& root) {
    populate(root);
    put_copy(root + "/usr/sbin/nft", IPTMODE_HOSTILE);
  }});
  EXPECT_TRUE(with_nft.libraries.empty());
}

TEST_F(PlaceProbeTest, ReadsTextFilesWithABound) {
  ProbeRequest request = usual_request();
  request.text_files = {"/etc/a.conf", "/etc/none", "/etc/big", "/etc/fifo", "/etc/closed"};
  const FakeContainer container{{.populate = [](const std::string& root) {
    put_file(root + "/data/a", "mode: \xff iptables\n");
    put_link(root + "/etc/a.conf", "/data/a");
    put_file(root + "/etc/big", std::string(65537, 'x'));
    put_file(root + "/etc/closed", "secret", 0000);
    ::mkfifo((root + "/etc/fifo").c_str(), 0666);
  }}};
  auto report = probe_container(container, request);
  ASSERT_TRUE(report.has_value()) << to_string(report.error());
  auto& texts = report->text_files;
  ASSERT_EQ(texts.size(), 5U);
  EXPECT_EQ(texts.at("/etc/a.conf"), "mode: \xff iptables\n");
  EXPECT_EQ(texts.at("/etc/none").error().code, std::errc::no_such_file_or_directory);
  EXPECT_EQ(texts.at("/etc/big").error().code, std::errc::file_too_large);
  EXPECT_EQ(texts.at("/etc/fifo").error().code, std::errc::invalid_argument);
  EXPECT_EQ(texts.at("/etc/closed").error().code, std::errc::permission_denied);
}

TEST_F(PlaceProbeTest, RemountsMountPointsWithSpacesInTheirNames) {
  const FakeContainer container{{.populate = [](const std::string& root) {
    put_hostile_iptables(root, "");
    const std::string odd = root + "/a b\\c\n\td";
    put_directory(odd);
    if (::mount("odd", odd.c_str(), "tmpfs", MS_NOEXEC | MS_NOATIME, nullptr) != 0) ::_exit(1);
  }}};
  ASSERT_TRUE(container.ready());
  ProbeRequest request = usual_request();
  request.without_mount_setattr = true;
  const auto report = probe_container(container, request);
  EXPECT_TRUE(report.has_value()) << to_string(report.error());
}

TEST_F(PlaceProbeTest, RefusesAProcessThatHasEnded) {
  FakeContainer container{{}};
  const pid_t pid = container.pid();
  container.end();
  const int proc = ::open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
  const auto process = sys::open_process(proc, pid, 0);
  ::close(proc);
  ASSERT_FALSE(process.has_value());
  EXPECT_EQ(process.error().code, std::errc::no_such_process);
}

TEST_F(PlaceProbeTest, StillReadsAPlaceWhoseProcessEndsMeanwhile) {
  FakeContainer container{
      {.populate = [](const std::string& root) { put_hostile_iptables(root, ""); }}};
  auto place = place_of(container);
  container.end();
  const auto report = probe_place(std::move(place), usual_request());
  ASSERT_TRUE(report.has_value()) << to_string(report.error());
  EXPECT_TRUE(report->installation.find("iptables")->by_run.has_value());
}

TEST_F(PlaceProbeTest, StillReadsAPlaceWhoseProcessExecsMeanwhile) {
  const FakeContainer container{{.populate =
                                     [](const std::string& root) {
                                       put_hostile_iptables(root, "");
                                       put_copy(root + "/restart", IPTMODE_HOSTILE);
                                     },
                                 .live = [] { ::execl("/restart", "restart", "sleep", nullptr); }}};
  for (int turn = 0; turn < 10; ++turn) EXPECT_TRUE(probe_container(container).has_value());
}

TEST_F(PlaceProbeTest, SeveralPlacesAreReadAtTheSameTime) {
  const auto populate = [](const std::string& root) { put_hostile_iptables(root, "sleep"); };
  const FakeContainer one{{.populate = populate}};
  const FakeContainer two{{.populate = populate}};
  const auto started = std::chrono::steady_clock::now();
  auto first = PlaceProbe::start(std::move(*place_of(one)), usual_request());
  auto second = PlaceProbe::start(std::move(*place_of(two)), usual_request());
  ASSERT_TRUE(first && second);
  for (bool done = false; !done; ::usleep(1000)) {
    done = first->poll();
    done = second->poll() && done;
  }
  EXPECT_LT(std::chrono::steady_clock::now() - started, 1100ms) << "600 ms each";
  EXPECT_TRUE(first->finish().has_value());
  EXPECT_TRUE(second->finish().has_value());
}

TEST_F(PlaceProbeTest, NamesTheStepThatFailed) {
  const FakeContainer container{{}};
  auto place = place_of(container);
  ASSERT_TRUE(place.has_value());
  place->process.mount_ns = sys::UniqueFd{::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC)};
  const auto report = probe_place(std::move(place), usual_request());
  ASSERT_FALSE(report.has_value());
  EXPECT_EQ(to_string(report.error()), "setns mnt: Invalid argument");
}

TEST_F(PlaceProbeTest, RunsTheIptablesOfThisSystem) {
  const std::string multi = "/usr/sbin/xtables-nft-multi";
  if (!std::filesystem::exists(multi)) GTEST_SKIP() << multi << " is not installed";
  const FakeContainer container{{.populate = [&](const std::string& root) {
    put_copy(root + multi, multi);
    put_link(root + "/usr/sbin/iptables", "xtables-nft-multi");
    FILE* libraries = ::popen(("ldd " + multi).c_str(), "r");  // "\tlibc.so.6 => /lib/... (0x7f)"
    char line[512];
    while (::fgets(line, sizeof line, libraries) != nullptr) {
      const std::string text = line;
      const auto begin = text.find('/');
      if (begin == std::string::npos) continue;
      const std::string path = text.substr(begin, text.find(' ', begin) - begin);
      put_copy(root + path, path);
    }
    ::pclose(libraries);
  }}};
  const Installation found = installation_in(container);
  const Program* program = found.find("iptables");
  ASSERT_EQ(program->form, ProgramForm::multi);
  EXPECT_EQ(program->by_file.backend, Backend::nf_tables);
  ASSERT_TRUE(program->by_run.has_value()) << program->run_problem;
  EXPECT_EQ(program->by_run, program->by_file);
}

}  // namespace
}  // namespace iptmode::probe::test
