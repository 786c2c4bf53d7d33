// SPDX-License-Identifier: GPL-2.0-or-later
#include "exceptions/exceptions_file.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include <yaml-cpp/yaml.h>

#include "iptmode/diagnose.h"
#include "iptmode/escape.h"

namespace iptmode::exceptions {

namespace {

constexpr std::size_t kMaxShown = 60;
constexpr std::size_t kMaxText = 1000;  // of one value

// What cannot be seen stays unknown, whoever accepts it.
constexpr std::string_view kNeverExcepted = "incomplete";

std::string shown(std::string_view text) {
  return "'" + escape(shorten(text, kMaxShown)) + "'";
}

tl::unexpected<Error> wrong(const YAML::Mark& mark, const std::string& what) {
  const int line = mark.is_null() ? 1 : mark.line + 1;
  return tl::unexpected(Error{.code = std::make_error_code(std::errc::invalid_argument),
                              .context = "line " + std::to_string(line) + ": " + what});
}

using Value = Result<std::string>;

Value text_of(const YAML::Node& name, const YAML::Node& node) {
  const std::string& key = name.Scalar();
  if (!node.IsScalar()) return wrong(name.Mark(), key + " must be one text");
  if (node.Scalar().empty()) return wrong(name.Mark(), key + " is empty");
  if (node.Scalar().size() > kMaxText) return wrong(name.Mark(), key + " is too long");
  return node.Scalar();
}

Result<> set_check(Exception& exception, const std::string& text, const YAML::Mark& mark) {
  if (find_check(text) == nullptr)
    return wrong(mark, "there is no check " + shown(text) + "; `iptmode explain` lists them");
  if (text == kNeverExcepted)
    return wrong(mark, "incomplete has no exceptions: what was not seen stays undecided");
  exception.check = text;
  return {};
}

Result<> set_subject(Exception& exception, const std::string& text, const YAML::Mark& /*mark*/) {
  exception.subject = text;
  return {};
}

Result<> set_reason(Exception& exception, const std::string& text, const YAML::Mark& /*mark*/) {
  exception.reason = text;
  return {};
}

Result<> set_expires(Exception& exception, const std::string& text, const YAML::Mark& mark) {
  if (text == "never") return {};
  exception.expires = day_from_string(text);
  if (exception.expires) return {};
  return wrong(mark, "expires: " + shown(text) + " is no day like 2026-12-31, nor never");
}

struct Key {
  std::string_view name = {};
  bool needed = true;
  Result<> (*set)(Exception&, const std::string&, const YAML::Mark&) = nullptr;
};
constexpr std::array kKeys{Key{"check", true, set_check}, Key{"subject", false, set_subject},
                           Key{"reason", true, set_reason}, Key{"expires", true, set_expires}};

Result<> set(Exception& exception, const YAML::Node& name, const YAML::Node& node,
             std::vector<std::string>& seen) {
  if (!name.IsScalar()) return wrong(name.Mark(), "a key must be a word");
  const std::string& word = name.Scalar();
  const auto* const key = std::ranges::find(kKeys, word, &Key::name);
  if (key == kKeys.end())
    return wrong(name.Mark(), shown(word) + " is none of: check subject reason expires");
  if (std::ranges::find(seen, word) != seen.end())
    return wrong(name.Mark(), word + " is there twice");
  seen.push_back(word);
  const Value text = text_of(name, node);
  if (!text) return tl::unexpected(text.error());
  return key->set(exception, *text, name.Mark());
}

Result<Exception> exception_of(const YAML::Node& entry) {
  if (!entry.IsMap())
    return wrong(entry.Mark(), "an exception is a mapping with check, reason, expires");
  Exception exception{.line = static_cast<std::size_t>(entry.Mark().line) + 1};
  std::vector<std::string> seen;
  for (const auto& pair : entry)
    if (auto done = set(exception, pair.first, pair.second, seen); !done)
      return tl::unexpected(done.error());
  for (const Key& key : kKeys)
    if (key.needed && std::ranges::find(seen, key.name) == seen.end())
      return wrong(entry.Mark(), std::string{key.name} + " is missing");
  return exception;
}

Result<std::vector<Exception>> list_of(const YAML::Node& document) {
  std::vector<Exception> list;
  if (!document.IsDefined() || document.IsNull()) return list;
  if (!document.IsSequence())
    return wrong(document.Mark(), "the file must be a list of exceptions");
  if (document.size() > kMaxExceptions) return wrong(document.Mark(), "more than 1000 exceptions");
  for (const YAML::Node& entry : document) {
    auto exception = exception_of(entry);
    if (!exception) return tl::unexpected(exception.error());
    list.push_back(std::move(*exception));
  }
  return list;
}

}  // namespace

Result<std::vector<Exception>> parse_exceptions(std::string_view yaml) {
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(std::string{yaml});
    if (documents.empty()) return std::vector<Exception>{};
    if (documents.size() > 1) return wrong(documents[1].Mark(), "the file must be one document");
    return list_of(documents.front());
  } catch (const YAML::Exception& error) {
    return wrong(error.mark, "no YAML: " + escape(shorten(error.msg, kMaxShown)));
  }
}

}  // namespace iptmode::exceptions
