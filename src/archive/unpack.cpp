// SPDX-License-Identifier: GPL-2.0-or-later
#include "archive/unpack.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstdint>
#include <memory>

#include "archive/libarchive.h"

namespace iptmode::archive {

namespace {

/// Its error reads like those of a snapshot: what is in the file, not what a call said.
tl::unexpected<Error> refused(std::errc code, std::string why) {
  return tl::unexpected(Error{.code = std::make_error_code(code), .context = std::move(why)});
}

bool is_called(std::string_view path, std::string_view name) {
  if (path.starts_with("./")) path.remove_prefix(2);
  const std::size_t slash = path.find('/');
  return path == name || (slash != path.npos && path.substr(slash + 1) == name);
}

class Unpacker {
 public:
  Unpacker(const Libarchive& api, const UnpackLimits& limits)
      : api_{api}, limits_{limits}, handle_{api.read_new(), api.read_free} {}

  Result<> open(std::string_view bytes) {
    ::archive* const handle = handle_.get();
    const bool opened = handle != nullptr && api_.read_support_filter_gzip(handle) == ARCHIVE_OK &&
                        api_.read_support_format_tar(handle) == ARCHIVE_OK &&
                        api_.read_open_memory(handle, bytes.data(), bytes.size()) == ARCHIVE_OK;
    return opened ? Result<>{} : damaged();
  }

  Result<std::string> find(std::string_view name) {
    for (std::size_t members = 0; members < limits_.members; ++members) {
      ::archive_entry* entry = nullptr;
      const int result = api_.read_next_header(handle_.get(), &entry);
      if (result == ARCHIVE_EOF)
        return refused(std::errc::no_such_file_or_directory,
                       "bundle: it has no " + std::string{name});
      if (result != ARCHIVE_OK && result != ARCHIVE_WARN) return damaged();
      if (is_too_long(api_.entry_size(entry))) break;
      const char* const path = api_.entry_pathname(entry);
      if (path == nullptr || !is_called(path, name)) continue;
      if (api_.entry_filetype(entry) == S_IFREG && api_.entry_hardlink(entry) == nullptr)
        return read_content();
    }
    return refused(std::errc::file_too_large, "bundle: more is in it than in any bundle");
  }

 private:
  // Counted where it comes out of gzip, and before a member is skipped: that unpacks it.
  [[nodiscard]] bool is_too_long(la_int64_t next) const {
    const auto unpacked = api_.filter_bytes(handle_.get(), 0);
    if (unpacked < 0 || next < 0) return true;
    const auto total = static_cast<std::uint64_t>(unpacked) + static_cast<std::uint64_t>(next);
    return total > limits_.total_bytes;
  }

  Result<std::string> read_content() {
    constexpr std::size_t kPiece = std::size_t{64} << 10U;
    std::string content;
    std::string piece(kPiece, '\0');
    for (;;) {
      const auto size = api_.read_data(handle_.get(), piece.data(), piece.size());
      if (size < 0) return damaged();
      if (size == 0) return content;
      content.append(piece, 0, static_cast<std::size_t>(size));
      if (content.size() > limits_.member_bytes)
        return refused(std::errc::file_too_large, "bundle: its snapshot is too large");
    }
  }

  [[nodiscard]] static tl::unexpected<Error> damaged() {
    return refused(std::errc::invalid_argument, "bundle: it is damaged, cut off or no archive");
  }

  const Libarchive& api_;
  const UnpackLimits& limits_;
  std::unique_ptr<::archive, decltype(Libarchive::read_free)> handle_;
};

}  // namespace

bool looks_like_archive(std::string_view bytes) {
  constexpr std::size_t kMagicAt = 257;  // of POSIX tar
  return bytes.starts_with("\x1f\x8b") ||
         (bytes.size() > kMagicAt && bytes.substr(kMagicAt).starts_with("ustar"));
}

Result<std::string> unpack_member(std::string_view bytes, std::string_view name,
                                  const UnpackLimits& limits) {
  const Result<Libarchive>& api = libarchive();
  if (!api) return tl::unexpected(api.error());
  Unpacker unpacker{*api, limits};
  if (auto opened = unpacker.open(bytes); !opened) return tl::unexpected(opened.error());
  return unpacker.find(name);
}

}  // namespace iptmode::archive
