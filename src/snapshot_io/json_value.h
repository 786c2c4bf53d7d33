// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <string_view>

// Settings of the library, which has to see them first: blanks and plain text are skipped sixteen
// bytes at a time.
#ifdef __SSE2__
#define RAPIDJSON_SSE2
#endif
#include <rapidjson/document.h>

/// Looking into JSON that was read. A thousand snapshots are read in a second or two, so nothing is
/// copied and no table of keys is built.
namespace iptmode::snapshot_io {

using JsonValue = rapidjson::Value;
using JsonDocument = rapidjson::Document;

[[nodiscard]] inline std::string_view text_of(const JsonValue& string) {
  return {string.GetString(), string.GetStringLength()};
}

/// The members of an object, looked up by name. Our own files have them in the order in which they
/// are asked for, so the next one is tried first. Borrows from the object.
class Members {
 public:
  explicit Members(const JsonValue& object)
      : begin_{object.MemberBegin()}, end_{object.MemberEnd()}, next_{begin_} {}

  /// The first member of that name; nullptr when there is none. Ask once for each name.
  [[nodiscard]] const JsonValue* find(std::string_view key) {
    auto found = next_;
    if (found == end_ || text_of(found->name) != key) found = search(key);
    if (found == end_) return nullptr;
    ++found_;
    next_ = found + 1;
    return &found->value;
  }

  /// Whether some member was not asked for: one that is not known, or one that is given twice.
  [[nodiscard]] bool has_others() const { return found_ != end_ - begin_; }

  [[nodiscard]] bool has_twice(std::string_view key) const {
    std::size_t times = 0;
    for (auto member = begin_; member != end_; ++member)
      if (text_of(member->name) == key) ++times;
    return times > 1;
  }

 private:
  using Iterator = JsonValue::ConstMemberIterator;

  [[nodiscard]] Iterator search(std::string_view key) const {
    auto member = begin_;
    while (member != end_ && text_of(member->name) != key) ++member;
    return member;
  }

  Iterator begin_;
  Iterator end_;
  Iterator next_;
  std::ptrdiff_t found_ = 0;
};

}  // namespace iptmode::snapshot_io
