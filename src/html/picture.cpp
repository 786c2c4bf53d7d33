// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>

#include <fmt/format.h>

#include "html/markup.h"
#include "html/parts.h"
#include "html/writers.h"
#include "iptmode/escape.h"

namespace iptmode::html {

namespace {

// Units of the picture's own coordinates.
constexpr int kWidth = 760;
constexpr int kLeftWidth = 320;
constexpr int kRightLeft = 520;
constexpr int kBoxHeight = 48;
constexpr int kGap = 12;
constexpr int kLine = 18;
constexpr int kLegend = 30;
constexpr std::size_t kMostOwners = 7;
constexpr std::size_t kMostLetters = 46;

std::string_view tone_of(const std::optional<Severity>& fault) {
  if (!fault || *fault < Severity::warning) return "";
  return *fault == Severity::warning ? "caution" : "bad";
}

std::string text_at(int x, int y, std::string_view css_class, std::string_view text) {
  return fmt::format("<text x=\"{}\" y=\"{}\" class=\"{}\">{}</text>\n", x, y, css_class,
                     markup_safe(shorten(escape(text), kMostLetters)));
}

std::string box(int x, int y, int width, int height, std::string_view css_class) {
  return fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"6\" class=\"{}\"/>\n",
                     x, y, width, height, css_class);
}

std::string line(int from_y, int to_y, std::string_view css_class) {
  constexpr int kMiddle = (kLeftWidth + kRightLeft) / 2;
  return fmt::format("<path d=\"M{} {}C{} {} {} {} {} {}\" class=\"{}\"/>\n", kLeftWidth, from_y,
                     kMiddle, from_y, kMiddle, to_y, kRightLeft, to_y, css_class);
}

/// Where things are.
struct Layout {
  int height = 0;
  int box_height = 0;  ///< of a backend
  [[nodiscard]] int top(Backend backend) const {
    return backend == Backend::legacy ? 0 : box_height + kGap;
  }
};

Layout layout_of(std::size_t writers, const std::vector<Holder>& holders) {
  std::size_t lines = 1;
  for (const Holder& holder : holders)
    lines = std::max(lines, std::min(holder.owners.size(), kMostOwners + 1));
  const int left = static_cast<int>(writers) * (kBoxHeight + kGap) - kGap;
  const int right = std::max((left - kGap) / 2, static_cast<int>(lines + 3) * kLine);
  return {.height = std::max(left, 2 * right + kGap), .box_height = right};
}

std::string holder_box(const Holder& holder, const Layout& layout) {
  const int top = layout.top(holder.backend);
  std::string out = box(kRightLeft, top, kWidth - kRightLeft, layout.box_height, "");
  int y = top + 24;
  out += text_at(kRightLeft + 16, y, "name", to_string(holder.backend));
  out += text_at(kRightLeft + 16, y += kLine, "", holder.state);
  for (std::size_t i = 0; i < holder.owners.size() && i < kMostOwners; ++i)
    out += text_at(kRightLeft + 16, y += kLine, "small", holder.owners.at(i));
  if (holder.owners.size() > kMostOwners)
    out += text_at(kRightLeft + 16, y + kLine, "small",
                   fmt::format("and {} more", holder.owners.size() - kMostOwners));
  return out;
}

std::string held_words(const Writer& writer) {
  std::string words;
  for (const auto& [backend, what] : writer.held)
    words += fmt::format("{}{} in {}", words.empty() ? "" : ", ", what, to_string(backend));
  return words;
}

std::string writer_box(const Writer& writer, int top) {
  const std::string_view tone = tone_of(writer.fault);
  std::string out = box(0, top, kLeftWidth, kBoxHeight, tone);
  const std::string held = held_words(writer);
  out += text_at(14, top + 20, fmt::format("name {}", tone), writer.name);
  out += text_at(14, top + 38, "small", held.empty() ? writer.detail : held);
  return out;
}

/// Where this one's lines meet a backend's box: next to each other, so that each can be followed.
int landing(std::size_t index, std::size_t count, Backend backend, const Layout& layout) {
  const int room = layout.box_height - 2 * kGap;
  return layout.top(backend) + kGap +
         static_cast<int>((index * 2 + 1) * static_cast<unsigned>(room) / (count * 2));
}

std::string lines_of(const Writer& writer, std::size_t index, std::size_t count,
                     const Layout& layout) {
  const std::string_view tone = tone_of(writer.fault);
  const int from = static_cast<int>(index) * (kBoxHeight + kGap) + kBoxHeight / 2;
  std::string out;
  for (const auto& [backend, what] : writer.held)
    out += line(from, landing(index, count, backend, layout), tone);
  if (writer.next && !writer.held.contains(*writer.next))
    out += line(from, landing(index, count, *writer.next, layout), fmt::format("next {}", tone));
  return out;
}

std::string legend(int y) {
  const auto sample = [&](int x, std::string_view css_class) {
    return fmt::format("<path d=\"M{} {}h36\" class=\"{}\"/>\n", x, y, css_class);
  };
  return sample(0, "") + text_at(44, y + 4, "small", "has rules there") + sample(170, "next") +
         text_at(214, y + 4, "small", "writes there at its next call") + sample(420, "bad") +
         text_at(464, y + 4, "small", "part of a fault");
}

/// The picture in words.
std::string description(const std::vector<Writer>& writers) {
  std::string words;
  for (const Writer& writer : writers) {
    const std::string held = held_words(writer);
    words +=
        fmt::format("{} ({}): {}", writer.name, writer.detail, held.empty() ? "no rules" : held);
    if (writer.next) words += fmt::format(", its next call writes to {}", to_string(*writer.next));
    words += tone_of(writer.fault) == "bad" ? ", part of a fault. " : ". ";
  }
  return safe(words);
}

}  // namespace

std::string picture(const Report& report) {
  const std::vector<Writer> writers = writers_of(report);
  if (writers.empty()) return {};
  const std::vector<Holder> holders = holders_of(report);
  const Layout layout = layout_of(writers.size(), holders);
  std::string lines;
  std::string boxes;
  for (std::size_t i = 0; i < writers.size(); ++i) {
    lines += lines_of(writers.at(i), i, writers.size(), layout);
    boxes += writer_box(writers.at(i), static_cast<int>(i) * (kBoxHeight + kGap));
  }
  for (const Holder& holder : holders) boxes += holder_box(holder, layout);
  return fmt::format(
      "<div class=\"wide\" role=\"region\" aria-label=\"Who writes where\" tabindex=\"0\">\n"
      "<svg class=\"picture\" viewBox=\"-2 -2 {} {}\" role=\"img\" aria-labelledby=\"picture-title "
      "picture-words\">\n<title id=\"picture-title\">Components and the iptables backend each "
      "writes to</title>\n<desc id=\"picture-words\">{}</desc>\n{}{}{}</svg>\n</div>\n",
      kWidth + 4, layout.height + kLegend + 4, description(writers), lines, boxes,
      legend(layout.height + kLegend / 2 + 4));
}

}  // namespace iptmode::html
