// SPDX-License-Identifier: GPL-2.0-or-later
#include <utility>

#include "identify/version_strings.h"
#include "iptmode/identify.h"

namespace iptmode {
namespace {

using namespace std::string_view_literals;
using identify::holds;

constexpr std::string_view kElfMagic = "\177ELF";
constexpr std::size_t kMaxScript = 65536;  // the wrappers are under 8 KiB; beyond it is data

/// kubernetes-sigs/iptables-wrappers: its import path, which was github.com/kubernetes-sigs/... and
/// became sigs.k8s.io/..., is in the build information; the message stays in a stripped file too.
bool is_go_wrapper(std::string_view bytes) {
  return holds(bytes, "/iptables-wrappers") || holds(bytes, "Unable to redirect iptables binaries");
}

/// The names by which a multi-call file knows its applets (iptables/xtables-*-multi.c).
bool holds_applets(std::string_view bytes) {
  return holds(bytes, "\0iptables-restore\0"sv) && holds(bytes, "\0iptables-save\0"sv);
}

FileIdentity identify_elf(std::string_view bytes) {
  // First, because a wrapper must never be taken for something that may be run.
  if (is_go_wrapper(bytes)) return {.form = ProgramForm::go_wrapper};

  Identity identity = identify::identity_from_strings(bytes);
  if (!holds_applets(bytes)) {
    std::string nft = identify::nft_version(bytes);
    if (nft.empty()) nft = identify::libnftables_version(bytes);
    return {.form = ProgramForm::standalone, .identity = identity, .nft_version = std::move(nft)};
  }
  if (!identity.backend && !identity.version) identity = identify::identity_before_1_8(bytes);
  const bool is_iptables = identity.backend || identity.version;
  return {.form = is_iptables ? ProgramForm::multi : ProgramForm::standalone, .identity = identity};
}

/// A file that is no ELF file. Without "#!" too: execvp(3) hands it to the shell.
FileIdentity identify_script(std::string_view text) {
  if (holds(text, "KUBE-IPTABLES-HINT")) return {.form = ProgramForm::shell_wrapper_v2};
  if (holds(text, "num_legacy_lines")) return {.form = ProgramForm::shell_wrapper_v1};
  return {.form = ProgramForm::script};
}

}  // namespace

FileIdentity identify_file(std::string_view bytes) {
  if (bytes.starts_with(kElfMagic)) return identify_elf(bytes);
  return identify_script(bytes.substr(0, kMaxScript));
}

}  // namespace iptmode
