// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>

namespace iptmode::probe::test {

/// What kind of container, and what lies in it.
struct ContainerShape {
  bool own_user_namespace = false;  ///< root in there is user 100000 of ours
  bool only_chroot = false;         ///< no mount namespace of its own, just another root directory
  bool with_proc = true;            ///< proc is mounted (not in a user namespace)
  mode_t root_mode = 0755;
  /// Makes the files; `root` is the directory that becomes the container's "/". Runs in the
  /// container's own process.
  std::function<void(const std::string& root)> populate = {};
  /// What its process does once it is inside; sleeps if there is nothing. Must not return.
  std::function<void()> live = {};
};

/// A process that lives in a root directory of its own (a tmpfs) like one of a container. Ends with
/// the object, and with the test program.
class FakeContainer {
 public:
  explicit FakeContainer(const ContainerShape& shape);
  FakeContainer(const FakeContainer&) = delete;
  FakeContainer& operator=(const FakeContainer&) = delete;
  FakeContainer(FakeContainer&&) = delete;
  FakeContainer& operator=(FakeContainer&&) = delete;
  ~FakeContainer();

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] bool ready() const { return ready_; }
  void end();  ///< kills and reaps its process
  /// Every file in it with type, mode, owner, size, times (that of access for regular files) and
  /// link target, one a line.
  [[nodiscard]] std::string listing() const;

 private:
  std::string directory_;
  pid_t pid_ = 0;
  bool ready_ = false;
};

// For `populate`; directories in between are made. They end the process when they fail.
void put_file(const std::string& path, const std::string& content, mode_t mode = 0644);
void put_link(const std::string& path, const std::string& target);
void put_directory(const std::string& path, mode_t mode = 0755);
void put_copy(const std::string& path, const std::string& source, mode_t mode = 0755);

/// The hostile program as `/usr/sbin/xtables-nft-multi` with an `iptables` that leads to it, in the
/// given mode (see programs/hostile.cpp).
void put_hostile_iptables(const std::string& root, const std::string& mode);

}  // namespace iptmode::probe::test
