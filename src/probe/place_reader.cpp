// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/place_reader.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <set>
#include <utility>

#include "iptmode/identify.h"
#include "probe/file_words.h"
#include "probe/path_walk.h"
#include "probe/regular_file.h"

namespace iptmode::probe {
namespace {

constexpr std::array<std::string_view, 2> kMultis{"xtables-nft-multi", "xtables-legacy-multi"};
constexpr std::string_view kWrapper = "iptables-wrapper";
constexpr std::string_view kLibrary = "libnftables.so.1";
/// Where distributions have it: Fedora's and Alpine's, then Debian's by architecture.
constexpr std::array<std::string_view, 9> kLibraryDirectories{"/usr/lib64",
                                                              "/lib64",
                                                              "/usr/lib",
                                                              "/lib",
                                                              "/usr/lib/x86_64-linux-gnu",
                                                              "/usr/lib/aarch64-linux-gnu",
                                                              "/usr/lib/arm-linux-gnueabihf",
                                                              "/usr/lib/riscv64-linux-gnu",
                                                              "/usr/lib/powerpc64le-linux-gnu"};
constexpr std::uint32_t kPermissionBits = 07777;
constexpr std::uint32_t kAnyoneExecutes = 0111;

std::string directory_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
}

std::string join(const std::string& directory, std::string_view name) {
  std::string path = directory;
  if (!path.ends_with('/')) path += '/';
  return path += name;
}

class PlaceReader {
 public:
  PlaceContents run(const ReadRequest& request) {
    Installation& installation = contents_.installation;
    find_directories(request.search_path);
    for (const std::string_view name : all_program_names())
      installation.programs.push_back(look_up(name));
    find_multis();
    find_library();
    installation.wrapper_present = find_wrapper();
    for (const std::string& path : request.text_files) read_text(path);
    return std::move(contents_);
  }

 private:
  /// Leaves out what does not exist, so that it is not asked for every name again.
  void find_directories(const std::vector<std::string>& search_path) {
    for (const std::string& directory : search_path) {
      if (!directory.starts_with('/')) continue;
      const Walk walk = walk_path(directory);
      if (walk.status && S_ISDIR(walk.status->st_mode)) directories_.push_back(directory);
      if (!walk.status && !is_absent(walk.errnum)) note_problem(directory, walk.errnum);
      if (is_denial(walk.errnum)) hidden_directory_ = directory;
    }
  }

  /// As execvp(3): what cannot be executed is passed over if a later directory has better. What may
  /// not be looked at ends the search: it could be the one.
  Program look_up(std::string_view name) {
    Program second_choice{.name = std::string{name}};
    for (const std::string& directory : directories_) {
      Program program = examine(name, join(directory, name));
      if (ends_search(program)) return program;
      if (second_choice.form == ProgramForm::missing) second_choice = std::move(program);
    }
    if (second_choice.form == ProgramForm::missing && !hidden_directory_.empty()) {
      second_choice.form = ProgramForm::unreadable;
      second_choice.problem = hidden_directory_ + ": " + reason(EACCES);
    }
    return second_choice;
  }

  /// kube-router's images have carried it in `/`, where no search path leads: it lies there unused.
  bool find_wrapper() {
    Program& wrapper =
        *std::ranges::find(contents_.installation.programs, kWrapper, &Program::name);
    if (wrapper.form == ProgramForm::missing) wrapper = examine(kWrapper, join("/", kWrapper));
    return wrapper.inode != 0;
  }

  static bool ends_search(const Program& program) {
    switch (program.form) {
      case ProgramForm::missing:
      case ProgramForm::dangling:
      case ProgramForm::not_a_file: return false;
      default: return program.inode == 0 || (program.mode & kAnyoneExecutes) != 0;
    }
  }

  /// Where one path leads and what is there.
  Program examine(std::string_view name, const std::string& path) {
    Program program{.name = std::string{name}};
    struct stat itself = {};
    if (::lstat(path.c_str(), &itself) != 0 && is_absent(errno)) return program;
    Walk walk = walk_path(path);
    program.path = path;
    program.chain = std::move(walk.chain);
    if (!walk.status) return without_file(std::move(program), walk.errnum);
    return with_file(std::move(program), *walk.status);
  }

  Program without_file(Program program, int errnum) {
    const bool leads_nowhere = is_absent(errnum) || errnum == ELOOP;
    program.form = leads_nowhere ? ProgramForm::dangling : ProgramForm::unreadable;
    program.problem = program.chain.back() + ": " + reason(errnum);
    if (!leads_nowhere) note_problem(program.chain.back(), errnum);
    return program;
  }

