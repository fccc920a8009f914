#include "files/byte_stream.h"

#include <fmt/format.h>
#include <lzma.h>
#include <sys/stat.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "base/system_error.h"

namespace kindred::files {
namespace {

constexpr std::size_t kBuffer = std::size_t{1} << 18;

struct Close {
  void operator()(std::FILE* file) const {
    if (file != stdin) std::fclose(file);
  }
};
using File = std::unique_ptr<std::FILE, Close>;

/// A file as it is, its first bytes looked at before.
class PlainStream final : public ByteStream {
 public:
  PlainStream(File file, std::string name) : file_(std::move(file)), name_(std::move(name)) {}

  /// The bytes that the file begins with, `wanted` at most, which read() will give too.
  Result<std::span<const char>> peek(std::size_t wanted) {
    std::vector<char> first(wanted);
    first.resize(KINDRED_TRY(read(first)));
    read_ = 0;
    ahead_ = std::move(first);
    return std::span<const char>(ahead_);
  }

  Result<std::size_t> read(std::span<char> out) override {
    const std::size_t kept = std::min(ahead_.size(), out.size());
    std::copy_n(ahead_.begin(), kept, out.begin());
    ahead_.erase(ahead_.begin(), ahead_.begin() + static_cast<std::ptrdiff_t>(kept));
    std::size_t count = kept;
    if (kept < out.size()) {
      errno = 0;
      count += std::fread(out.data() + kept, 1, out.size() - kept, file_.get());
      if (std::ferror(file_.get()) != 0) return base::system_error(name_, "cannot read", errno);
    }
    read_ += count;
    return count;
  }
  std::uint64_t bytes_read() const override { return read_; }
  const std::string& name() const { return name_; }

 private:
  File file_;
  std::string name_;
  std::vector<char> ahead_;
  std::uint64_t read_ = 0;
};

std::unexpected<Error> damaged(const PlainStream& source, std::string_view problem) {
  return fail(ErrorCode::corrupt, fmt::format("{}: {}", source.name(), problem));
}

class GzipStream final : public ByteStream {
 public:
  explicit GzipStream(std::unique_ptr<PlainStream> source)
      : source_(std::move(source)), buffer_(kBuffer) {
    constexpr int kGzip = 16;  // beside the size of the window: a header of gzip is expected
    ready_ = inflateInit2(&stream_, MAX_WBITS + kGzip) == Z_OK;
  }
  GzipStream(const GzipStream&) = delete;
  GzipStream& operator=(const GzipStream&) = delete;
  ~GzipStream() override {
    if (ready_) inflateEnd(&stream_);
  }

  Result<std::size_t> read(std::span<char> out) override {
    if (!ready_) throw std::bad_alloc();
    std::size_t count = 0;
    while (count < out.size()) {
      if (stream_.avail_in == 0 && !ended_) {
        stream_.avail_in = static_cast<uInt>(KINDRED_TRY(source_->read(buffer_)));
        stream_.next_in = reinterpret_cast<Bytef*>(buffer_.data());
        ended_ = stream_.avail_in < buffer_.size();
      }
      if (between_ && stream_.avail_in == 0 && ended_) break;
      const std::size_t wanted =
          std::min<std::size_t>(out.size() - count, std::numeric_limits<uInt>::max());
      stream_.next_out = reinterpret_cast<Bytef*>(out.data() + count);
      stream_.avail_out = static_cast<uInt>(wanted);
      between_ = false;
      const int state = inflate(&stream_, Z_NO_FLUSH);
      count += wanted - stream_.avail_out;
      if (state == Z_STREAM_END) {
        between_ = true;
        if (inflateReset(&stream_) != Z_OK) return damaged(*source_, "can't be unpacked");
      } else if (state == Z_BUF_ERROR ||
                 (state == Z_OK && stream_.avail_in == 0 && ended_ && stream_.avail_out > 0)) {
        return damaged(*source_, "ends within a packed stream");
      } else if (state != Z_OK) {
        return damaged(*source_, "is not what gzip packs, or damaged");
      }
    }
    return count;
  }
  std::uint64_t bytes_read() const override { return source_->bytes_read(); }

