/// Text by lines: from a file of any size, or from standard input, in bounded memory.
///
/// A line ends with LF or CRLF, neither of which belongs to it; the last one may have no ending.
/// (A CR alone is an ordinary character.) An empty file has no lines. A byte order mark (the bytes
/// EF BB BF) at the start is skipped. Bytes are not otherwise looked at: NUL and what is not UTF-8
/// are kept.
///
///     auto lines = kindred::files::LineReader::open("corpus.txt");
///     while (auto line = KINDRED_TRY(lines->next())) use(*line);
///
/// Thread safety: one thread at a time. Cost: one copy of each byte, memory for the longest line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "kindred/result.h"

namespace kindred::files {

class LineReader {
 public:
  /// A line above this is an error, not a reason to fill the memory.
  static constexpr std::size_t kMaximumLine = std::size_t{1} << 30;

  /// "-" is standard input, called "standard input" in messages. A folder is an error.
  static Result<LineReader> open(const std::filesystem::path& path,
                                 std::size_t maximum_line = kMaximumLine);
  /// Lines of memory that the caller keeps alive. `name` is for messages.
  static LineReader of(std::string_view text, std::string name,
                       std::size_t maximum_line = kMaximumLine);

  LineReader(LineReader&&) noexcept;
  LineReader& operator=(LineReader&&) noexcept;
  ~LineReader();

  /// The next line, nothing at the end. The view is good until the next call.
  Result<std::optional<std::string_view>> next();

  /// The number of the line that next() gave last, from 1.
  std::uint64_t number() const { return number_; }
  /// How many bytes of the source have been consumed by the lines given: for progress.
  std::uint64_t bytes_read() const { return bytes_read_; }
  /// The path, or "standard input".
  const std::string& name() const { return name_; }
  /// "corpus.txt: line 17": how messages name where they are.
  std::string place() const;

 private:
  class Source;
  LineReader(std::unique_ptr<Source> source, std::string name, std::size_t maximum_line);
  Result<bool> fill();

  std::unique_ptr<Source> source_;
  std::string name_;
  std::size_t maximum_line_;
  std::string buffer_;  // bytes [begin_, end_) of it are read but not given
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t searched_ = 0;  // no line ends in [begin_, searched_)
  bool ended_ = false;        // the source has no more
  bool started_ = false;
  std::uint64_t number_ = 0;
  std::uint64_t bytes_read_ = 0;
};

}  // namespace kindred::files
