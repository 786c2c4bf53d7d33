// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/installation_words.h"

namespace iptmode::report {

std::string_view kind_of(ProgramForm form) noexcept {
  switch (form) {
    case ProgramForm::multi: return "multi";
    case ProgramForm::shell_wrapper_v1:
    case ProgramForm::shell_wrapper_v2:
    case ProgramForm::go_wrapper: return "wrapper";
    case ProgramForm::standalone:
    case ProgramForm::script: return "standalone";
    case ProgramForm::missing:
    case ProgramForm::dangling: return "missing";
    case ProgramForm::unreadable:
    case ProgramForm::not_a_file: return "unreadable";
  }
  return "invalid";
}

ProgramForm form_of(const Program* program) noexcept {
  return program == nullptr ? ProgramForm::missing : program->form;
}

std::string_view backend_word(const Program* program) noexcept {
  if (program == nullptr) return "unknown";
  if (is_wrapper(program->form)) return "unresolved";
  const auto backend = program->identity().backend;
  return backend ? to_string(*backend) : "unknown";
}

std::string_view identified_by(const Program* program) noexcept {
  if (program == nullptr) return "none";
  const bool file = program->by_file.backend.has_value();
  const bool run = program->by_run && program->by_run->backend;
  if (file && run) return "both";
  if (run) return "run";
  return file ? "file" : "none";
}

std::string version_word(const Program* program, std::string_view otherwise) {
  if (program != nullptr)
    if (const auto version = program->identity().version) return to_string(*version);
  return std::string{otherwise};
}

std::string_view state_word(const Program* program) noexcept {
  switch (form_of(program)) {
    case ProgramForm::missing: return "missing";
    case ProgramForm::dangling: return "dangling";
    case ProgramForm::unreadable: return "unreadable";
    case ProgramForm::not_a_file: return "no file";
    default: return backend_word(program);
  }
}

}  // namespace iptmode::report