 private:
  std::unique_ptr<PlainStream> source_;
  std::vector<char> buffer_;
  z_stream stream_{};
  bool ready_ = false;
  bool ended_ = false;    // of the file
  bool between_ = false;  // two packed streams
};

class XzStream final : public ByteStream {
 public:
  explicit XzStream(std::unique_ptr<PlainStream> source)
      : source_(std::move(source)), buffer_(kBuffer) {
    ready_ = lzma_stream_decoder(&stream_, kMostMemory, LZMA_CONCATENATED) == LZMA_OK;
  }
  XzStream(const XzStream&) = delete;
  XzStream& operator=(const XzStream&) = delete;
  ~XzStream() override { lzma_end(&stream_); }

  Result<std::size_t> read(std::span<char> out) override {
    if (!ready_) throw std::bad_alloc();
    stream_.next_out = reinterpret_cast<std::uint8_t*>(out.data());
    stream_.avail_out = out.size();
    while (stream_.avail_out > 0 && !finished_) {
      if (stream_.avail_in == 0 && !ended_) {
        stream_.avail_in = KINDRED_TRY(source_->read(buffer_));
        stream_.next_in = reinterpret_cast<const std::uint8_t*>(buffer_.data());
        ended_ = stream_.avail_in < buffer_.size();
      }
      const lzma_ret state = lzma_code(&stream_, ended_ ? LZMA_FINISH : LZMA_RUN);
      if (state == LZMA_STREAM_END)
        finished_ = true;
      else if (state == LZMA_BUF_ERROR)
        return damaged(*source_, "ends within a packed stream");
      else if (state == LZMA_MEMLIMIT_ERROR)
        return fail(ErrorCode::unsupported, fmt::format("{}: needs more than {} MiB to be unpacked",
                                                        source_->name(), kMostMemory >> 20));
      else if (state != LZMA_OK)
        return damaged(*source_, "is not what xz packs, or damaged");
    }
    return out.size() - stream_.avail_out;
  }
  std::uint64_t bytes_read() const override { return source_->bytes_read(); }

 private:
  std::unique_ptr<PlainStream> source_;
  std::vector<char> buffer_;
  lzma_stream stream_ = LZMA_STREAM_INIT;
  bool ready_ = false;
  bool ended_ = false;     // of the file
  bool finished_ = false;  // of what is packed in it
};

}  // namespace

Result<std::unique_ptr<ByteStream>> ByteStream::open(const std::filesystem::path& path) {
  const bool standard = path == "-";
  const std::string name = standard ? "standard input" : path.string();
  std::error_code ignored;
  if (!standard && std::filesystem::is_directory(path, ignored))
    return fail(ErrorCode::invalid_argument, fmt::format("{}: is a folder", name));
  File file(standard ? stdin : std::fopen(path.c_str(), "rb"));
  if (!file) return base::system_error(name, "cannot open", errno);
  auto plain = std::make_unique<PlainStream>(std::move(file), name);
  constexpr std::size_t kMagic = 6;
  const auto first = KINDRED_TRY(plain->peek(kMagic));
  const std::string_view begin(first.data(), first.size());
  if (begin.starts_with("\x1f\x8b")) return std::make_unique<GzipStream>(std::move(plain));
  if (begin == std::string_view("\xfd"
                                "7zXZ\0",
                                kMagic))
    return std::make_unique<XzStream>(std::move(plain));
  return plain;
}

std::uint64_t size_on_disk(const std::filesystem::path& path) {
  std::error_code problem;
  const auto size = std::filesystem::file_size(path, problem);
  return problem ? 0 : size;
}

}  // namespace kindred::files
