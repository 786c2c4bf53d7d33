// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace iptmode::cross_reading {

/// Names of the tables that the text of an iptables-save closes with COMMIT.
[[nodiscard]] std::vector<std::string_view> closed_tables(std::string_view text);

/// The comment in which iptables-save says that it cannot read a table ("# Table `filter' is
/// incompatible, use 'nft' tool."); empty if there is none.
[[nodiscard]] std::string_view incompatible_note(std::string_view text);

/// What a text says of one shape of the wanted table, as a text of that table alone.
[[nodiscard]] std::string only_shape(std::string_view text, std::string_view wanted,
                                     std::uint32_t shape);

/// The words of the first rule in a shape's chain as iptables takes them, without "-A CHAIN"; empty
/// if the text has none.
[[nodiscard]] std::vector<std::string> words_of_shape(std::string_view text,
                                                      std::string_view wanted, std::uint32_t shape);

}  // namespace iptmode::cross_reading
