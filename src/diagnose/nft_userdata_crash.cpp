// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "diagnose/checks.h"
#include "diagnose/domains.h"
#include "diagnose/node_commands.h"
#include "diagnose/places.h"
#include "diagnose/subject_names.h"

namespace iptmode::checks {
namespace {

/// nft's release, with a number more than iptables': 1.0.6.1.
using NftVersion = std::array<unsigned, 4>;

std::optional<NftVersion> nft_version_from(std::string_view text) {
  NftVersion version{};
  std::size_t part = 0;
  while (part < version.size()) {
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), version.at(part));
    if (error != std::errc{}) return std::nullopt;
    ++part;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (text.empty()) break;
    if (text.front() != '.') return std::nullopt;
    text.remove_prefix(1);
  }
  return part >= 3 && text.empty() ? std::optional{version} : std::nullopt;
}

/// 1.1.2 and 1.1.3 read what they write (tried: 1.1.3); 1.0.6.1 brought the mend to the branch that
/// Kubernetes' images use.
bool dies(NftVersion version) {
  constexpr NftVersion kWritesIt{1, 1, 2, 0};
  constexpr NftVersion kBranch{1, 0, 6, 1};
  constexpr NftVersion kBranchEnd{1, 0, 7, 0};
  const bool mended_branch = version >= kBranch && version < kBranchEnd;
  return version < kWritesIt && !mended_branch;
}

/// Native sets that an older nft dies on, in one network namespace.
struct DescribedSets {
  std::uint64_t sets = 0;
  std::vector<std::string> tables = {};  ///< "ip kube-proxy: 5 sets, \"cluster-ips\""
};

DescribedSets described_in(const NetworkState& network) {
  DescribedSets described;
  if (!network.nft) return described;
  for (const NftTable& table : *network.nft) {
    if (table.described_sets == 0) continue;
    described.sets += table.described_sets;
    described.tables.push_back(fmt::format("table {} {}: {}, among them \"{}\"", table.family,
                                           table.name, count_of(table.described_sets, "such set"),
                                           table.described_set));
  }
  return described;
}

bool is_firewalld_on_nft(const Component& component) {
  return component.kind == ComponentKind::firewalld &&
         component.declared.backend != Backend::legacy && component.declared.mode != "iptables";
}

bool has_enabled_service(const Snapshot& snapshot) {
  return snapshot.host_settings && snapshot.host_settings->nftables_service &&
         !snapshot.host_settings->nftables_service->enabled_by.empty();
}

/// Who calls the nft of a place, and how bad it is that it dies.
struct Caller {
  Severity severity = Severity::info;
  std::string_view what = {};
};

/// nft, else the library that programs use without it.
struct NftCode {
  const Program* file = nullptr;
  bool is_library = false;
  [[nodiscard]] std::string_view name() const { return is_library ? "libnftables" : "nft"; }
};

NftCode nft_of(const Installation& installation) {
  const Program* const nft = installation.find("nft");
  if (nft != nullptr && !nft->resolved().empty()) return {.file = nft};
  if (installation.libraries.empty()) return {};
  return {.file = &installation.libraries.front(), .is_library = true};
}

Caller caller_of(const NamedPlace& place, const Domain& domain, const Snapshot& snapshot) {
  if (place.component != nullptr && is_firewalld_on_nft(*place.component))
    return {Severity::error, "firewalld uses it and dies with it"};
  if (place.component != nullptr && place.component->declared.native_nft)
    return {Severity::critical,
            "it cannot read or write a rule any more, and dies again at each attempt"};
  if (place.component != nullptr)
    return {Severity::info, "it does not use nft in the mode it runs in"};
  if (std::ranges::any_of(domain.components,
                          [](const Component* one) { return is_firewalld_on_nft(*one); }))
    return {Severity::error, "firewalld uses this library and dies with it"};
  if (has_enabled_service(snapshot))
    return {Severity::error, "nftables.service cannot load its file any more"};
  return {Severity::info, "whoever lists tables with it gets nothing but a core dump"};
}

Finding finding_of(const NamedPlace& place, const NftCode& nft, const DescribedSets& described,
                   const Caller& caller) {
  Finding finding{.severity = caller.severity, .subject = place.subject};
  finding.message =
      fmt::format("Its {} {} dies (SIGSEGV) on sets that nft 1.1.2 or later has written here: {}.",
                  nft.name(), nft.file->nft_version, caller.what);
  finding.evidence = {
      fmt::format("{}: {}, by its file", nft.file->resolved(), nft.file->nft_version)};
  finding.evidence.insert(finding.evidence.end(), described.tables.begin(), described.tables.end());
  return finding;
}

