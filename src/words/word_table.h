/// Words by their bytes: each gets a number, in the order in which they come, and a count.
///
/// Open addressing over one array, the words' bytes one behind the other in another: a look-up is
/// one hash (XXH3) and, nearly always, one comparison. Thread safety: one thread while it grows;
/// then any. Cost: about 20 nanoseconds a look-up; 24 bytes a word beside its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kindred::words {

class WordTable {
 public:
  std::size_t size() const { return counts_.size(); }
  std::string_view word(std::size_t id) const {
    return std::string_view(bytes_).substr(begins_[id], begins_[id + 1] - begins_[id]);
  }
  std::uint64_t count(std::size_t id) const { return counts_[id]; }
  /// Of each word.
  std::span<const std::uint64_t> counts() const { return counts_; }
  std::optional<std::uint32_t> find(std::string_view word) const;
  /// The same for several, kAtOnce at most: each waits for memory while the others are looked up.
  void find_all(std::span<const std::string_view> words,
                std::span<std::optional<std::uint32_t>> ids) const;
  static constexpr std::size_t kAtOnce = 16;

  /// Counts a word, which gets a number where it is new.
  std::uint32_t add(std::string_view word, std::uint64_t count = 1);

  /// Words that a table may hold: their numbers are 32 bits, of which one is none.
  static constexpr std::size_t kMostWords = 0xFFFFFFFE;

 private:
  struct Place {
    std::uint32_t hash = 0;  // the upper half
    std::uint32_t id = kNone;
  };
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;
  static std::uint64_t hash_of(std::string_view word);
  /// Where a word stands, or would.
  std::size_t place_of(std::string_view word, std::uint64_t hash) const;
  void grow();

  std::vector<Place> places_ = std::vector<Place>(16);  // a power of two, half of it free
  std::string bytes_;
  std::vector<std::size_t> begins_ = {0};
  std::vector<std::uint64_t> counts_;
};

}  // namespace kindred::words