  Program with_file(Program program, const struct stat& status) {
    program.device = status.st_dev;
    program.inode = status.st_ino;
    program.mode = status.st_mode & kPermissionBits;
    if (!S_ISREG(status.st_mode)) {
      program.form = ProgramForm::not_a_file;
      program.problem = program.chain.back() + ": ";
      program.problem += kind_of(status.st_mode);
      return program;
    }
    const FileReading& reading = read_once(program.resolved(), status);
    program.form = reading.identity.form;
    program.by_file = reading.identity.identity;
    program.nft_version = reading.identity.nft_version;
    program.problem = reading.problem;
    return program;
  }

  struct FileReading {
    FileIdentity identity = {};
    std::string problem = {};
  };

  /// Six names usually lead to one file.
  const FileReading& read_once(const std::string& path, const struct stat& status) {
    const auto [entry, is_new] = readings_.try_emplace({status.st_dev, status.st_ino});
    if (is_new) entry->second = read_program(path);
    return entry->second;
  }

  FileReading read_program(const std::string& path) {
    const auto bytes = read_regular_file(path, kMaxProgramFile);
    if (bytes) return {.identity = identify_file(*bytes)};
    FileReading reading{.identity = {.form = ProgramForm::unreadable}};
    const int errnum = bytes.error().code.value();
    reading.problem = path + ": " + (errnum == EFBIG ? "larger than 16 MiB" : reason(errnum));
    note_denial(errnum);
    add_problem(reading.problem);
    return reading;
  }

  /// In the search path, else beside the files that the names led to.
  void find_multis() {
    std::vector<std::string> places = directories_;
    for (const Program& program : contents_.installation.programs)
      if (program.form == ProgramForm::multi) {
        const std::string directory = directory_of(program.resolved());
        if (std::ranges::find(places, directory) == places.end()) places.push_back(directory);
      }
    for (const std::string_view name : kMultis)
      for (const std::string& directory : places) {
        Program program = examine(name, join(directory, name));
        if (program.form == ProgramForm::missing) continue;
        contents_.installation.multis.push_back(std::move(program));
        break;
      }
  }

  /// Of interest only without an nft of the same package, which says the same.
  void find_library() {
    Installation& installation = contents_.installation;
    const Program* nft = installation.find("nft");
    if (nft == nullptr || nft->form != ProgramForm::missing) return;
    for (const std::string_view directory : kLibraryDirectories) {
      Program library = examine(kLibrary, join(std::string{directory}, kLibrary));
      if (library.form == ProgramForm::missing) continue;
      installation.libraries.push_back(std::move(library));
      return;
    }
  }

  void read_text(const std::string& path) {
    if (contents_.text_files.size() >= kMaxTextFiles) return;
    contents_.text_files.insert_or_assign(path, text_of(path));
  }

  Result<std::string> text_of(const std::string& path) {
    const Walk walk = walk_path(path);
    note_denial(walk.errnum);
    if (!walk.status) return sys_error(walk.errnum, "open", path);
    if (!S_ISREG(walk.status->st_mode)) return sys_error(EINVAL, "open", path);
    auto text = read_regular_file(walk.chain.back(), std::min(kMaxTextFile, text_left_));
    if (!text)
      note_denial(text.error().code.value());
    else
      text_left_ -= text->size();
    return text;
  }

  void note_denial(int errnum) { contents_.denied = contents_.denied || is_denial(errnum); }

  void note_problem(const std::string& path, int errnum) {
    note_denial(errnum);
    add_problem(path + ": " + reason(errnum));
  }

  void add_problem(std::string problem) {
    if (contents_.problems.size() < kMaxProblems && seen_problems_.insert(problem).second)
      contents_.problems.push_back(std::move(problem));
  }

  PlaceContents contents_ = {};
  std::vector<std::string> directories_ = {};  // those of the search path that exist
  std::string hidden_directory_ = {};          // one that may not be entered; empty if none
  std::map<std::pair<dev_t, ino_t>, FileReading> readings_ = {};
  std::set<std::string> seen_problems_ = {};
  std::size_t text_left_ = kMaxTextTotal;
};

}  // namespace

PlaceContents read_place(const ReadRequest& request) {
  return PlaceReader{}.run(request);
}

}  // namespace iptmode::probe
