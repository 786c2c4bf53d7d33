// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/gunzip.h"

#define ZLIB_CONST  // next_in points to const
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

namespace iptmode::kernel {
namespace {

struct EndInflate {
  void operator()(z_stream* stream) const noexcept { inflateEnd(stream); }
};

}  // namespace

Result<std::string> gunzip(std::string_view packed, std::size_t max_bytes) {
  constexpr int kGzipOnly = 16 + MAX_WBITS;
  z_stream stream = {};
  if (inflateInit2(&stream, kGzipOnly) != Z_OK) return sys_error(ENOMEM, "inflateInit2");
  const std::unique_ptr<z_stream, EndInflate> owner{&stream};
  stream.next_in = reinterpret_cast<const Bytef*>(packed.data());
  stream.avail_in = static_cast<uInt>(packed.size());

  std::string text;
  std::array<char, std::size_t{16}* 1024> chunk = {};
  for (int status = Z_OK; status != Z_STREAM_END;) {
    stream.next_out = reinterpret_cast<Bytef*>(chunk.data());
    stream.avail_out = static_cast<uInt>(chunk.size());
    status = inflate(&stream, Z_NO_FLUSH);
    if (status != Z_OK && status != Z_STREAM_END) return sys_error(EBADMSG, "inflate");
    const std::size_t filled = chunk.size() - stream.avail_out;
    if (text.size() + filled > max_bytes) return sys_error(EFBIG, "inflate");
    text.append(chunk.data(), filled);
  }
  return text;
}

}  // namespace iptmode::kernel
