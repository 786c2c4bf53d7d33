// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/exceptions.h"

#include <fcntl.h>

#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "exceptions/exceptions_file.h"
#include "iptmode/escape.h"
#include "sys/file.h"

namespace iptmode::cli {

namespace {

using Exceptions = tl::expected<std::vector<Exception>, Failure>;

tl::unexpected<Failure> wrong(const std::string& file, std::string_view reason) {
  return tl::unexpected(
      Failure{.message = fmt::format("{}: {}", escape(file), reason), .code = Exit::usage});
}

Result<std::string> read(const std::string& file) {
  constexpr std::chrono::seconds kPatience{5};
  const auto fd = sys::open_at(AT_FDCWD, file, O_RDONLY | O_NONBLOCK);
  if (!fd) return tl::unexpected(fd.error());
  return sys::read_bounded(fd->get(), exceptions::kMaxFileBytes, kPatience);
}

Exceptions read_exceptions(const std::string& file) {
  const auto text = read(file);
  if (!text) return wrong(file, text.error().code.message());
  auto list = exceptions::parse_exceptions(*text);
  if (!list) return wrong(file, list.error().context);
  return std::move(*list);
}

bool is_missing(const std::string& file) {
  const auto fd = sys::open_at(AT_FDCWD, file, O_PATH);
  return !fd && (fd.error().code == std::errc::no_such_file_or_directory ||
                 fd.error().code == std::errc::not_a_directory);
}

}  // namespace

Exceptions exceptions_of_node(const Options& options) {
  if (!options.exceptions.empty()) return read_exceptions(options.exceptions);
  const std::string file = options.host_root + std::string{kExceptionsFile};
  return is_missing(file) ? std::vector<Exception>{} : read_exceptions(file);
}

Exceptions exceptions_for_files(const Options& options) {
  return options.exceptions.empty() ? std::vector<Exception>{}
                                    : read_exceptions(options.exceptions);
}

}  // namespace iptmode::cli
