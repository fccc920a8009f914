/// Text as word vectors are learned from it: lines of words, read in blocks by several threads.
///
/// A word is what stands between white space (space, tab, CR, LF, vertical tab, form feed), any
/// bytes, UTF-8 or not; a line is a sentence. A word of more than kLongestWord bytes is none: a
/// file without white space is a mistake, not a vocabulary. Files may be packed
/// (files/byte_stream.h).
///
/// A block is about kBlock bytes that end with a whole word. Blocks are the same in every pass, so
/// that work on a block can be seeded by its number. A sentence that goes past its block is two.
///
/// Thread safety: next() of one CorpusReader from any number of threads. Cost: a copy of each byte;
/// memory for a block a thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "files/byte_stream.h"
#include "kindred/result.h"

namespace kindred::words {

inline constexpr std::size_t kLongestWord = 1024;

inline bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// Calls word(view) for each word of a block, and line_end() where a line ends.
template <typename Word, typename LineEnd>
void for_words(std::string_view block, Word&& word, LineEnd&& line_end) {
  const char* at = block.data();
  const char* const end = at + block.size();
  while (at != end) {
    if (is_space(*at)) {
      if (*at == '\n') line_end();
      ++at;
      continue;
    }
    const char* const begin = at;
    while (at != end && !is_space(*at)) ++at;
    const auto size = static_cast<std::size_t>(at - begin);
    if (size <= kLongestWord) word(std::string_view(begin, size));
  }
}

class CorpusReader {
 public:
  static constexpr std::size_t kBlock = std::size_t{1} << 20;

  explicit CorpusReader(std::vector<std::filesystem::path> files) : files_(std::move(files)) {}

  /// The next block, put into `text`; its number from 0; nothing at the end.
  Result<std::optional<std::uint64_t>> next(std::string& text);
  /// Bytes of the files that were read so far, packed as they are there.
  std::uint64_t bytes_read() const;

 private:
  Result<void> fill(std::string& text);

  std::vector<std::filesystem::path> files_;
  mutable std::mutex mutex_;
  // All under mutex_.
  std::size_t file_ = 0;                       // of the stream, or the next to open
  std::unique_ptr<files::ByteStream> stream_;  // none: open the next file
  std::string rest_;                           // the word that the last block broke off
  bool within_long_ = false;                   // the last block ended in what is too long for one
  std::uint64_t blocks_ = 0;
  std::uint64_t finished_bytes_ = 0;  // of files before this one
};

/// Calls word(view) and line_end() for the text of all files, in order, by one thread.
template <typename Word, typename LineEnd>
Result<void> for_words_of_files(std::span<const std::filesystem::path> files, Word&& word,
                                LineEnd&& line_end) {
  CorpusReader reader({files.begin(), files.end()});
  std::string block;
  while (KINDRED_TRY(reader.next(block))) for_words(block, word, line_end);
  return {};
}

}  // namespace kindred::words
