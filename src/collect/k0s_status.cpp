// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/k0s_status.h"

#include <strings.h>

#include <nlohmann/json.hpp>

namespace iptmode::collect {

namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxText = 4096;  // a path
constexpr std::size_t kMaxArguments = 256;

const Json* member(const Json& object, const char* key) {
  if (!object.is_object()) return nullptr;
  for (auto at = object.begin(); at != object.end(); ++at)
    if (::strcasecmp(at.key().c_str(), key) == 0) return &at.value();
  return nullptr;
}

std::string text_of(const Json* value) {
  if (value == nullptr || !value->is_string()) return {};
  return value->get_ref<const std::string&>().substr(0, kMaxText);
}

bool flag_of(const Json* value) {
  return value != nullptr && value->is_boolean() && value->get<bool>();
}

NodeRole role_of(const Json& status) {
  const std::string role = text_of(member(status, "Role"));
  const bool workloads = flag_of(member(status, "Workloads"));
  if (role == "worker") return NodeRole::worker;
  if (role.empty()) return NodeRole::none;
  // "controller"; "server" up to k0s 0.10; "controller+worker" would say it twice.
  const bool works = workloads || role.find("worker") != std::string::npos;
  return works ? NodeRole::controller_worker : NodeRole::controller;
}

/// The argument of an absolute path, or nothing: a relative one has no meaning for us.
std::string absolute(const std::string& path) {
  return path.starts_with('/') ? path : std::string{};
}

}  // namespace

Result<K0sStatus> parse_k0s_status(std::string_view body) {
  const Json json = Json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return parse_error("k0s status", body);
  K0sStatus status{.version = text_of(member(json, "Version")), .role = role_of(json)};
  if (const Json* arguments = member(json, "Args"); arguments != nullptr && arguments->is_array())
    for (const Json& argument : *arguments)
      if (status.arguments.size() < kMaxArguments) status.arguments.push_back(text_of(&argument));
  if (const Json* variables = member(json, "K0sVars"); variables != nullptr) {
    status.bin_dir = absolute(text_of(member(*variables, "BinDir")));
    status.data_dir = absolute(text_of(member(*variables, "DataDir")));
  }
  if (status == K0sStatus{}) return parse_error("k0s status", body);
  return status;
}

std::optional<std::string> k0s_version_in(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto mark = text.find("+k0s.");
  if (mark == text.npos) return std::nullopt;
  std::size_t begin = mark;
  while (begin > 0 && (is_digit(text[begin - 1]) || text[begin - 1] == '.')) --begin;
  if (begin == mark || begin == 0 || text[begin - 1] != 'v') return std::nullopt;
  std::size_t end = mark + std::string_view{"+k0s."}.size();
  const std::size_t digits = end;
  while (end < text.size() && is_digit(text[end])) ++end;
  if (end == digits) return std::nullopt;
  return std::string{text.substr(begin - 1, end - begin + 1)};
}

}  // namespace iptmode::collect
