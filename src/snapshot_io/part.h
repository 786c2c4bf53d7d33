// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <concepts>
#include <type_traits>

// What the descriptions of a snapshot's parts are made with, see fields.h.
namespace iptmode::snapshot_io {

/// Marks a member that holds bytes of the kernel's own: they are written as hexadecimal digits.
template <class Member>
struct Bytes {
  Member& member;
};
template <class Member>
Bytes(Member&) -> Bytes<Member>;

/// Marks a member that snapshots of an earlier iptmode do not have: its key may be missing.
template <class Member>
struct Later {
  Member& member;
};
template <class Member>
Later(Member&) -> Later<Member>;

template <class T, class Part>
concept PartIs = std::same_as<std::remove_const_t<T>, Part>;

}  // namespace iptmode::snapshot_io
