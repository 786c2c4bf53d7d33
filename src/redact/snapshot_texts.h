// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "snapshot_io/fields.h"

// Walks over everything that a snapshot holds, by the list of its members that the file is made
// from: what is stored is what is seen here.
namespace iptmode::redact {

/// What holds neither text nor a part that does. Bytes are: those of addresses are replaced by who
/// knows that they are (address_intervals.h), those of expressions are left out.
template <class T>
struct IsPlain : std::bool_constant<!std::is_class_v<T>> {};
template <class Member>
struct IsPlain<snapshot_io::Bytes<Member>> : std::true_type {};
template <>
struct IsPlain<Version> : std::true_type {};
template <>
struct IsPlain<OwnerSet> : std::true_type {};
template <>
struct IsPlain<snapshot_io::Hints> : std::true_type {};

/// Calls `visit` for every member of type Part, inside other parts too.
template <class Part, class Visit>
class Walk {
 public:
  explicit Walk(Visit visit) : visit_{std::move(visit)} {}

  void operator()(std::string_view /*key*/, auto&& member) { enter(member); }

  template <class T>
  void enter(T& member) {
    if constexpr (std::is_same_v<std::remove_const_t<T>, Part>)
      visit_(member);
    else if constexpr (requires { snapshot_io::describe(*this, member); })
      snapshot_io::describe(*this, member);
    else
      static_assert(std::is_same_v<std::remove_const_t<T>, std::string> ||
                        IsPlain<std::remove_const_t<T>>::value,
                    "say here how this member is entered, or its texts are not redacted");
  }
  template <class T>
  void enter(snapshot_io::Later<T>& later) {
    enter(later.member);
  }
  template <class T>
  void enter(std::vector<T>& members) {
    for (T& member : members) enter(member);
  }
  template <class T>
  void enter(const std::vector<T>& members) {
    for (const T& member : members) enter(member);
  }
  template <class T>
  void enter(std::optional<T>& member) {
    if (member) enter(*member);
  }
  template <class T>
  void enter(const std::optional<T>& member) {
    if (member) enter(*member);
  }
  template <class A, class B>
  void enter(std::pair<A, B>& members) {
    enter(members.first);
    enter(members.second);
  }
  template <class A, class B>
  void enter(const std::pair<A, B>& members) {
    enter(members.first);
    enter(members.second);
  }

 private:
  Visit visit_;
};

template <class Part, class Visit>
void for_each_part(auto& snapshot, Visit visit) {
  Walk<Part, Visit> walk{std::move(visit)};
  walk.enter(snapshot);
}

/// Texts, not the kernel's own bytes.
template <class Visit>
void for_each_text(auto& snapshot, Visit visit) {
  for_each_part<std::string>(snapshot, std::move(visit));
}

}  // namespace iptmode::redact
