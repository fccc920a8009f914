#include "words/word_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "files/excerpt.h"

namespace kindred::words {
namespace {

constexpr std::size_t kLongestName = 65'535;  // of a word, bytes

std::optional<std::size_t> whole_number(std::string_view text) {
  std::size_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<float> real_number(std::string_view text) {
  float number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end != text.data() + text.size() || text.empty()) return std::nullopt;
  // What is smaller than float32 has is 0.
  if (problem == std::errc::result_out_of_range) {
    const double wide = std::strtod(std::string(text).c_str(), nullptr);
    if (std::abs(wide) > 1) return std::nullopt;
    return static_cast<float>(wide);
  }
  if (problem != std::errc()) return std::nullopt;
  return number;
}

/// The first line's "WORDS DIMENSIONS".
struct Header {
  std::size_t words = 0;
  std::size_t dimensions = 0;
};
std::optional<Header> header_of(std::string_view line) {
  const auto space = line.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  while (!line.empty() && (line.back() == ' ' || line.back() == '\r')) line.remove_suffix(1);
  if (space >= line.size()) return std::nullopt;
  const auto words = whole_number(line.substr(0, space));
  const auto dimensions = whole_number(line.substr(space + 1));
  if (!words || !dimensions) return std::nullopt;
  return Header{*words, *dimensions};
}

/// Takes a field off the end of a line.
std::string_view last_field(std::string_view& line) {
  const auto space = line.find_last_of(" \t");
  const std::string_view field = line.substr(space == std::string_view::npos ? 0 : space + 1);
  line = space == std::string_view::npos ? std::string_view() : line.substr(0, space);
  return field;
}

class FileReader {
 public:
  FileReader(std::span<const std::byte> file, std::string_view name)
      : left_(reinterpret_cast<const char*>(file.data()), file.size()), name_(name) {}

  Result<ReadWords> read() {
    const std::string_view first = left_.substr(0, left_.find('\n'));
    const auto header = header_of(first);
    if (!header) {
      // Without counts: what stands behind the first word are its numbers.
      std::string_view line = trimmed(first);
      for (std::string_view left = line; !line.empty() && real_number(last_field(left));
           line = left)
        ++dimensions_;
      // A word that is itself a number was taken for one.
      if (line.empty() && dimensions_ > 0) --dimensions_;
      if (dimensions_ == 0)
        return corrupt("has no word vectors in it: its first line has no numbers");
      return read_text(std::nullopt);
    }
    left_.remove_prefix(std::min(first.size() + 1, left_.size()));
    dimensions_ = header->dimensions;
    if (dimensions_ == 0 || dimensions_ > kMostDimensions)
      return corrupt(fmt::format("says that its vectors have {} dimensions", dimensions_));
    // A word takes a byte and two for each number, whatever the format.
    if (header->words > left_.size() / (2 * dimensions_ + 1))
      return corrupt(fmt::format("promises {} words, and ends before", header->words));
    return is_text() ? read_text(header->words) : read_binary(header->words);
  }

 private:
  std::unexpected<Error> corrupt(std::string_view problem) const {
    return fail(ErrorCode::corrupt, fmt::format("{}: {}", name_, problem));
  }

  static std::string_view trimmed(std::string_view line) {
    while (!line.empty() && (line.back() == ' ' || line.back() == '\r' || line.back() == '\t'))
      line.remove_suffix(1);
    return line;
  }

  /// Whether a line of text follows.
  bool is_text() const {
    std::string_view line = trimmed(left_.substr(0, left_.find('\n')));
    for (std::size_t k = 0; k < dimensions_; ++k)
      if (!real_number(last_field(line))) return false;
    return !line.empty();
  }

  /// Adds a word whose vector stands in row_.
  Result<void> add(std::string_view word) {
    if (word.empty() || word.size() > kLongestName)
      return corrupt(fmt::format("word {} has {} bytes", read_ + 1, word.size()));
    for (const float value : row_)
      if (!std::isfinite(value))
        return corrupt(fmt::format("the vector of \"{}\" has a value that is no number",
                                   files::excerpt(word)));
    ++read_;
    if (words_.find(word)) return {};
    words_.add(word);
    values_.insert(values_.end(), row_.begin(), row_.end());
    return {};
  }

