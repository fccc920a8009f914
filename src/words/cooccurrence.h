/// How often words stand near each other: the matrix that GloVe and spectral vectors are made of.
///
/// Two words that are d words apart, d at most `window`, in one line, add 1/d to their pair
/// (Pennington et al. 2014, section 4.2). Words without a vector don't count as being between. A
/// pair has no order: {a, b} is counted once and stands for (a, b) and (b, a).
///
/// Pairs are gathered in tiles of kBlock x kBlock words. The tiles of the most frequent words are
/// arrays; the others' pairs go to hash tables, which are sorted and written to a temporary file
/// where they outgrow their memory. In the end tiles lie in one file, mapped, so that what is
/// learned from them tile by tile finds the words' rows in the cache. Weights are summed as whole
/// numbers (of 2^-32), so they are the same at any number of threads and in any order.
///
/// Thread safety: immutable once counted. Cost: a few nanoseconds for each pair that occurs; of
/// memory what is allowed; of disk 8 bytes a pair, and 16 for each time it went there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "base/mapped_file.h"
#include "kindred/progress.h"
#include "kindred/result.h"
#include "words/vocabulary.h"

namespace kindred::words {

/// Words of a block; a pair's place in its tile takes two numbers below it.
inline constexpr std::size_t kBlock = 512;

struct Pair {
  std::uint16_t row = 0;  ///< within the tile's block of rows
  std::uint16_t column = 0;
  float weight = 0;

  bool operator==(const Pair&) const = default;
};

/// Pairs of a word of one block with a word of another, or the same, in no order. In a tile of a
/// block with itself row <= column.
struct Tile {
  std::uint32_t row_block = 0;  ///< row_block <= column_block
  std::uint32_t column_block = 0;
  std::uint64_t first = 0;  ///< of all pairs
  std::uint64_t count = 0;
};

struct CooccurrenceOptions {
  std::size_t window = 15;
  std::size_t memory = std::size_t{4} << 30;  ///< bytes, for counting
  std::uint64_t seed = 1;                     ///< of the order of a tile's pairs
};

class Cooccurrences {
 public:
  /// Fails where a file can't be read, or the temporary one not be written; `progress` counts
  /// words of the text.
  static Result<Cooccurrences> count(std::span<const std::filesystem::path> files,
                                     const Vocabulary& vocabulary,
                                     const CooccurrenceOptions& options, const Progress& progress);

  std::span<const Tile> tiles() const { return tiles_; }
  std::span<const Pair> pairs(const Tile& tile) const;
  /// Pairs of all tiles.
  std::uint64_t size() const {
    return tiles_.empty() ? 0 : tiles_.back().first + tiles_.back().count;
  }

 private:
  std::vector<Tile> tiles_;
  base::MappedFile file_;
};

}  // namespace kindred::words
