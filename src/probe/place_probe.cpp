// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe/place_probe.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "probe/id_map.h"
#include "probe/place_answer.h"
#include "probe/run_result.h"
#include "probe/sandbox.h"

namespace iptmode::probe {
namespace {

bool same_file(const Program& left, const Program& right) {
  return left.inode == right.inode && left.device == right.device;
}

/// No permission to execute: somebody else may have it.
bool was_denied(const SandboxOutcome& outcome) {
  return outcome.failure && outcome.failure->step == Step::exec &&
         outcome.failure->errnum == EACCES;
}

constexpr std::uint32_t kOthersReadAndExecute = 0005;

}  // namespace

/// argv[0] is no name of an applet, whatever the file is called: then a multi-call binary takes the
/// applet from argv[1].
std::vector<std::string> version_arguments() {
  return {"xtables-multi", "iptables", "-V"};
}

const Program* file_to_run(const PlaceContents& contents) {
  const Program* program = contents.installation.primary();
  return program != nullptr && program->form == ProgramForm::multi ? program : nullptr;
}

/// Usually one child, which reads as nobody and then becomes the program that it found. At most
/// four, one after the other: read again as the place's root, if something was denied; run as
/// nobody; run again as the place's root, if that was denied.
struct PlaceProbe::State {
  enum class Stage : std::uint8_t { reading, running, done };

  Place place;
  ProbeRequest request;
  ReadRequest read_request;
  std::optional<Account> owner = {};  ///< the place's root, without any capability
  Account account = kNobody;          ///< of the child at work
  bool is_second_look = false;
  std::optional<Program> seen_by_nobody = {};  ///< what `iptables` was at the first look
  Stage stage = Stage::reading;
  std::optional<SandboxChild> child = {};
  std::optional<PlaceContents> contents = {};
  std::optional<Error> error = {};

  [[nodiscard]] SandboxPlan plan() const {
    const bool is_process = place.process.pid != 0;
    return {.mount_ns = is_process ? place.process.mount_ns.get() : -1,
            .root = is_process ? place.process.root.get() : place.root.get(),
            .network = request.network,
            .account = account,
            .without_mount_setattr = request.without_mount_setattr,
            .timeout = request.timeout};
  }

  Result<> launch(const SandboxPlan& plan) {
    auto started = SandboxChild::start(plan);
    if (!started) return tl::unexpected{started.error()};
    child.emplace(std::move(*started));
    return {};
  }

  Result<> launch_reader(const Account& who) {
    account = who;
    SandboxPlan reader = plan();
    reader.read = [this] {
      const PlaceContents found = read_place(read_request);
      return Reading{.answer = encode_answer(found),
                     .program = runs_in_reader(found) ? file_to_run(found)->resolved() : ""};
    };
    if (request.run) reader.arguments = version_arguments();
    reader.max_answer = kMaxAnswer;
    return launch(reader);
  }

  Result<> launch_runner(const Account& who, const std::string& file) {
    account = who;
    SandboxPlan runner = plan();
    runner.program = file;
    runner.arguments = version_arguments();
    return launch(runner);
  }

  void take_outcome() {
    const SandboxOutcome outcome = child->take_outcome();
    child.reset();
    stage == Stage::reading ? take_reading(outcome) : take_run(outcome);
  }

  /// Somebody else may see more of the place than who has just looked.
  [[nodiscard]] bool asks_for_second_look(const PlaceContents& found) const {
    return !is_second_look && found.denied && owner;
  }

  /// Nobody, wherever nobody can.
  [[nodiscard]] Account runner_of(const Program& program) const {
    const bool is_open = (program.mode & kOthersReadAndExecute) == kOthersReadAndExecute;
    const bool is_hidden =
        is_second_look && !(seen_by_nobody && same_file(*seen_by_nobody, program));
    return (is_open && !is_hidden) || !owner ? kNobody : *owner;
  }

  /// Whether the reader that found this becomes the program. It decides so for itself, and this
  /// process comes to the same from its answer.
  [[nodiscard]] bool runs_in_reader(const PlaceContents& found) const {
    const Program* program = request.run ? file_to_run(found) : nullptr;
    return program != nullptr && !asks_for_second_look(found) && runner_of(*program) == account;
  }

  void take_reading(const SandboxOutcome& outcome) {
    auto found =
        interpret_reading(outcome, request.timeout).and_then([&](const std::string& answer) {
          return decode_answer(answer, read_request);
        });
    const bool has_run = found && runs_in_reader(*found);
    if (found)
      contents = std::move(*found);
    else if (is_second_look)
      contents->problems.push_back("second look: " + to_string(found.error()));
    else
      return fail(std::move(found.error()));

    if (asks_for_second_look(*contents)) {
      is_second_look = true;
      if (const Program* program = file_to_run(*contents)) seen_by_nobody = *program;
      if (launch_reader(*owner)) return;
    }
    return has_run ? take_run(outcome) : start_run();
  }

  void start_run() {
    stage = Stage::done;
    const Program* program = request.run ? file_to_run(*contents) : nullptr;
    if (program == nullptr) return;
    if (const auto started = launch_runner(runner_of(*program), program->resolved()); !started)
      return record_run({.problem = to_string(started.error())});
    stage = Stage::running;
  }

  void take_run(const SandboxOutcome& outcome) {
    const Program* program = file_to_run(*contents);
    if (was_denied(outcome) && owner && account != *owner &&
        launch_runner(*owner, program->resolved())) {
      stage = Stage::running;
      return;
    }
    stage = Stage::done;
    record_run(interpret_run(outcome, request.timeout));
  }

  /// One file, one answer, for every name that leads to it.
  void record_run(const RunResult& result) {
    const Program ran = *file_to_run(*contents);
    for (auto* programs : {&contents->installation.programs, &contents->installation.multis})
      for (Program& program : *programs)
        if (program.form == ProgramForm::multi && same_file(program, ran)) {
          program.by_run = result.identity;
          program.run_problem = result.problem;
        }
  }

  void fail(Error reason) {
    error = std::move(reason);
    stage = Stage::done;
  }

  bool advance() {
    while (child && child->advance()) take_outcome();
    return !child;
  }
};

PlaceProbe::PlaceProbe(std::unique_ptr<State> state) : state_{std::move(state)} {}
PlaceProbe::PlaceProbe(PlaceProbe&&) noexcept = default;
PlaceProbe& PlaceProbe::operator=(PlaceProbe&&) noexcept = default;
PlaceProbe::~PlaceProbe() = default;

Result<PlaceProbe> PlaceProbe::start(Place place, ProbeRequest request) {
  auto state = std::make_unique<State>();
  state->owner = place.process.pid != 0 ? root_of_user_namespace(place.process.proc_dir.get())
                                        : std::optional{Account{.uid = 0, .gid = 0}};
  state->read_request = {.search_path = request.search_path, .text_files = request.text_files};
  state->place = std::move(place);
  state->request = std::move(request);
  if (const auto started = state->launch_reader(kNobody); !started)
    return tl::unexpected{started.error()};
  return PlaceProbe{std::move(state)};
}

bool PlaceProbe::poll() {
  return state_->advance();
}

Result<ProbeReport> PlaceProbe::finish() {
  while (!state_->advance()) state_->child->wait();
  if (state_->error) return tl::unexpected{*state_->error};
  PlaceContents& contents = *state_->contents;
  return ProbeReport{.installation = std::move(contents.installation),
                     .text_files = std::move(contents.text_files),
                     .problems = std::move(contents.problems)};
}

}  // namespace iptmode::probe
