// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/path_walk.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

#include "sys/file.h"

namespace iptmode::probe {
namespace {

class Walker {
 public:
  Walk run(const std::string& path) {
    walk_.chain.push_back(path);
    push(path);
    while (!pending_.empty() && walk_.errnum == 0 && !walk_.status) step();
    if (walk_.errnum == 0 && !walk_.status) end_at_directory();
    return std::move(walk_);
  }

 private:
  /// Puts the components of `path` in front of what is still to be walked.
  void push(std::string_view path) {
    std::vector<std::string> components;
    while (!path.empty()) {
      const auto end = std::min(path.find('/'), path.size());
      const auto component = path.substr(0, end);
      path.remove_prefix(std::min(end + 1, path.size()));
      if (!component.empty() && component != ".") components.emplace_back(component);
    }
    pending_.insert(pending_.end(), components.rbegin(), components.rend());
  }

  void step() {
    const std::string component = std::move(pending_.back());
    pending_.pop_back();
    if (component == "..") return go_up();
    const std::string next = here_ + '/' + component;
    if (next.size() > kMaxPathLength) return fail(ENAMETOOLONG);
    const bool last = pending_.empty();
    if (last && !record(next)) return fail(ELOOP);

    struct stat status = {};
    if (::fstatat(AT_FDCWD, next.c_str(), &status, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) != 0)
      return fail_at(next, errno);
    if (S_ISLNK(status.st_mode)) return follow(next);
    if (last)
      walk_.status = status;
    else if (S_ISDIR(status.st_mode))
      here_ = next;
    else
      fail_at(next, ENOTDIR);
  }

  void go_up() { here_.erase(std::min(here_.rfind('/'), here_.size())); }

  void follow(const std::string& link) {
    if (++links_ > kMaxLinks) return fail(ELOOP);
    const auto target = sys::read_link(AT_FDCWD, link);
    if (!target) return fail(target.error().code.value());
    if (target->size() > kMaxPathLength) return fail(ENAMETOOLONG);
    if (target->starts_with('/')) here_.clear();
    push(*target);
  }

  /// The last component is what the name leads to; to meet one again means to meet it for ever.
  bool record(const std::string& path) {
    if (walk_.chain.back() == path && walk_.chain.size() == 1) return ++visits_ == 1;
    if (std::ranges::find(walk_.chain, path) != walk_.chain.end()) return false;
    walk_.chain.push_back(path);
    return true;
  }

  /// The path ended in `..` or was the root: a directory that was already passed.
  void end_at_directory() {
    const std::string path = here_.empty() ? "/" : here_;
    if (walk_.chain.back() != path) walk_.chain.push_back(path);
    struct stat status = {};
    if (::fstatat(AT_FDCWD, path.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return fail(errno);
    walk_.status = status;
  }

  /// Where the rest would have led to is on the way too: "/opt/gone/iptables" when there is no
  /// /opt.
  void fail_at(std::string path, int errnum) {
    std::for_each(pending_.rbegin(), pending_.rend(),
                  [&](const std::string& component) { path += '/' + component; });
    if (path.size() <= kMaxPathLength) (void)record(path);
    fail(errnum);
  }

  void fail(int errnum) { walk_.errnum = errnum; }

  Walk walk_ = {};
  std::string here_ = {};                  // a directory without links in its path; empty: root
  std::vector<std::string> pending_ = {};  // components to go, the next one last
  int links_ = 0;
  int visits_ = 0;  // of the given path itself
};

}  // namespace

Walk walk_path(const std::string& path) {
  return Walker{}.run(path);
}

}  // namespace iptmode::probe
