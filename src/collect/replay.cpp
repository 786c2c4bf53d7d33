// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/replay.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "cross_reading/cross_reader.h"
#include "iptmode/identify.h"
#include "sys/file.h"

namespace iptmode::collect {

namespace {

constexpr std::size_t kMaxProgram = 16U << 20U;  // the largest known, static, has 4 MB
constexpr std::uint32_t kPermissions = 07777;

using cross_reading::Candidate;

std::string inside(const std::string& path) {
  const std::size_t first = path.find_first_not_of('/');
  return first == std::string::npos ? "." : path.substr(first);
}

/// Links are followed as somebody whose root directory that is would follow them.
Result<sys::UniqueFd> open_inside(int root, const std::string& path) {
  open_how how{};
  how.flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC;
  how.resolve = RESOLVE_IN_ROOT;
  const long fd = ::syscall(SYS_openat2, root, path.c_str(), &how, sizeof how);
  if (fd < 0) return sys_error(errno, "open", path);
  return sys::UniqueFd{static_cast<int>(fd)};
}

Result<Candidate> candidate_at(const ReplayReader& wanted) {
  auto root = sys::open_at(AT_FDCWD, wanted.root, O_PATH | O_DIRECTORY);
  if (!root) return tl::unexpected{root.error()};
  const auto file = open_inside(root->get(), wanted.path);
  if (!file) return tl::unexpected{file.error()};
  struct stat status {};
  if (::fstat(file->get(), &status) != 0) return sys_error(errno, "fstat", wanted.path);
  if (!S_ISREG(status.st_mode)) return sys_error(EINVAL, "no regular file", wanted.path);
  const auto bytes = sys::read_bounded(file->get(), kMaxProgram, std::chrono::seconds{5});
  if (!bytes) return tl::unexpected{bytes.error()};
  const FileIdentity found = identify_file(*bytes);
  if (found.form != ProgramForm::multi || found.identity.backend != Backend::nf_tables)
    return sys_error(EINVAL, "no multi-call file of iptables-nft", wanted.path);
  Candidate candidate{.reader = {.label = wanted.path,
                                 .places = {wanted.path},
                                 .path = "/" + inside(wanted.path),
                                 .version = found.identity.version,
                                 .device = status.st_dev,
                                 .inode = status.st_ino},
                      .mode = status.st_mode & kPermissions};
  candidate.place.label = wanted.path;
  candidate.place.root = std::move(*root);
  return candidate;
}

}  // namespace

Result<CrossReading> read_with(const std::vector<NftTable>& tables, const ReplayReader& reader,
                               std::chrono::milliseconds timeout) {
  auto candidate = candidate_at(reader);
  if (!candidate) return tl::unexpected{candidate.error()};
  std::vector<Candidate> candidates;
  candidates.push_back(std::move(*candidate));
  return cross_reading::CrossReader::start(tables, std::move(candidates),
                                           {.every_bug = true, .timeout = timeout})
      .finish();
}

}  // namespace iptmode::collect