std::vector<std::string> remedy_of(const NamedPlace& place, const Snapshot& snapshot) {
  if (place.component == nullptr)
    return {
        "install nftables and libnftables 1.1.4 or later, or a package with the fix "
        "(nftables commit be737a1986); Debian 12's 1.0.6-2 has it not"};
  return {
      "use an image with nft 1.1.4 or later, or 1.0.6.1, then " + renew(*place.component, snapshot),
      "or take the writer back to an older nft and reboot"};
}

/// A component on the host has the host's nft: it is told there.
bool is_hosts_own(const NamedPlace& place, const Program& nft, const Snapshot& snapshot) {
  const Program* const own = snapshot.host ? nft_of(*snapshot.host).file : nullptr;
  return place.component != nullptr && own != nullptr && same_file(nft, *own);
}

void add_findings(CheckOutcome& outcome, const Domain& domain, const Snapshot& snapshot) {
  const DescribedSets described = described_in(*domain.network);
  if (described.sets == 0) return;
  for (const NamedPlace& place : places_of(snapshot)) {
    const bool belongs =
        place.component == nullptr
            ? domain.is_node
            : std::ranges::find(domain.components, place.component) != domain.components.end();
    const NftCode nft = nft_of(*place.installation);
    if (!belongs || nft.file == nullptr) continue;
    const Caller caller = caller_of(place, domain, snapshot);
    const bool told_there = caller.severity == Severity::info ||
                            (place.component != nullptr && is_firewalld_on_nft(*place.component));
    if (told_there && is_hosts_own(place, *nft.file, snapshot)) continue;
    if (caller.severity == Severity::info && nft.is_library) continue;  // nobody uses it
    const auto version = nft_version_from(nft.file->nft_version);
    if (!version && caller.severity > Severity::info)
      outcome.undecided =
          fmt::format("the version of {} in {} is not known", nft.name(), place.subject);
    if (!version || !dies(*version)) continue;
    Finding finding = finding_of(place, nft, described, caller);
    if (domain.network->libnftables.outcome == Libnftables::Outcome::died)
      finding.evidence.push_back("libnftables, asked by this audit, died as well: " +
                                 domain.network->libnftables.detail);
    finding.remedy = remedy_of(place, snapshot);
    outcome.findings.push_back(std::move(finding));
  }
}

CheckOutcome judge_nft_userdata_crash(const Snapshot& snapshot) {
  CheckOutcome outcome;
  for (const Domain& domain : domains_of(snapshot)) add_findings(outcome, domain, snapshot);
  return outcome;
}

}  // namespace

Check nft_userdata_crash() {
  return {
      .id = "nft_userdata_crash",
      .title = "No nft dies on the sets of a newer one",
      .severity = Severity::critical,
      .needs = kNeeds<Fact::processes, Fact::installations, Fact::host_iptables, Fact::declared,
                      Fact::nft_rules>,
      .run = judge_nft_userdata_crash,
      .looks_for =
          "Sets and maps of a plain `type` in any nft table of the network namespace whose user "
          "data describes that type as an expression, which nft 1.1.2 began to write; and each nft "
          "there (components, host; libnftables where firewalld uses it without an nft) that is "
          "older and without the fix, by the release in its file. "
          "A distribution may have mended its package without a new number: what this audit's own "
          "libnftables made of the tables is shown with it.",
      .matters =
          "An older nft follows a function that is not there, for `list ruleset`, `list tables` "
          "and for every change: kube-proxy or felix in nftables mode never sync again, and core "
          "dumps fill the disk. An empty answer of such an nft is not \"no rules\". A note where "
          "nobody uses that nft.",
      .mend =
          "Bring all of them to one side of nft 1.1.2: a host with 1.1.4 or later, or a patched "
          "package, or images whose nft is not newer than the host's. Sets stay as they were "
          "written until their table is deleted or the node is rebooted.",
      .sources =
          "nftables commit be737a1986 (in 1.1.4 and 1.0.6.1); tried with Debian's 0.9.8, 1.0.6, "
          "1.1.3 and 1.1.7\n"
          "https://github.com/k0sproject/k0s/issues/7293\n"
          "https://github.com/kubernetes/kubernetes/issues/136786\n"
          "https://github.com/projectcalico/calico/issues/11750\n"
          "https://github.com/istio/istio/issues/58492\n"
          "https://github.com/microsoft/azurelinux/pull/17760"};
}

}  // namespace iptmode::checks
