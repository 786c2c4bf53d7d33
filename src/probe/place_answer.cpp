// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/place_answer.h"

#include <algorithm>

#include "probe/path_walk.h"
#include "probe/wire.h"

namespace iptmode::probe {
namespace {

constexpr std::size_t kMaxText = 4096;  // of a message; a path is at most kMaxPathLength
constexpr std::size_t kMaxNftVersion = 32;
constexpr std::size_t kMaxMultis = 2;
constexpr std::size_t kMaxChain = kMaxLinks + 3;
constexpr std::uint64_t kMaxErrnum = 4095;
constexpr std::uint64_t kLastForm = static_cast<std::uint64_t>(ProgramForm::not_a_file);
constexpr std::uint64_t kNoBackend = 0;

void put_identity(WireWriter& out, const Identity& identity) {
  out.number(identity.backend ? static_cast<std::uint64_t>(*identity.backend) + 1 : kNoBackend);
  out.number(identity.version ? 1 : 0);
  const Version version = identity.version.value_or(Version{});
  out.number(version.release);
  out.number(version.feature);
  out.number(version.patch);
}

Identity get_identity(WireReader& in) {
  Identity identity;
  const auto backend = in.number(kAllBackends.size());
  if (backend != kNoBackend) identity.backend = kAllBackends.at(backend - 1);
  const bool has_version = in.number(1) == 1;
  const auto part = [&] { return static_cast<std::uint16_t>(in.number(UINT16_MAX)); };
  Version version;
  version.release = part();
  version.feature = part();
  version.patch = part();
  if (has_version) identity.version = version;
  return identity;
}

void put_program(WireWriter& out, const Program& program) {
  out.text(program.name);
  out.text(program.path);
  out.number(program.chain.size());
  for (const std::string& path : program.chain) out.text(path);
  out.number(static_cast<std::uint64_t>(program.form));
  put_identity(out, program.by_file);
  out.text(program.nft_version);
  out.text(program.problem);
  out.number(program.device);
  out.number(program.inode);
  out.number(program.mode);
}

Program get_program(WireReader& in) {
  Program program;
  program.name = in.text(kMaxText);
  program.path = in.text(kMaxText);
  const auto hops = in.number(kMaxChain);
  for (std::uint64_t hop = 0; hop < hops; ++hop) program.chain.push_back(in.text(kMaxText));
  program.form = static_cast<ProgramForm>(in.number(kLastForm));
  program.by_file = get_identity(in);
  program.nft_version = in.text(kMaxNftVersion);
  program.problem = in.text(kMaxText);
  program.device = in.number();
  program.inode = in.number();
  program.mode = static_cast<std::uint32_t>(in.number(07777));
  return program;
}

bool is_absolute(const std::string& path) {
  return path.starts_with('/') && path.find('\0') == std::string::npos;
}

/// What the rest of the program takes for granted of a Program.
bool is_sound(const Program& program) {
  const bool missing = program.path.empty() && program.chain.empty();
  if (!missing && (!is_absolute(program.path) || program.chain.empty())) return false;
  return std::ranges::all_of(program.chain, is_absolute);
}

std::vector<Program> get_programs(WireReader& in, std::size_t limit) {
  std::vector<Program> programs;
  const auto count = in.number(limit);
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) programs.push_back(get_program(in));
  return programs;
}

void put_programs(WireWriter& out, const std::vector<Program>& programs) {
  out.number(programs.size());
  for (const Program& program : programs) put_program(out, program);
}

Result<std::string> get_text(WireReader& in, const std::string& path) {
  const int errnum = static_cast<int>(in.number(kMaxErrnum));
  std::string text = in.text(kMaxTextFile);
  if (errnum != 0) return sys_error(errnum, "read", path);
  return text;
}

void put_text(WireWriter& out, const Result<std::string>& text) {
  out.number(text ? 0 : static_cast<std::uint64_t>(text.error().code.value()));
  out.text(text ? *text : std::string{});
}

}  // namespace

std::string encode_answer(const PlaceContents& contents) {
  WireWriter out;
  put_programs(out, contents.installation.programs);
  put_programs(out, contents.installation.multis);
  put_programs(out, contents.installation.libraries);
  out.number(contents.installation.wrapper_present ? 1 : 0);
  out.number(contents.denied ? 1 : 0);
  out.number(contents.problems.size());
  for (const std::string& problem : contents.problems) out.text(problem);
  out.number(contents.text_files.size());
  for (const auto& [path, text] : contents.text_files) {
    out.text(path);
    put_text(out, text);
  }
  return out.bytes();
}

Result<PlaceContents> decode_answer(std::string_view bytes, const ReadRequest& request) {
  WireReader in{bytes};
  PlaceContents contents;
  Installation& installation = contents.installation;
  installation.search_path = request.search_path;
  installation.programs = get_programs(in, all_program_names().size());
  installation.multis = get_programs(in, kMaxMultis);
  installation.libraries = get_programs(in, 1);
  installation.wrapper_present = in.number(1) == 1;
  contents.denied = in.number(1) == 1;
  const auto problems = in.number(kMaxProblems);
  for (std::uint64_t i = 0; i < problems; ++i) contents.problems.push_back(in.text(kMaxText));
  const auto texts = in.number(kMaxTextFiles);
  for (std::uint64_t i = 0; i < texts && in.ok(); ++i) {
    const std::string path = in.text(kMaxText);
    contents.text_files.insert_or_assign(path, get_text(in, path));
  }

  const bool complete =
      in.complete() &&
      std::ranges::equal(installation.programs, all_program_names(), {}, &Program::name) &&
      std::ranges::all_of(installation.programs, is_sound) &&
      std::ranges::all_of(installation.multis, is_sound) &&
      std::ranges::all_of(installation.libraries, is_sound);
  if (!complete) return parse_error("answer of a reader", bytes.substr(0, 64));
  return contents;
}

}  // namespace iptmode::probe
