// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/byte_hash.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace iptmode::kernel {
namespace {

// Lengths below a word, below and above a block of several words, with every rest.
TEST(HashBytes, TellsEveryByteOfEveryLength) {
  std::set<std::uint64_t> seen;
  std::size_t texts = 0;
  for (std::size_t length = 0; length <= 150; ++length) {
    const std::string text(length, 'x');
    EXPECT_EQ(hash_bytes(text, 1), hash_bytes(std::string(length, 'x'), 1));
    seen.insert(hash_bytes(text, 1));
    seen.insert(hash_bytes(text, 2));
    texts += 2;
    for (std::size_t at = 0; at < length; ++at, ++texts) {
      std::string other = text;
      other[at] = 'y';
      seen.insert(hash_bytes(other, 1));
    }
  }
  EXPECT_EQ(seen.size(), texts);
}

TEST(HashBytes, TellsLengthsOfZeroBytesApart) {
  std::set<std::uint64_t> seen;
  for (std::size_t length = 0; length <= 300; ++length)
    seen.insert(hash_bytes(std::string(length, '\0'), 1));
  EXPECT_EQ(seen.size(), 301U);
}

// A block is hashed in four lanes: what changes places between them is another text.
TEST(HashBytes, TellsWordsInAnotherOrder) {
  const std::string a(8, 'a');
  const std::string b(8, 'b');
  const std::string rest(80, 'x');
  EXPECT_NE(hash_bytes(a + b + rest, 1), hash_bytes(b + a + rest, 1));
  EXPECT_NE(hash_bytes(a + rest + b, 1), hash_bytes(b + rest + a, 1));
}

}  // namespace
}  // namespace iptmode::kernel
