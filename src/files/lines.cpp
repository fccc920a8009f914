#include "files/lines.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/system_error.h"

namespace kindred::files {
namespace {

constexpr std::size_t kChunk = std::size_t{1} << 18;  // bytes asked of the source at once
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

}  // namespace

/// A file descriptor, or text in memory: what lines come from.
class LineReader::Source {
 public:
  Source(int descriptor, bool owned) : descriptor_(descriptor), owned_(owned) {}
  explicit Source(std::string_view text) : text_(text) {}
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;
  ~Source() {
    if (owned_) ::close(descriptor_);
  }

  /// At most `size` bytes, 0 at the end.
  Result<std::size_t> read(char* out, std::size_t size, const std::string& name) {
    if (descriptor_ < 0) {
      const std::size_t count = text_.copy(out, size);
      text_.remove_prefix(count);
      return count;
    }
    for (;;) {
      const ssize_t count = ::read(descriptor_, out, size);
      if (count >= 0) return static_cast<std::size_t>(count);
      if (errno != EINTR) return base::system_error(name, "cannot read", errno);
    }
  }

 private:
  int descriptor_ = -1;
  bool owned_ = false;
  std::string_view text_;
};

LineReader::LineReader(std::unique_ptr<Source> source, std::string name, std::size_t maximum_line)
    : source_(std::move(source)), name_(std::move(name)), maximum_line_(maximum_line) {}
LineReader::LineReader(LineReader&&) noexcept = default;
LineReader& LineReader::operator=(LineReader&&) noexcept = default;
LineReader::~LineReader() = default;

Result<LineReader> LineReader::open(const std::filesystem::path& path, std::size_t maximum_line) {
  if (path == "-")
    return LineReader(std::make_unique<Source>(STDIN_FILENO, false), "standard input",
                      maximum_line);
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return base::system_error(path, "cannot open", errno);
  auto source = std::make_unique<Source>(descriptor, true);
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored))
    return fail(ErrorCode::invalid_argument,
                fmt::format("{}: is a folder, a file is needed", path.string()));
  return LineReader(std::move(source), path.string(), maximum_line);
}

LineReader LineReader::of(std::string_view text, std::string name, std::size_t maximum_line) {
  return LineReader(std::make_unique<Source>(text), std::move(name), maximum_line);
}

/// Reads more into the buffer; false where the source has ended. What was given is forgotten first,
/// so that the buffer holds one line and one chunk at most.
Result<bool> LineReader::fill() {
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    searched_ -= begin_;
    begin_ = 0;
  }
  if (buffer_.size() - end_ < kChunk) buffer_.resize(std::max(end_ + kChunk, buffer_.size() * 2));
  const auto count = KINDRED_TRY(source_->read(buffer_.data() + end_, kChunk, name_));
  end_ += count;
  ended_ = count == 0;
  return !ended_;
}

Result<std::optional<std::string_view>> LineReader::next() {
  if (!started_) {
    while (end_ < kByteOrderMark.size() && KINDRED_TRY(fill())) {
    }
    if (std::string_view(buffer_.data(), end_).starts_with(kByteOrderMark))
      begin_ = searched_ = bytes_read_ = kByteOrderMark.size();
    started_ = true;
  }
  for (;;) {
    const void* found = end_ > searched_
                            ? std::memchr(buffer_.data() + searched_, '\n', end_ - searched_)
                            : nullptr;
    const std::size_t line_end =
        found == nullptr
            ? end_
            : static_cast<std::size_t>(static_cast<const char*>(found) - buffer_.data());
    std::string_view line(buffer_.data() + begin_, line_end - begin_);
    if ((found != nullptr || !ended_) && line.ends_with('\r')) line.remove_suffix(1);
    if (line.size() > maximum_line_)
      return fail(ErrorCode::invalid_argument, fmt::format("{}: line {} is longer than {} bytes",
                                                           name_, number_ + 1, maximum_line_));
    if (found == nullptr && !ended_) {
      searched_ = end_;
      KINDRED_TRY(fill());
      continue;
    }
    if (found == nullptr && begin_ == end_) return std::nullopt;
    const std::size_t next_begin = found == nullptr ? line_end : line_end + 1;
    bytes_read_ += next_begin - begin_;
    begin_ = searched_ = next_begin;
    ++number_;
    return line;
  }
}

std::string LineReader::place() const { return fmt::format("{}: line {}", name_, number_); }

}  // namespace kindred::files