  Result<ReadWords> read_text(std::optional<std::size_t> promised) {
    row_.resize(dimensions_);
    if (promised) values_.reserve(*promised * dimensions_);
    for (std::size_t number = promised ? 2 : 1; !left_.empty(); ++number) {
      const std::string_view whole = left_.substr(0, left_.find('\n'));
      left_.remove_prefix(std::min(whole.size() + 1, left_.size()));
      std::string_view line = trimmed(whole);
      if (line.empty()) continue;
      for (std::size_t k = dimensions_; k-- > 0;) {
        const auto value = line.empty() ? std::nullopt : real_number(last_field(line));
        if (!value)
          return corrupt(fmt::format("line {} is not a word and {} numbers", number, dimensions_));
        row_[k] = *value;
      }
      KINDRED_TRY(add(line));
    }
    if (promised && read_ < *promised)
      return corrupt(fmt::format("promises {} words and has {}", *promised, read_));
    return finish();
  }

  Result<ReadWords> read_binary(std::size_t promised) {
    row_.resize(dimensions_);
    const std::size_t bytes = dimensions_ * sizeof(float);
    if (promised > left_.size() / (bytes + 2))
      return corrupt(fmt::format("promises {} words, and ends before", promised));
    values_.reserve(promised * dimensions_);
    for (std::size_t i = 0; i < promised; ++i) {
      if (!left_.empty() && left_.front() == '\n') left_.remove_prefix(1);
      const auto space = left_.substr(0, kLongestName + 1).find(' ');
      if (space == std::string_view::npos || left_.size() - space - 1 < bytes)
        return corrupt(fmt::format("ends within word {}", i + 1));
      std::memcpy(row_.data(), left_.data() + space + 1, bytes);
      KINDRED_TRY(add(left_.substr(0, space)));
      left_.remove_prefix(space + 1 + bytes);
    }
    return finish();
  }

  Result<ReadWords> finish() {
    if (words_.size() == 0) return corrupt("has no words");
    ReadWords result{.words = std::move(words_),
                     .vectors = Matrix(values_.size() / dimensions_, dimensions_)};
    std::ranges::copy(values_, result.vectors.data());
    return result;
  }

  std::string_view left_;
  std::string_view name_;
  std::size_t dimensions_ = 0;
  std::size_t read_ = 0;  // words, those that stand twice too
  WordTable words_;
  std::vector<float> row_;
  std::vector<float> values_;
};

}  // namespace

Result<ReadWords> parse_word_vectors(std::span<const std::byte> file, std::string_view name) {
  return FileReader(file, name).read();
}

Result<void> write_word_vectors(base::WritableFile& file, const WordTable& words,
                                MatrixView vectors, WordFormat format) {
  fmt::memory_buffer out;
  const auto flush = [&]() -> Result<void> {
    const auto bytes = std::as_bytes(std::span(out.data(), out.size()));
    KINDRED_TRY(file.write(bytes));
    out.clear();
    return {};
  };
  constexpr std::size_t kBuffer = std::size_t{1} << 20;
  if (format != WordFormat::glove_text)
    fmt::format_to(std::back_inserter(out), "{} {}\n", words.size(), vectors.dimensions());
  for (std::size_t id = 0; id < words.size(); ++id) {
    out.append(words.word(id));
    const auto row = vectors.row(id);
    if (format == WordFormat::word2vec_binary) {
      out.push_back(' ');
      const auto* bytes = reinterpret_cast<const char*>(row.data());
      out.append(bytes, bytes + row.size_bytes());
    } else {
      for (const float value : row) fmt::format_to(std::back_inserter(out), " {}", value);
    }
    out.push_back('\n');
    if (out.size() >= kBuffer) KINDRED_TRY(flush());
  }
  return flush();
}

}  // namespace kindred::words
