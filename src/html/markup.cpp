// SPDX-License-Identifier: GPL-2.0-or-later
#include "html/markup.h"

#include <algorithm>

#include <fmt/format.h>

#include "iptmode/escape.h"

namespace iptmode::html {

namespace {

std::string_view entity_of(char byte) {
  switch (byte) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return {};
  }
}

std::string row_markup(const Table& table, const Table::Row& row) {
  std::string cells;
  for (std::size_t column = 0; column < row.cells.size(); ++column) {
    const bool number = std::ranges::find(table.numbers, column) != table.numbers.end();
    // The first cell names the row.
    const std::string_view open = column == 0 ? "th scope=\"row\"" : "td";
    cells += fmt::format("<{}{}>{}</{}>", open, number ? " class=\"number\"" : "",
                         row.cells.at(column), open.substr(0, 2));
  }
  const std::string css_class =
      row.css_class.empty() ? "" : fmt::format(" class=\"{}\"", row.css_class);
  return fmt::format("<tr{}>{}</tr>\n", css_class, cells);
}

}  // namespace

std::string markup_safe(std::string_view escaped) {
  std::string result;
  result.reserve(escaped.size());
  for (const char byte : escaped) {
    const std::string_view entity = entity_of(byte);
    if (entity.empty())
      result += byte;
    else
      result += entity;
  }
  return result;
}

std::string safe(std::string_view bytes) {
  return markup_safe(escape(bytes));
}

std::string table(const Table& table) {
  std::string titles;
  for (std::size_t column = 0; column < table.titles.size(); ++column) {
    const bool number = std::ranges::find(table.numbers, column) != table.numbers.end();
    titles += fmt::format("<th scope=\"col\"{}>{}</th>", number ? " class=\"number\"" : "",
                          table.titles.at(column));
  }
  std::string rows;
  for (const Table::Row& row : table.rows) rows += row_markup(table, row);
  return fmt::format(
      "<div class=\"wide\" role=\"region\" aria-label=\"{}\" tabindex=\"0\">\n<table>\n"
      "<thead><tr>{}</tr></thead>\n<tbody>\n{}</tbody>\n</table>\n</div>\n",
      table.label, titles, rows);
}

std::string section(std::string_view id, std::string_view heading, std::string_view content) {
  if (content.empty()) return {};
  return fmt::format("<section aria-labelledby=\"{0}\">\n<h2 id=\"{0}\">{1}</h2>\n{2}</section>\n",
                     id, heading, content);
}

}  // namespace iptmode::html
