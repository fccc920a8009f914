#include "words/fasttext_quantizer.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include "base/random.h"
#include "base/thread_pool.h"

namespace kindred::words {
namespace {

constexpr std::size_t kCentroids = ProductQuantizer::kCentroids;
constexpr std::size_t kIterations = 25;
/// Rows that centroids are found from, at most.
constexpr std::size_t kSample = 256 * kCentroids;
constexpr std::size_t kRowsAtOnce = 256;

/// One piece of all rows, and its centroids: value k of centroid c stands at k * kCentroids + c, so
/// that all distances from a piece are found together.
class Piece {
 public:
  Piece(MatrixView rows, std::size_t begin, std::size_t size)
      : rows_(rows), begin_(begin), size_(size), centroids_(size * kCentroids) {}

  void find_centroids(std::span<const std::uint32_t> sample, std::uint64_t seed) {
    base::Random random(seed);
    for (std::size_t c = 0; c < kCentroids; ++c) set(c, values(sample[c]));
    std::vector<std::uint8_t> codes(sample.size());
    for (std::size_t iteration = 0; iteration < kIterations; ++iteration) {
      bool changed = iteration == 0;
      for (std::size_t i = 0; i < sample.size(); ++i) {
        const std::uint8_t code = nearest(sample[i]);
        changed = changed || code != codes[i];
        codes[i] = code;
      }
      if (!changed) return;
      move_to_means(sample, codes, random);
    }
  }

  std::uint8_t nearest(std::size_t row) const {
    float distances[kCentroids] = {};
    const auto piece = values(row);
    for (std::size_t k = 0; k < size_; ++k) {
      const float* const centroids = centroids_.data() + k * kCentroids;
      const float value = piece[k];
      for (std::size_t c = 0; c < kCentroids; ++c) {
        const float difference = value - centroids[c];
        distances[c] += difference * difference;
      }
    }
    return static_cast<std::uint8_t>(std::min_element(distances, distances + kCentroids) -
                                     distances);
  }

  /// Centroid after centroid, as files have them.
  void copy_centroids(float* out) const {
    for (std::size_t c = 0; c < kCentroids; ++c)
      for (std::size_t k = 0; k < size_; ++k) *out++ = centroids_[k * kCentroids + c];
  }

 private:
  std::span<const float> values(std::size_t row) const {
    return rows_.row(row).subspan(begin_, size_);
  }
  void set(std::size_t c, std::span<const float> values) {
    for (std::size_t k = 0; k < size_; ++k) centroids_[k * kCentroids + c] = values[k];
  }

  void move_to_means(std::span<const std::uint32_t> sample, std::span<const std::uint8_t> codes,
                     base::Random& random) {
    std::vector<double> sums(size_ * kCentroids, 0);
    std::vector<std::size_t> counts(kCentroids, 0);
    for (std::size_t i = 0; i < sample.size(); ++i) {
      const auto piece = values(sample[i]);
      for (std::size_t k = 0; k < size_; ++k) sums[k * kCentroids + codes[i]] += piece[k];
      ++counts[codes[i]];
    }
    for (std::size_t c = 0; c < kCentroids; ++c) {
      if (counts[c] == 0) {
        // Nobody's: it starts again at one of the rows.
        set(c, values(sample[random.below(sample.size())]));
        continue;
      }
      for (std::size_t k = 0; k < size_; ++k)
        centroids_[k * kCentroids + c] =
            static_cast<float>(sums[k * kCentroids + c] / static_cast<double>(counts[c]));
    }
  }

  MatrixView rows_;
  std::size_t begin_;
  std::size_t size_;
  std::vector<float> centroids_;
};

std::vector<std::uint32_t> sample_of(std::size_t rows, std::uint64_t seed) {
  std::vector<std::uint32_t> order(rows);
  std::iota(order.begin(), order.end(), 0U);
  base::Random random(seed);
  const std::size_t count = std::min(rows, kSample);
  for (std::size_t i = 0; i < count; ++i) std::swap(order[i], order[i + random.below(rows - i)]);
  order.resize(count);
  return order;
}

struct Quantized {
  ProductQuantizer quantizer;
  std::vector<std::uint8_t> codes;
};

Quantized quantize(MatrixView rows, std::size_t piece, std::uint64_t seed) {
  const std::size_t dimensions = rows.dimensions();
  const std::size_t pieces = (dimensions + piece - 1) / piece;
  Quantized made{.quantizer = {.dimensions = dimensions,
                               .piece = piece,
                               .last_piece = dimensions - (pieces - 1) * piece,
                               .centroids = std::vector<float>(kCentroids * dimensions)},
                 .codes = std::vector<std::uint8_t>(rows.rows() * pieces)};
  const auto sample = sample_of(rows.rows(), seed);
  base::parallel_for(pieces, [&](std::size_t m, std::size_t) {
    Piece one(rows, m * piece, made.quantizer.size_of(m));
    one.find_centroids(sample, seed + m + 1);
    for (std::size_t row = 0; row < rows.rows(); ++row)
      made.codes[row * pieces + m] = one.nearest(row);
    one.copy_centroids(made.quantizer.centroids.data() + kCentroids * m * piece);
  });
  return made;
}

}  // namespace

FastTextMatrix quantize_rows(MatrixView rows, std::size_t piece, bool lengths, std::uint64_t seed) {
  QuantizedRows values;
  if (!lengths) {
    auto made = quantize(rows, piece, seed);
    values.codes = std::move(made.codes);
    values.quantizer = std::move(made.quantizer);
    return {rows.rows(), rows.dimensions(), std::move(values)};
  }
  Matrix units(rows.rows(), rows.dimensions());
  Matrix norms(rows.rows(), 1);
  base::parallel_for(rows.rows() / kRowsAtOnce + 1, [&](std::size_t item, std::size_t) {
    const std::size_t end = std::min((item + 1) * kRowsAtOnce, rows.rows());
    for (std::size_t i = item * kRowsAtOnce; i < end; ++i) {
      double sum = 0;
      for (const float value : rows.row(i)) sum += static_cast<double>(value) * value;
      const auto length = static_cast<float>(std::sqrt(sum));
      norms.row(i)[0] = length;
      for (std::size_t k = 0; k < rows.dimensions(); ++k)
        units.row(i)[k] = length > 0 ? rows.row(i)[k] / length : 0;
    }
  });
  auto made = quantize(units, piece, seed);
  auto made_lengths = quantize(norms, 1, seed);
  values.codes = std::move(made.codes);
  values.quantizer = std::move(made.quantizer);
  values.length_codes = std::move(made_lengths.codes);
  values.lengths = std::move(made_lengths.quantizer);
  return {rows.rows(), rows.dimensions(), std::move(values)};
}

}  // namespace kindred::words
