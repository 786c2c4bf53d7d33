// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/nftables_service.h"

#include <fnmatch.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>

#include "collect/lines.h"
#include "collect/nftables_config.h"

namespace iptmode::collect {

namespace {

constexpr std::size_t kMaxFile = std::size_t{256} << 10U;
constexpr std::size_t kMaxFiles = 64;
constexpr char kName[] = "nftables.service";
// systemd.unit(5): the first that has the unit counts.
constexpr std::array<const char*, 5> kUnitDirectories{
    "/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system", "/lib/systemd/system"};

bool is_absent(const Error& error) {
  return error.code == std::errc::no_such_file_or_directory ||
         error.code == std::errc::not_a_directory;
}

/// A command of a unit and where it stands.
struct Command {
  std::string text = {};
  std::string file = {};
  std::uint32_t line = 0;
};

/// The commands of a unit: an empty one takes those before it back, systemd.service(5).
class UnitCommands {
 public:
  void add(std::string_view text, const std::string& file) {
    std::uint32_t number = 0;
    while (!text.empty()) {
      const std::uint32_t begins = number + 1;
      std::string line{take_line(text)};
      for (++number; line.ends_with('\\') && !text.empty(); ++number) {
        line.back() = ' ';
        line += take_line(text);
      }
      const auto equals = line.find('=');
      if (!line.starts_with("Exec") || equals == std::string::npos) continue;
      auto& commands = commands_[std::string{trim(std::string_view{line}.substr(0, equals))}];
      const std::string_view command = trim(std::string_view{line}.substr(equals + 1));
      if (command.empty())
        commands.clear();
      else
        commands.push_back({std::string{command}, file, begins});
    }
  }
  [[nodiscard]] std::vector<Command> of(std::initializer_list<const char*> keys) const {
    std::vector<Command> all;
    for (const char* key : keys)
      if (const auto found = commands_.find(key); found != commands_.end())
        all.insert(all.end(), found->second.begin(), found->second.end());
    return all;
  }

 private:
  std::map<std::string, std::vector<Command>> commands_ = {};
};

/// The files that a command of nft loads: "-f FILE".
std::vector<std::string> loaded_files(std::string_view command) {
  std::vector<std::string> files;
  bool is_file = false;
  while (!command.empty()) {
    const auto blank = std::min(command.find(' '), command.size());
    const std::string_view word = command.substr(0, blank);
    command.remove_prefix(std::min(blank + 1, command.size()));
    if (is_file && !word.empty()) files.emplace_back(word);
    if (!word.empty()) is_file = word == "-f" || word == "--file";
  }
  return files;
}

/// What a command itself says: quotes of the unit's syntax stand around nft's.
std::vector<RulesetFlush> flushes_in(const Command& command) {
  std::string plain = command.text;
  std::ranges::replace(plain, '\'', ' ');
  std::ranges::replace(plain, '"', ' ');
  auto flushes = parse_nftables_config(plain, command.file).flushes;
  for (RulesetFlush& flush : flushes) flush.line = command.line;
  return flushes;
}

class ServiceReader {
 public:
  ServiceReader(HostFiles& host, std::vector<std::string>& problems)
      : host_{host}, problems_{problems} {}

  std::optional<NftablesService> run() {
    NftablesService service;
    const auto unit = read_unit(service.unit);
    if (!unit) return std::nullopt;
    UnitCommands commands;
    commands.add(*unit, service.unit);
    add_drop_ins(commands);
    service.enabled_by = find_enabling_link();
    for (const Command& command :
         commands.of({"ExecStartPre", "ExecStart", "ExecStartPost", "ExecReload"})) {
      append(service.at_start, flushes_in(command));
      for (const std::string& file : loaded_files(command.text)) load(file, service.at_start);
    }
    for (const Command& command : commands.of({"ExecStop", "ExecStopPost"}))
      append(service.at_stop, flushes_in(command));
    return service;
  }

 private:
  std::optional<std::string> read_unit(std::string& path) {
    for (const char* directory : kUnitDirectories) {
      path = std::string{directory}.append("/").append(kName);
      auto text = host_.read(path, kMaxFile);
      if (text) return std::move(*text);
      // Masked: a link to /dev/null, which is no regular file.
      if (text.error().code == std::errc::invalid_argument) return std::nullopt;
      if (!is_absent(text.error())) note(text.error());
    }
    return std::nullopt;
  }

  void add_drop_ins(UnitCommands& commands) {
    for (std::size_t left = kUnitDirectories.size(); left-- > 0;) {
      const std::string path =
          std::string{kUnitDirectories.at(left)}.append("/").append(kName).append(".d");
      for (const std::string& name : names(path)) {
        if (!name.ends_with(".conf")) continue;
        const std::string file = std::string{path}.append("/").append(name);
        if (const auto text = read(file)) commands.add(*text, file);
      }
    }
  }

  std::string find_enabling_link() {
    for (const char* parent : {"/etc/systemd/system", "/run/systemd/system"})
      for (const std::string& directory : names(parent)) {
        const bool starts_units = directory.ends_with(".wants") ||
                                  directory.ends_with(".requires") ||
                                  directory.ends_with(".upholds");
        if (!starts_units) continue;
        const std::string path = std::string{parent}.append("/").append(directory);
        if (const auto links = names(path); std::ranges::binary_search(links, kName))
          return path + "/" + kName;
      }
    return {};
  }

  /// A file and what it includes, each once.
  void load(const std::string& path, std::vector<RulesetFlush>& flushes) {
    if (loaded_.size() >= kMaxFiles || !path.starts_with('/') || !loaded_.insert(path).second)
      return;
    const auto text = read(path);
    if (!text) return;
    const NftablesConfig config = parse_nftables_config(*text, path);
    append(flushes, config.flushes);
    for (const std::string& include : config.includes) load_all(include, flushes);
  }

  /// A pattern in the last part of a path, as nft(8) allows it; a relative one is sought in /etc.
  void load_all(const std::string& include, std::vector<RulesetFlush>& flushes) {
    const std::string path = include.starts_with('/') ? include : "/etc/" + include;
    if (path.find_first_of("*?[") == std::string::npos) return load(path, flushes);
    const auto slash = path.rfind('/');
    for (const std::string& name : names(path.substr(0, slash)))
      if (::fnmatch(path.c_str() + slash + 1, name.c_str(), FNM_PERIOD) == 0)
        load(path.substr(0, slash + 1) + name, flushes);
  }

  static void append(std::vector<RulesetFlush>& all, const std::vector<RulesetFlush>& more) {
    all.insert(all.end(), more.begin(), more.end());
  }

  std::optional<std::string> read(const std::string& path) {
    auto text = host_.read(path, kMaxFile);
    if (text) return std::move(*text);
    if (!is_absent(text.error())) note(text.error());
    return std::nullopt;
  }
  std::vector<std::string> names(const std::string& path) {
    auto names = host_.names(path);
    if (names) return std::move(*names);
    if (!is_absent(names.error())) note(names.error());
    return {};
  }
  void note(const Error& error) { problems_.push_back(to_string(error)); }

  HostFiles& host_;
  std::vector<std::string>& problems_;
  std::set<std::string> loaded_ = {};
};

}  // namespace

std::optional<NftablesService> read_nftables_service(HostFiles& host,
                                                     std::vector<std::string>& problems) {
  return ServiceReader{host, problems}.run();
}

}  // namespace iptmode::collect
