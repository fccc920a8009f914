// What attention and its gradient share: softmax, and the packing of a head's rows.
// Included once for each instruction set, after tile-inl.h and functions-inl.h.
#include <hwy/highway.h>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <numbers>

#include "tensor/functions-inl.h"
#include "tensor/tile-inl.h"

#if defined(KINDRED_TENSOR_ATTENTION_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef KINDRED_TENSOR_ATTENTION_INL_H
#undef KINDRED_TENSOR_ATTENTION_INL_H
#else
#define KINDRED_TENSOR_ATTENTION_INL_H
#endif

#ifndef KINDRED_TENSOR_ATTENTION_WINDOW
#define KINDRED_TENSOR_ATTENTION_WINDOW
namespace kindred::tensor {

/// How far a token attends.
struct Window {
  std::size_t behind;
  std::size_t ahead;
};

/// One head of one sequence.
struct Head {
  const float* query;  // length rows of `width` values, `stride` apart; so are key and value
  const float* key;
  const float* value;
  float* out;  // length rows of `width` values, `out_stride` apart
  std::size_t length;
  std::size_t keys;  // the first so many rows are attended to; at least 1
  std::size_t width;
  std::size_t stride;
  std::size_t out_stride;
  float scale;
  Window window;
};

}  // namespace kindred::tensor
#endif

