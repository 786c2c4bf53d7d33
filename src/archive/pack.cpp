// SPDX-License-Identifier: GPL-2.0-or-later
#include "archive/pack.h"

#include <sys/stat.h>

#include <cerrno>
#include <memory>

#include "archive/libarchive.h"

namespace iptmode::archive {

namespace {

extern "C" {
la_ssize_t append_bytes(::archive* /*handle*/, void* output, const void* bytes, size_t size) {
  static_cast<std::string*>(output)->append(static_cast<const char*>(bytes), size);
  return static_cast<la_ssize_t>(size);
}
}

class Packer {
 public:
  explicit Packer(const Libarchive& api)
      : api_{api},
        handle_{api.write_new(), api.write_free},
        entry_{api.entry_new(), api.entry_free} {}

  Result<> open(std::string& output) {
    ::archive* const handle = handle_.get();
    // Without a time in the header of gzip; without blocks of zeros at the end.
    const bool opened =
        handle != nullptr && entry_ != nullptr &&
        api_.write_set_format_ustar(handle) == ARCHIVE_OK &&
        api_.write_add_filter_gzip(handle) == ARCHIVE_OK &&
        api_.write_set_filter_option(handle, "gzip", "timestamp", nullptr) == ARCHIVE_OK &&
        api_.write_set_bytes_per_block(handle, 0) == ARCHIVE_OK &&
        api_.write_open(handle, &output, nullptr, append_bytes, nullptr) == ARCHIVE_OK;
    return opened ? Result<>{} : failure("archive_write_open");
  }

  Result<> add(const Entry& entry, std::int64_t moment) {
    constexpr mode_t kOwnFile = 0600;
    api_.entry_set_pathname(entry_.get(), entry.path.c_str());
    api_.entry_set_filetype(entry_.get(), S_IFREG);
    api_.entry_set_perm(entry_.get(), kOwnFile);
    api_.entry_set_size(entry_.get(), static_cast<la_int64_t>(entry.content.size()));
    api_.entry_set_mtime(entry_.get(), moment, 0);
    if (api_.write_header(handle_.get(), entry_.get()) != ARCHIVE_OK) return failure(entry.path);
    const auto written = api_.write_data(handle_.get(), entry.content.data(), entry.content.size());
    if (written != static_cast<la_ssize_t>(entry.content.size())) return failure(entry.path);
    return {};
  }

  Result<> close() {
    return api_.write_close(handle_.get()) == ARCHIVE_OK ? Result<>{} : failure("close");
  }

 private:
  [[nodiscard]] tl::unexpected<Error> failure(std::string_view what) const {
    const char* const said = handle_ ? api_.error_string(handle_.get()) : nullptr;
    return sys_error(EIO, said == nullptr ? "libarchive" : said, what);
  }

  const Libarchive& api_;
  std::unique_ptr<::archive, decltype(Libarchive::write_free)> handle_;
  std::unique_ptr<::archive_entry, decltype(Libarchive::entry_free)> entry_;
};

}  // namespace

Result<std::string> pack(const std::vector<Entry>& entries, std::int64_t moment) {
  const Result<Libarchive>& api = libarchive();
  if (!api) return tl::unexpected(api.error());
  std::string output;
  Packer packer{*api};
  if (auto opened = packer.open(output); !opened) return tl::unexpected(opened.error());
  for (const Entry& entry : entries)
    if (auto added = packer.add(entry, moment); !added) return tl::unexpected(added.error());
  if (auto closed = packer.close(); !closed) return tl::unexpected(closed.error());
  return output;
}

}  // namespace iptmode::archive
