// SPDX-License-Identifier: GPL-2.0-or-later
#include "releases.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <utility>

#include "sys/file.h"

namespace iptmode::cross_reading::test {
namespace {

constexpr const char* kMulti = "/usr/sbin/xtables-nft-multi";
constexpr const char* kLegacyMulti = "/usr/sbin/xtables-legacy-multi";

std::string directory_of_roots() {
  if (const char* roots = std::getenv("IPTMODE_TEST_ROOTS")) return roots;
  if (const char* cache = std::getenv("XDG_CACHE_HOME"))
    return std::string{cache} + "/iptmode-tests";
  return "/var/cache/iptmode-tests";
}

}  // namespace

std::vector<Release> releases() {
  constexpr std::pair<Version, const char*> kReleases[] = {{{1, 8, 7}, "bullseye"},
                                                           {{1, 8, 9}, "bookworm"},
                                                           {{1, 8, 11}, "trixie"},
                                                           {{1, 8, 13}, "sid"}};
  std::vector<Release> found;
  for (const auto& [version, suite] : kReleases) {
    std::string root = directory_of_roots() + "/root-" + suite;
    if (!std::filesystem::exists(root + kMulti)) return {};
    found.push_back({.version = version, .root = std::move(root)});
  }
  return found;
}

namespace {

Candidate candidate_at(const Release& release, const std::string& path) {
  struct stat status = {};
  EXPECT_EQ(::stat((release.root + path).c_str(), &status), 0);
  Candidate candidate{.reader = {.label = to_string(release.version),
                                 .places = {to_string(release.version)},
                                 .path = path,
                                 .version = release.version,
                                 .device = status.st_dev,
                                 .inode = status.st_ino},
                      .mode = status.st_mode & 07777U,
                      .of_root = true};
  auto root = sys::open_at(AT_FDCWD, release.root, O_PATH | O_DIRECTORY);
  EXPECT_TRUE(root);
  if (root) candidate.place.root = std::move(*root);
  return candidate;
}

}  // namespace

bool roots_are_required() {
  const char* const wanted = std::getenv("IPTMODE_REQUIRE_ROOTS");
  return wanted != nullptr && std::string_view{wanted} == "1";
}

Candidate candidate(const Release& release) {
  return candidate_at(release, kMulti);
}

Candidate legacy_candidate(const Release& release) {
  Candidate candidate = candidate_at(release, kLegacyMulti);
  candidate.legacy = true;
  return candidate;
}

std::string command(const Release& release, const std::string& applet) {
  return "chroot " + release.root + " " + kMulti + " " + applet;
}

}  // namespace iptmode::cross_reading::test
