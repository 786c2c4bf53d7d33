// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "iptmode/installation.h"

namespace iptmode::testing {

/// A multi-call file as the collector sees it: identified by its bytes and by a run that agree.
[[nodiscard]] Program a_multi(const std::string& directory, Backend backend,
                              std::string_view version);

/// Builds an Installation. Without anything said: a directory with nothing in it.
class InstallationBuilder {
 public:
  explicit InstallationBuilder(std::string directory);

  /// xtables-nft-multi or xtables-legacy-multi lies there. Replaces one of the same backend.
  InstallationBuilder& multi(Backend backend, std::string_view version);
  InstallationBuilder& without_multi(Backend backend);
  /// All six names are links to the multi of `backend`, which is added when it is not there yet.
  InstallationBuilder& links(Backend backend, std::string_view version);
  /// One of the six names is a link to the multi of `backend`.
  InstallationBuilder& link(std::string_view name, Backend backend, std::string_view version);
  /// All six names lead to a wrapper that has not chosen yet.
  InstallationBuilder& wrapper(ProgramForm form = ProgramForm::go_wrapper);
  /// A file named iptables-wrapper lies there, whether the names lead to it or not.
  InstallationBuilder& wrapper_file(bool present = true);
  /// It lies in `/`, where no search path leads.
  InstallationBuilder& wrapper_in_root(ProgramForm form = ProgramForm::go_wrapper);
  /// iptables-<backend>, -save and -restore in both families, as felix calls them.
  InstallationBuilder& by_name(Backend backend, std::string_view version);
  /// Puts one program in, or in the place of the one with its name.
  InstallationBuilder& program(Program program);

  [[nodiscard]] Installation build() const;

 private:
  std::string directory_;
  Installation installation_;
};

[[nodiscard]] InstallationBuilder an_installation(std::string directory = "/usr/sbin");

}  // namespace iptmode::testing
