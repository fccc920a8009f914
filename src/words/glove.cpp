#include "words/glove.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "base/random.h"
#include "base/thread_pool.h"
#include "kindred/threads.h"
#include "words/cooccurrence.h"
#include "words/glove_update.h"
#include "words/shared_matrix.h"

namespace kindred::words {
namespace {

constexpr double kUsualRate = 0.05;

/// Parts of a word's row (glove_update.h).
enum Part : std::size_t { kWord, kWordSquares, kContext, kContextSquares, kParts };

/// Room for both biases behind the values.
std::size_t stride_of(std::size_t dimensions) {
  return (dimensions + 2 + kRowPadding - 1) / kRowPadding * kRowPadding;
}

/// As the reference begins: small random values, squares of 1.
SharedMatrix first_rows(std::size_t words, std::size_t dimensions, std::uint64_t seed) {
  const std::size_t stride = stride_of(dimensions);
  SharedMatrix rows(words, kParts * stride);
  base::Random random(seed);
  for (std::size_t i = 0; i < words; ++i) {
    float* const row = rows.row(i);
    std::fill_n(row + kWordSquares * stride, stride, 1.0F);
    std::fill_n(row + kContextSquares * stride, stride, 1.0F);
    const auto fill = [&](float* values, std::size_t bias, std::size_t one) {
      const auto draw = [&] { return (random.uniform() - 0.5F) / static_cast<float>(dimensions); };
      for (std::size_t k = 0; k < dimensions; ++k) values[k] = draw();
      values[bias] = draw();
      values[one] = 1;
    };
    fill(row + kWord * stride, dimensions, dimensions + 1);
    fill(row + kContext * stride, dimensions + 1, dimensions);
  }
  return rows;
}

/// Pairs of a tile that are learned in a row, at most: few beside all, so that an epoch mixes well,
/// and enough to use a row more than once while it is in the cache.
constexpr std::size_t kPairsAtOnce = 2048;

struct Piece {
  std::uint32_t tile = 0;
  std::uint32_t first = 0;  // of its pairs
};

std::vector<Piece> pieces_of(std::span<const Tile> tiles) {
  std::vector<Piece> pieces;
  for (std::uint32_t tile = 0; tile < tiles.size(); ++tile)
    for (std::uint32_t first = 0; first < tiles[tile].count; first += kPairsAtOnce)
      pieces.push_back({tile, first});
  return pieces;
}

/// What all threads see.
struct Training {
  const Cooccurrences& pairs;
  const WordTraining& options;
  const Progress& progress;
  SharedMatrix rows;
  std::uint64_t corpus_words = 0;
  std::vector<Piece> order;  // of this epoch
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;  // of the next two
  std::uint64_t learned = 0;
  Result<void> result;
  std::atomic<bool> stopped = false;

  /// Progress speaks of words of the text, one pass for counting and one for each epoch.
  void report(std::uint64_t pairs_learned) {
    const std::lock_guard lock(mutex);
    learned += pairs_learned;
    if (!progress || stopped) return;
    const double epochs = static_cast<double>(learned) / static_cast<double>(pairs.size());
    const auto done = static_cast<std::uint64_t>((1 + epochs) * static_cast<double>(corpus_words));
    const std::uint64_t total = (1 + options.epochs) * corpus_words;
    if (progress({.done = std::min(done, total), .total = total})) return;
    result = fail(ErrorCode::cancelled, "stopped while vectors were learned");
    stopped = true;
  }
};

void learn_tiles(Training& training) {
  const std::size_t stride = stride_of(training.options.dimensions);
  const double rate =
      training.options.learning_rate > 0 ? training.options.learning_rate : kUsualRate;
  while (!training.stopped) {
    const std::size_t place = training.next++;
    if (place >= training.order.size()) return;
    const auto [number, first] = training.order[place];
    const Tile& tile = training.pairs.tiles()[number];
    const std::size_t count = std::min<std::size_t>(kPairsAtOnce, tile.count - first);
    update_glove({.pairs = training.pairs.pairs(tile).subspan(first, count),
                  .rows = training.rows.row(tile.row_block * kBlock),
                  .columns = training.rows.row(tile.column_block * kBlock),
                  .dimensions = training.options.dimensions,
                  .stride = stride,
                  .rate = static_cast<float>(rate),
                  .maximum = static_cast<float>(training.options.glove_maximum)});
    training.report(count);
  }
}

Matrix sums_of(const SharedMatrix& rows, std::size_t dimensions) {
  const std::size_t stride = stride_of(dimensions);
  Matrix vectors(rows.rows(), dimensions);
  for (std::size_t i = 0; i < rows.rows(); ++i)
    for (std::size_t k = 0; k < dimensions; ++k)
      vectors.row(i)[k] = rows.row(i)[kWord * stride + k] + rows.row(i)[kContext * stride + k];
  return vectors;
}

}  // namespace

Result<Matrix> train_glove(std::span<const std::filesystem::path> files,
                           const Vocabulary& vocabulary, const WordTraining& options,
                           const Progress& progress) {
  const std::uint64_t words = vocabulary.corpus_words();
  const Progress counting = [&](const ProgressReport& report) {
    return !progress || progress({.done = report.done, .total = words * (1 + options.epochs)});
  };
  const auto pairs = KINDRED_TRY(Cooccurrences::count(
      files, vocabulary, {.window = options.window, .memory = options.memory, .seed = options.seed},
      counting));
  Training training{.pairs = pairs,
                    .options = options,
                    .progress = progress,
                    .rows = first_rows(vocabulary.size(), options.dimensions, options.seed),
                    .corpus_words = words};
  training.order = pieces_of(pairs.tiles());
  base::Random random(options.seed);
  const std::size_t thread_count = options.deterministic ? 1 : threads();
  for (std::size_t epoch = 0; epoch < options.epochs && !training.stopped; ++epoch) {
    for (std::size_t i = training.order.size(); i > 1; --i)
      std::swap(training.order[i - 1], training.order[random.below(i)]);
    training.next = 0;
    base::parallel_for(
        thread_count, [&](std::size_t, std::size_t) { learn_tiles(training); }, thread_count);
  }
  KINDRED_TRY(std::move(training.result));
  return sums_of(training.rows, options.dimensions);
}

}  // namespace kindred::words
