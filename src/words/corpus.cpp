#include "words/corpus.h"

#include <algorithm>
#include <utility>

namespace kindred::words {

/// Reads until `text` has a whole number of words and about a block of bytes, or the last file
/// ends.
Result<void> CorpusReader::fill(std::string& text) {
  text = std::exchange(rest_, {});
  while (text.size() < kBlock) {
    if (!stream_) {
      if (file_ == files_.size()) return {};
      stream_ = KINDRED_TRY(files::ByteStream::open(files_[file_]));
    }
    const std::size_t before = text.size();
    text.resize(kBlock + kLongestWord);
    const std::size_t count =
        KINDRED_TRY(stream_->read({text.data() + before, text.size() - before}));
    const bool ended = count < text.size() - before;
    text.resize(before + count);
    if (ended) {
      finished_bytes_ += stream_->bytes_read();
      stream_.reset();
      ++file_;
      text += '\n';  // no word, and no sentence, goes on in another file
    }
  }
  if (within_long_) {
    const auto end = std::ranges::find_if(text, is_space);
    within_long_ = end == text.end();
    text.erase(text.begin(), end);
  }
  // A word that is cut off goes into the next block, unless it is longer than a word can be.
  const auto last = std::ranges::find_if(text.rbegin(), text.rend(), is_space);
  const auto cut = static_cast<std::size_t>(last - text.rbegin());
  within_long_ = within_long_ || cut > kLongestWord;
  if (cut <= kLongestWord) rest_ = text.substr(text.size() - cut);
  text.resize(text.size() - cut);
  return {};
}

Result<std::optional<std::uint64_t>> CorpusReader::next(std::string& text) {
  const std::lock_guard lock(mutex_);
  do {
    KINDRED_TRY(fill(text));
  } while (text.empty() && (stream_ || file_ < files_.size()));
  if (text.empty()) return std::nullopt;
  return blocks_++;
}

std::uint64_t CorpusReader::bytes_read() const {
  const std::lock_guard lock(mutex_);
  return finished_bytes_ + (stream_ ? stream_->bytes_read() : 0);
}

}  // namespace kindred::words
