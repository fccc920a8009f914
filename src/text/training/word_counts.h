/// How often each word of a corpus occurs: all that a trainer of a vocabulary needs to know of it.
///
/// Thread safety: one thread at a time. Cost: memory for each distinct word once.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace kindred::text {

struct WordCount {
  std::string word;  ///< well-formed UTF-8, not empty
  std::uint64_t count = 0;
  bool operator==(const WordCount&) const = default;
};

class WordCounter {
 public:
  void add(std::string_view word, std::uint64_t count = 1) {
    const auto found = counts_.find(word);
    if (found != counts_.end()) {
      found->second += count;
    } else {
      counts_.emplace(word, count);
    }
  }
  void add(const WordCounter& other) {
    for (const auto& [word, count] : other.counts_) add(word, count);
  }

  /// By word, in the order of their bytes: nothing depends on how they were counted.
  std::vector<WordCount> sorted() const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };
  std::unordered_map<std::string, std::uint64_t, Hash, std::equal_to<>> counts_;
};

}  // namespace kindred::text
