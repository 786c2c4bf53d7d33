// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnose/wrapper_choice.h"

#include <gtest/gtest.h>

#include "snapshot_builder.h"

namespace iptmode {
namespace {

using namespace iptmode::testing;
using checks::wrapper_choice;

constexpr auto kV1 = ProgramForm::shell_wrapper_v1;
constexpr auto kV2 = ProgramForm::shell_wrapper_v2;
constexpr auto kGo = ProgramForm::go_wrapper;

Installation an_image(ProgramForm form) {
  return an_installation()
      .multi(Backend::legacy, "1.8.9")
      .multi(Backend::nf_tables, "1.8.9")
      .wrapper(form)
      .build();
}

std::optional<Backend> choice_of(ProgramForm form, const NodeBuilder& node) {
  const Snapshot snapshot = node.build();
  return wrapper_choice(an_image(form), snapshot.network()).backend;
}

NodeBuilder a_kernel(std::uint64_t legacy, std::uint64_t nft) {
  NodeBuilder node = a_plain_machine();
  node.legacy_rules({}, legacy).nft_rules({}, nft);
  return node;
}

TEST(WrapperChoice, FollowsTheAlgorithmOfEachForm) {
  struct Case {
    std::string_view what;
    NodeBuilder node;
    Backend v1, v2, go;
  };
  const Case cases[] = {
      {"nothing", a_kernel(0, 0), Backend::legacy, Backend::nf_tables, Backend::nf_tables},
      {"a tie", a_kernel(5, 5), Backend::legacy, Backend::nf_tables, Backend::nf_tables},
      {"more legacy", a_kernel(6, 5), Backend::legacy, Backend::legacy, Backend::nf_tables},
      {"more nft", a_kernel(5, 6), Backend::nf_tables, Backend::nf_tables, Backend::nf_tables},
      {"hint in nft, more legacy", a_kernel(9, 1).hint(Backend::nf_tables), Backend::legacy,
       Backend::nf_tables, Backend::nf_tables},
      {"hint in legacy, more nft", a_kernel(1, 9).hint(Backend::legacy), Backend::nf_tables,
       Backend::legacy, Backend::legacy},
      {"hint in both", a_kernel(9, 1).hint(Backend::legacy).hint(Backend::nf_tables),
       Backend::legacy, Backend::nf_tables, Backend::nf_tables},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.what);
    EXPECT_EQ(choice_of(kV1, c.node), c.v1);
    EXPECT_EQ(choice_of(kV2, c.node), c.v2);
    EXPECT_EQ(choice_of(kGo, c.node), c.go);
  }
}

TEST(WrapperChoice, SeesNothingThroughAVariantThatIsNotThere) {
  const Snapshot node = a_plain_machine().hint(Backend::legacy).legacy_rules({}, 50);
  const Installation image =
      an_installation().multi(Backend::nf_tables, "1.8.11").wrapper(kGo).build();
  EXPECT_EQ(wrapper_choice(image, node.network()).backend, Backend::nf_tables);
}

TEST(WrapperChoice, CannotBeToldFromTablesThatWereNotRead) {
  NodeBuilder node = a_plain_machine();
  EXPECT_FALSE(choice_of(kGo, node.unread(Backend::nf_tables)));
  EXPECT_FALSE(choice_of(kV1, node));
}

TEST(WrapperChoice, NeedsNoLegacyTablesOnceTheHintIsInNfTables) {
  EXPECT_EQ(choice_of(kGo, a_plain_machine().hint(Backend::nf_tables).unread(Backend::legacy)),
            Backend::nf_tables);
}

TEST(WrapperChoice, KnowsTheFormByTheFileOnceTheLinksAreMade) {
  const Installation image = an_installation("/sbin")
                                 .multi(Backend::legacy, "1.8.9")
                                 .links(Backend::nf_tables, "1.8.9")
                                 .program({.name = "iptables-wrapper",
                                           .path = "/sbin/iptables-wrapper",
                                           .chain = {"/sbin/iptables-wrapper"},
                                           .form = kV2})
                                 .wrapper_file()
                                 .build();
  const Snapshot more_legacy = a_kernel(9, 1);
  EXPECT_EQ(wrapper_choice(image, more_legacy.network()).backend, Backend::legacy);
  EXPECT_FALSE(checks::wrapper_was_never_installed(image));
}

TEST(WrapperChoice, SaysOnlyWhatAllFormsShareOnceTheFormIsGone) {
  const Installation resolved = an_installation()
                                    .multi(Backend::legacy, "1.8.9")
                                    .links(Backend::nf_tables, "1.8.9")
                                    .wrapper_file()
                                    .build();
  const Snapshot more_legacy = a_kernel(9, 1);
  const Snapshot more_nft = a_kernel(1, 9);
  EXPECT_FALSE(wrapper_choice(resolved, more_legacy.network()).backend);
  EXPECT_EQ(wrapper_choice(resolved, more_nft.network()).backend, Backend::nf_tables);
}

}  // namespace
}  // namespace iptmode