HWY_BEFORE_NAMESPACE();
namespace kindred::tensor::HWY_NAMESPACE {

constexpr std::size_t round_up(std::size_t size) {
  return (size + kPanelColumns - 1) / kPanelColumns * kPanelColumns;
}

/// scores[0, length) become e^(scale (score - largest)); returns 1 / their sum. scores has room for
/// a whole number of vectors.
HWY_INLINE HWY_ATTR float softmax_numerators(float* HWY_RESTRICT scores, std::size_t length,
                                             float scale) {
  const Floats d;
  const std::size_t padded = (length + kLanes - 1) / kLanes * kLanes;
  std::fill(scores + length, scores + padded, -std::numeric_limits<float>::infinity());
  Vector largest = hn::Load(d, scores);
  for (std::size_t i = kLanes; i < padded; i += kLanes)
    largest = hn::Max(largest, hn::Load(d, scores + i));
  // e^x = 2^(x log2 e). What stands beyond the length adds 2^-126 a value to the sum: nothing,
  // since the largest adds 1.
  const Vector factor = hn::Set(d, scale * std::numbers::log2e_v<float>);
  const Vector shift = hn::Mul(hn::MaxOfLanes(d, largest), factor);
  Vector sum = hn::Zero(d);
  for (std::size_t i = 0; i < padded; i += kLanes) {
    const Vector numerator =
        exp2_of_negative(d, hn::MulSub(hn::Load(d, scores + i), factor, shift));
    hn::Store(numerator, d, scores + i);
    sum = hn::Add(sum, numerator);
  }
  return 1.0F / hn::GetLane(hn::SumOfLanes(d, sum));
}

/// A head's queries, keys or values: `length` rows of `width` values, `stride` apart.
struct Rows {
  const float* values;
  std::size_t stride;
  std::size_t length;
  std::size_t width;
};

/// Panels in which a row becomes a column: width deep, zeros beyond the last.
inline void pack_columns(const Rows& rows, float* HWY_RESTRICT panels) {
  for (std::size_t first = 0; first < rows.length;
       first += kPanelColumns, panels += kPanelColumns * rows.width) {
    const std::size_t count = std::min(kPanelColumns, rows.length - first);
    const float* from = rows.values + first * rows.stride;
    for (std::size_t k = 0; k < rows.width; ++k) {
      float* to = panels + k * kPanelColumns;
      for (std::size_t row = 0; row < count; ++row) to[row] = from[row * rows.stride + k];
      std::fill(to + count, to + kPanelColumns, 0.0F);
    }
  }
}

/// Panels in which a row stays one: length deep, zeros beyond the width.
inline void pack_rows(const Rows& rows, float* HWY_RESTRICT panels) {
  for (std::size_t first = 0; first < rows.width; first += kPanelColumns) {
    const std::size_t columns = std::min(kPanelColumns, rows.width - first);
    for (std::size_t row = 0; row < rows.length; ++row, panels += kPanelColumns) {
      std::copy_n(rows.values + row * rows.stride + first, columns, panels);
      std::fill(panels + columns, panels + kPanelColumns, 0.0F);
    }
  }
}

/// The keys that some query attends to, and among them those of one query.
struct Keys {
  std::size_t first;
  std::size_t last;  // beyond it
};

/// Of the first `count` ones.
inline Keys keys_of(std::size_t query, const Window& window, std::size_t count) {
  const bool ends_before = query < count && window.ahead < count - query;
  return {.first = std::min(query > window.behind ? query - window.behind : 0, count),
          .last = ends_before ? query + window.ahead + 1 : count};
}

/// Calls body(first, last, distance) for keys of one query: those that all count as one distance
/// farther than `reach` behind it, each one within it, those beyond. `distance` is an index into
/// the values of a head's bias.
template <typename Body>
HWY_INLINE void for_each_distance(std::size_t query, Keys keys, std::size_t reach,
                                  const Body& body) {
  const std::size_t first = std::clamp(query > reach ? query - reach : 0, keys.first, keys.last);
  const std::size_t last = std::clamp(query + reach + 1, first, keys.last);
  if (first > keys.first) body(keys.first, first, std::size_t{0});
  for (std::size_t key = first; key < last; ++key) body(key, key + 1, key + reach - query);
  if (last < keys.last) body(last, keys.last, 2 * reach);
}

/// scores of one query become scale score + bias.
inline void add_bias(float* HWY_RESTRICT scores, std::size_t query, Keys keys, float scale,
                     const float* HWY_RESTRICT bias, std::size_t reach) {
  for_each_distance(query, keys, reach,
                    [&](std::size_t first, std::size_t last, std::size_t distance) {
                      for (std::size_t key = first; key < last; ++key)
                        scores[key] = scores[key] * scale + bias[distance];
                    });
}

/// softmax_numerators() of the scores [within.first, within.last), where only those of `keys` take
/// part and the others become 0; without keys, all do. within.first is a whole number of vectors.
HWY_INLINE HWY_ATTR float masked_numerators(float* HWY_RESTRICT scores, Keys within, Keys keys,
                                            float scale) {
  const auto fill = [&](float value) {
    std::fill(scores + within.first, scores + keys.first, value);
    std::fill(scores + keys.last, scores + within.last, value);
  };
  if (keys.first == keys.last) {
    fill(0.0F);
    return 0;
  }
  fill(-std::numeric_limits<float>::infinity());
  const float inverse_sum =
      softmax_numerators(scores + within.first, within.last - within.first, scale);
  fill(0.0F);
  return inverse_sum;
}

/// Floats of scratch memory that attend_head() needs: whole panels.
inline std::size_t head_scratch_size(std::size_t length, std::size_t width) {
  return round_up(length) * width + round_up(width) * length + kTileRows * round_up(length) +
         kTileRows * kPanelColumns;
}

/// softmax(adjusted scores) V, for a few queries at a time. `adjust` makes the products Q K^T into
/// scores: begin(first, rows) is called before a tile of queries, scores(row of the tile, query,
/// its keys, products) for each of them; what it returns, the scores are multiplied by on the way.
template <class Adjust>
HWY_INLINE HWY_ATTR void attend_head(const Head& head, float* scratch, const Adjust& adjust) {
  const Floats d;
  const std::size_t count = head.keys;
  const std::size_t width = head.width;
  const std::size_t key_columns = round_up(count);
  float* keys = scratch;
  float* values = keys + key_columns * width;
  float* scores = values + round_up(width) * count;  // kTileRows x key_columns
  float* tile = scores + kTileRows * key_columns;    // kTileRows x kPanelColumns
  pack_columns({head.key, head.stride, count, width}, keys);
  pack_rows({head.value, head.stride, count, width}, values);

  for (std::size_t first = 0; first < head.length; first += kTileRows) {
    const std::size_t rows = std::min(kTileRows, head.length - first);
    // The panels in which any of these queries has keys.
    const Keys within{
        .first = keys_of(first, head.window, count).first / kPanelColumns * kPanelColumns,
        .last = keys_of(first + rows - 1, head.window, count).last};
    for (std::size_t column = within.first; column < within.last; column += kPanelColumns)
      multiply_rows(rows, head.query + first * head.stride, head.stride, keys + column * width,
                    width, scores + column, key_columns);
    adjust.begin(first, rows);
    float inverse_sums[kTileRows];
    for (std::size_t row = 0; row < rows; ++row) {
      float* of_row = scores + row * key_columns;
      const Keys of_query = keys_of(first + row, head.window, count);
      const float scale = adjust.scores(row, first + row, of_query, of_row);
      inverse_sums[row] = masked_numerators(of_row, within, of_query, scale);
    }
    for (std::size_t column = 0; column < width; column += kPanelColumns) {
      multiply_rows(rows, scores + within.first, key_columns,
                    values + column * count + within.first * kPanelColumns,
                    within.last - within.first, tile, kPanelColumns);
      for (std::size_t row = 0; row < rows; ++row) {
        float* from = tile + row * kPanelColumns;
        const Vector inverse_sum = hn::Set(d, inverse_sums[row]);
        for (std::size_t i = 0; i < kPanelColumns; i += kLanes)
          hn::Store(hn::Mul(hn::Load(d, from + i), inverse_sum), d, from + i);
        std::copy_n(from, std::min(kPanelColumns, width - column),
                    head.out + (first + row) * head.out_stride + column);
      }
    }
  }
}

}  // namespace kindred::tensor::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
