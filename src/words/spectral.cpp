#include "words/spectral.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

#include "base/thread_pool.h"
#include "math/randomized_svd.h"
#include "words/cooccurrence.h"
#include "words/shared_matrix.h"
#include "words/window_update.h"

namespace kindred::words {
namespace {

constexpr double kContextPower = 0.75;
constexpr std::size_t kRowsAtOnce = 64;

/// log x of all pairs by rows, both directions: a symmetric sparse matrix.
struct LogCounts {
  std::vector<std::uint64_t> begins;  // of each row; one more at the end
  std::vector<std::uint32_t> columns;
  std::vector<float> logs;
};

/// Calls each(row, column, weight) for both directions of each pair, in one order.
template <typename Each>
void for_directions(const Cooccurrences& pairs, Each&& each) {
  for (const Tile& tile : pairs.tiles())
    for (const Pair& pair : pairs.pairs(tile)) {
      const auto row = static_cast<std::uint32_t>(tile.row_block * kBlock + pair.row);
      const auto column = static_cast<std::uint32_t>(tile.column_block * kBlock + pair.column);
      // A word with itself is near itself twice.
      each(row, column, row == column ? 2 * pair.weight : pair.weight);
      if (row != column) each(column, row, pair.weight);
    }
}

LogCounts by_rows(const Cooccurrences& pairs, std::size_t words) {
  LogCounts counts;
  counts.begins.resize(words + 1);
  for_directions(pairs, [&](std::uint32_t row, std::uint32_t, float) { ++counts.begins[row + 1]; });
  std::partial_sum(counts.begins.begin(), counts.begins.end(), counts.begins.begin());
  counts.columns.resize(counts.begins.back());
  counts.logs.resize(counts.begins.back());
  std::vector<std::uint64_t> next(counts.begins.begin(), counts.begins.end() - 1);
  for_directions(pairs, [&](std::uint32_t row, std::uint32_t column, float weight) {
    counts.columns[next[row]] = column;
    counts.logs[next[row]++] = std::log(weight);
  });
  return counts;
}

/// The matrix of positive pointwise mutual information, never written down.
class MutualInformation {
 public:
  MutualInformation(const Cooccurrences& pairs, std::size_t words)
      : counts_(by_rows(pairs, words)), word_logs_(words), context_logs_(words) {
    std::vector<double> sums(words, 0);
    for_directions(pairs,
                   [&](std::uint32_t row, std::uint32_t, float weight) { sums[row] += weight; });
    double contexts = 0;
    for (const double sum : sums) contexts += std::pow(sum, kContextPower);
    for (std::size_t i = 0; i < words; ++i) {
      if (sums[i] == 0) continue;  // no pair has it
      word_logs_[i] = static_cast<float>(std::log(sums[i]));
      context_logs_[i] = static_cast<float>(kContextPower * std::log(sums[i]) - std::log(contexts));
    }
  }

  /// out = A in, A's rows being words and its columns contexts.
  void multiply(MatrixView in, Matrix& out) const { multiply(word_logs_, context_logs_, in, out); }
  void multiply_transposed(MatrixView in, Matrix& out) const {
    multiply(context_logs_, word_logs_, in, out);
  }

 private:
  void multiply(const std::vector<float>& row_logs, const std::vector<float>& column_logs,
                MatrixView in, Matrix& out) const {
    const std::size_t words = row_logs.size();
    SharedMatrix padded(words, in.dimensions());
    for (std::size_t i = 0; i < words; ++i) std::ranges::copy(in.row(i), padded.row(i));
    const auto rows = [&](std::size_t item, std::size_t) {
      std::vector<const float*> factors;
      std::vector<float> weights;
      SharedMatrix sum(1, in.dimensions());
      const std::size_t end = std::min((item + 1) * kRowsAtOnce, words);
      for (std::size_t i = item * kRowsAtOnce; i < end; ++i) {
        factors.clear();
        weights.clear();
        for (std::uint64_t at = counts_.begins[i]; at < counts_.begins[i + 1]; ++at) {
          const std::uint32_t j = counts_.columns[at];
          const float information = counts_.logs[at] - row_logs[i] - column_logs[j];
          if (information <= 0) continue;
          factors.push_back(padded.row(j));
          weights.push_back(information);
        }
        sum_of_rows(factors.data(), weights.data(), factors.size(), padded.stride(), sum.row(0));
        std::copy_n(sum.row(0), in.dimensions(), out.row(i).begin());
      }
    };
    base::parallel_for((words + kRowsAtOnce - 1) / kRowsAtOnce, rows);
  }

  LogCounts counts_;
  std::vector<float> word_logs_;     // of how much stands near each
  std::vector<float> context_logs_;  // of its smoothed share
};

}  // namespace

Result<Matrix> train_spectral(std::span<const std::filesystem::path> files,
                              const Vocabulary& vocabulary, const WordTraining& options,
                              const Progress& progress) {
  const auto pairs = KINDRED_TRY(Cooccurrences::count(
      files, vocabulary, {.window = options.window, .memory = options.memory, .seed = options.seed},
      progress));
  const MutualInformation information(pairs, vocabulary.size());
  const auto found = math::randomized_svd(
      vocabulary.size(), vocabulary.size(),
      [&](MatrixView in, Matrix& out) { information.multiply(in, out); },
      [&](MatrixView in, Matrix& out) { information.multiply_transposed(in, out); },
      {.rank = options.dimensions, .seed = options.seed});
  Matrix vectors(vocabulary.size(), options.dimensions);
  for (std::size_t i = 0; i < vectors.rows(); ++i)
    for (std::size_t k = 0; k < found.values.size(); ++k)
      vectors.row(i)[k] = found.vectors.row(i)[k] * std::sqrt(found.values[k]);
  return vectors;
}

}  // namespace kindred::words
