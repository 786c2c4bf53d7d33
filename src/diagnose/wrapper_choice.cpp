// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnose/wrapper_choice.h"

#include <fmt/format.h>

#include "diagnose/subject_names.h"

namespace iptmode::checks {
namespace {

/// What the variants of one place can see of the kernel. A part that was not read is absent.
struct Sight {
  std::optional<bool> hint = {};
  std::optional<std::uint64_t> rules = {};
};

Sight sight_of(const Installation& place, const NetworkState& network, Backend backend) {
  if (!place.available(backend).present) return {.hint = false, .rules = 0};
  Sight sight;
  if (network.hints.contains(backend)) sight.hint = network.hint_in(backend);
  const bool read =
      backend == Backend::legacy ? network.legacy.has_value() : network.nft.has_value();
  if (read) sight.rules = network.rules_in(backend);
  return sight;
}

WrapperChoice undecided(std::string_view reason) {
  return {.reason = std::string{reason}};
}

WrapperChoice by_hint(Backend backend) {
  return {.backend = backend,
          .reason = fmt::format("the hint of kubelet is in {}", to_string(backend)),
          .by_hint = true};
}

WrapperChoice by_count(std::uint64_t legacy, std::uint64_t nft, Backend on_tie) {
  const Backend most = legacy > nft ? Backend::legacy : Backend::nf_tables;
  return {.backend = legacy == nft ? on_tie : most,
          .reason = fmt::format("legacy holds {}, nf_tables {}", count_of(legacy, "rule"), nft)};
}

WrapperChoice choice_without_hint(ProgramForm form, const Sight& legacy, const Sight& nft) {
  WrapperChoice by_default{.backend = Backend::nf_tables,
                           .reason = "the hint of kubelet is nowhere: it takes its default"};
  if (form == ProgramForm::go_wrapper) return by_default;
  if (!legacy.rules || !nft.rules) return undecided("it counts rules, and not all were read");
  WrapperChoice counted = by_count(*legacy.rules, *nft.rules, Backend::nf_tables);
  if (form == ProgramForm::shell_wrapper_v2 || counted.backend == by_default.backend)
    return counted;
  return undecided("there is no hint, and its form is not known");
}

}  // namespace

ProgramForm wrapper_form(const Installation& place) {
  if (wrapper_is_pending(place)) return place.primary()->form;
  const Program* const file = place.find("iptables-wrapper");
  return file != nullptr && is_wrapper(file->form) ? file->form : ProgramForm::missing;
}

bool wrapper_was_never_installed(const Installation& place) {
  const Program* const file = place.find("iptables-wrapper");
  return file != nullptr && file->path == "/iptables-wrapper" && !wrapper_is_pending(place);
}

bool wrapper_is_pending(const Installation& place) {
  const Program* const primary = place.primary();
  return primary != nullptr && is_wrapper(primary->form);
}

WrapperChoice wrapper_choice(const Installation& place, const NetworkState& network) {
  const Sight nft = sight_of(place, network, Backend::nf_tables);
  const Sight legacy = sight_of(place, network, Backend::legacy);
  const ProgramForm form = wrapper_form(place);
  if (form == ProgramForm::shell_wrapper_v1) {
    if (!legacy.rules || !nft.rules) return undecided("it counts rules, and not all were read");
    return by_count(*legacy.rules, *nft.rules, Backend::legacy);
  }
  if (!nft.hint) return undecided("the hint of kubelet in nf_tables was not read");
  if (*nft.hint) return by_hint(Backend::nf_tables);
  if (!legacy.hint) return undecided("the hint of kubelet in legacy was not read");
  if (*legacy.hint) return by_hint(Backend::legacy);
  return choice_without_hint(form, legacy, nft);
}

}  // namespace iptmode::checks
