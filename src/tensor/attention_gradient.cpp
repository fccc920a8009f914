#include "tensor/attention_gradient.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

#include "base/thread_pool.h"
#include "kindred/threads.h"
#include "simd/dispatch.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tensor/attention_gradient.cpp"
// clang-format off: the order of these is Highway's
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#include "tensor/attention-inl.h"
// clang-format on

#ifndef KINDRED_TENSOR_ATTENTION_GRADIENT_HEAD
#define KINDRED_TENSOR_ATTENTION_GRADIENT_HEAD
namespace kindred::tensor {

/// One head of one sequence's queries: `length` rows of `width` values each.
struct HeadGradient {
  const float* query;  // `stride` apart; so are all but `gradient`
  const float* key;
  const float* value;
  const float* gradient;  // of the result, `gradient_stride` apart
  float* query_out;
  float* key_out;  // this and the next are added to
  float* value_out;
  std::size_t length;
  std::size_t width;
  std::size_t stride;
  std::size_t gradient_stride;
  float scale;
  Window window;
  const float* bias;  // 2 reach + 1 values; nullptr: none
  float* bias_out;
  std::size_t reach;
};

}  // namespace kindred::tensor
#endif

HWY_BEFORE_NAMESPACE();
namespace kindred::tensor::HWY_NAMESPACE {

/// Queries whose scores are there at a time: enough for products that sum over them to be deep. A
/// multiple of every tile height.
constexpr std::size_t kQueries = 96;

/// Scratch memory of one head, in floats.
struct Plan {
  std::size_t columns;     // length, in whole panels
  std::size_t keys;        // K^T in panels; so is V^T behind it, and K
  std::size_t scores;      // kQueries x columns, twice: P and dS
  std::size_t transposed;  // length x kQueries
  std::size_t block;       // panels of kQueries x width
  std::size_t tile;

  Plan(std::size_t length, std::size_t width)
      : columns(round_up(length)),
        keys(columns * round_up(width)),
        scores(kQueries * columns),
        transposed(round_up(length * kQueries)),
        block(kQueries * round_up(width)),
        tile(kTileRows * kPanelColumns) {}
  std::size_t size() const { return 3 * keys + 2 * scores + transposed + block + tile; }
};

std::size_t gradient_scratch_size(std::size_t length, std::size_t width) {
  return Plan(length, width).size();
}

/// out = a b, or out += a b. a: rows x depth, `stride` apart; b: panels of depth x width.
template <bool kAdd>
HWY_ATTR void multiply_head(const float* a, std::size_t stride, std::size_t rows, std::size_t depth,
                            const float* panels, std::size_t width, float* tile, float* out,
                            std::size_t out_stride) {
  for (std::size_t column = 0; column < width; column += kPanelColumns)
    for (std::size_t first = 0; first < rows; first += kTileRows) {
      const std::size_t height = std::min(kTileRows, rows - first);
      multiply_rows(height, a + first * stride, stride, panels + column * depth, depth, tile,
                    kPanelColumns);
      const std::size_t columns = std::min(kPanelColumns, width - column);
      for (std::size_t row = 0; row < height; ++row) {
        const float* from = tile + row * kPanelColumns;
        float* to = out + (first + row) * out_stride + column;
        for (std::size_t i = 0; i < columns; ++i) to[i] = kAdd ? to[i] + from[i] : from[i];
      }
    }
}

/// scores: numerators of P; becomes P. gradient: dP; becomes scale dS. `length` values each.
HWY_ATTR void softmax_gradient(float* HWY_RESTRICT scores, float* HWY_RESTRICT gradient,
                               std::size_t length, float inverse_sum, float scale) {
  const Floats d;
  // Beyond the length both hold zeros, or what a product with zeros left.
  const std::size_t padded = (length + kLanes - 1) / kLanes * kLanes;
  std::fill(scores + length, scores + padded, 0.0F);
  Vector sum = hn::Zero(d);
  for (std::size_t i = 0; i < padded; i += kLanes) {
    const Vector share = hn::Mul(hn::Load(d, scores + i), hn::Set(d, inverse_sum));
    hn::Store(share, d, scores + i);
    sum = hn::MulAdd(share, hn::Load(d, gradient + i), sum);
  }
  const Vector mean = hn::Set(d, hn::GetLane(hn::SumOfLanes(d, sum)));
  for (std::size_t i = 0; i < padded; i += kLanes) {
    const Vector above = hn::Sub(hn::Load(d, gradient + i), mean);
    hn::Store(hn::Mul(hn::Mul(hn::Load(d, scores + i), above), hn::Set(d, scale)), d, gradient + i);
  }
}

/// out: length x kQueries; in: rows x `columns` values apart.
void transpose_scores(const float* in, std::size_t rows, std::size_t columns, std::size_t length,
                      float* HWY_RESTRICT out) {
  for (std::size_t left = 0; left < length; left += kLanes)
    for (std::size_t row = 0; row < rows; ++row)
      for (std::size_t i = left; i < std::min(length, left + kLanes); ++i)
        out[i * kQueries + row] = in[row * columns + i];
}

/// gradient: scale dS of one query.
void add_bias_gradient(const HeadGradient& head, std::size_t query, Keys keys,
                       const float* gradient) {
  const float scale = 1.0F / head.scale;
  for_each_distance(query, keys, head.reach,
                    [&](std::size_t first, std::size_t last, std::size_t distance) {
                      for (std::size_t key = first; key < last; ++key)
                        head.bias_out[distance] += gradient[key] * scale;
                    });
}

HWY_ATTR void attend_back(const HeadGradient& head, float* scratch) {
  const std::size_t length = head.length;
  const std::size_t width = head.width;
  const Plan plan(length, width);
  float* key_columns = scratch;
  float* value_columns = key_columns + plan.keys;
  float* key_rows = value_columns + plan.keys;
  float* scores = key_rows + plan.keys;
  float* score_gradients = scores + plan.scores;
  float* transposed = score_gradients + plan.scores;
  float* block = transposed + plan.transposed;
  float* tile = block + plan.block;
  pack_columns({head.key, head.stride, length, width}, key_columns);
  pack_columns({head.value, head.stride, length, width}, value_columns);
  pack_rows({head.key, head.stride, length, width}, key_rows);

  for (std::size_t first = 0; first < length; first += kQueries) {
    const std::size_t queries = std::min(kQueries, length - first);
    const float* query = head.query + first * head.stride;
    const float* gradient = head.gradient + first * head.gradient_stride;
    for (std::size_t top = 0; top < queries; top += kTileRows) {
      const std::size_t rows = std::min(kTileRows, queries - top);
      for (std::size_t column = 0; column < plan.columns; column += kPanelColumns) {
        multiply_rows(rows, query + top * head.stride, head.stride, key_columns + column * width,
                      width, scores + top * plan.columns + column, plan.columns);
        multiply_rows(rows, gradient + top * head.gradient_stride, head.gradient_stride,
                      value_columns + column * width, width,
                      score_gradients + top * plan.columns + column, plan.columns);
      }
      for (std::size_t row = top; row < top + rows; ++row) {
        float* of_row = scores + row * plan.columns;
        float* gradient_of_row = score_gradients + row * plan.columns;
        const Keys keys = keys_of(first + row, head.window, length);
        if (head.bias != nullptr)
          add_bias(of_row, first + row, keys, head.scale, head.bias, head.reach);
        const float inverse_sum = masked_numerators(of_row, {.first = 0, .last = length}, keys,
                                                    head.bias == nullptr ? head.scale : 1.0F);
        softmax_gradient(of_row, gradient_of_row, length, inverse_sum, head.scale);
        if (head.bias != nullptr) add_bias_gradient(head, first + row, keys, gradient_of_row);
      }
    }
    multiply_head<false>(score_gradients, plan.columns, queries, length, key_rows, width, tile,
                         head.query_out + first * head.stride, head.stride);
    pack_rows({gradient, head.gradient_stride, queries, width}, block);
    transpose_scores(scores, queries, plan.columns, length, transposed);
    multiply_head<true>(transposed, kQueries, length, queries, block, width, tile, head.value_out,
                        head.stride);
    pack_rows({query, head.stride, queries, width}, block);
    transpose_scores(score_gradients, queries, plan.columns, length, transposed);
    multiply_head<true>(transposed, kQueries, length, queries, block, width, tile, head.key_out,
                        head.stride);
  }
}

}  // namespace kindred::tensor::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kindred::tensor {

HWY_EXPORT(gradient_scratch_size);
HWY_EXPORT(attend_back);

Tensor attention_gradient(Workspace& workspace, const Remembered& qkv, Sequences sequences,
                          const Attention& how, const Tensor& gradient) {
  const auto [heads, width] = std::pair(how.heads, how.width);
  const std::size_t groups = how.groups();
  const std::size_t hidden = heads * width;
  assert(gradient.rows() == qkv.rows && gradient.columns() == hidden);
  Tensor out = workspace.tensor(qkv.rows, qkv.columns);
  std::fill_n(out.data(), out.values().size(), 0.0F);
  const std::size_t longest = longest_of(sequences);
  const std::size_t most_threads = threads();
  Tensor scratch = workspace.tensor(
      most_threads, (KINDRED_SIMD_DISPATCH(gradient_scratch_size)(longest, width) + 15) / 16 * 16);
  Tensor biases;
  Tensor bias_gradients;
  if (how.bias) {
    biases = spread(workspace, *how.bias, heads, longest);
    bias_gradients = workspace.tensor((sequences.size() - 1) * heads, biases.columns());
    std::fill_n(bias_gradients.data(), bias_gradients.values().size(), 0.0F);
  }
  const float scale = how.scale.value_or(1.0F / std::sqrt(static_cast<float>(width)));
  const auto attend_back = KINDRED_SIMD_DISPATCH(attend_back);
  const auto attend_item = [&](std::size_t item, std::size_t worker) {
    const std::size_t sequence = item / groups;
    const std::size_t first = sequences[sequence];
    const std::size_t key_column = hidden + item % groups * width;
    const std::size_t value_column = key_column + groups * width;
    const std::size_t readers = heads / groups;
    for (std::size_t reader = 0; reader < readers; ++reader) {
      const std::size_t head = item % groups * readers + reader;
      attend_back({.query = qkv.row(first) + head * width,
                   .key = qkv.row(first) + key_column,
                   .value = qkv.row(first) + value_column,
                   .gradient = gradient.row(first) + head * width,
                   .query_out = out.row(first) + head * width,
                   .key_out = out.row(first) + key_column,
                   .value_out = out.row(first) + value_column,
                   .length = sequences[sequence + 1] - first,
                   .width = width,
                   .stride = qkv.columns,
                   .gradient_stride = hidden,
                   .scale = scale,
                   .window = {.behind = how.behind, .ahead = how.ahead},
                   .bias = how.bias ? biases.row(head) : nullptr,
                   .bias_out = how.bias ? bias_gradients.row(sequence * heads + head) : nullptr,
                   .reach = biases.columns() / 2},
                  scratch.row(worker));
    }
  };
  base::parallel_for((sequences.size() - 1) * groups, attend_item, most_threads);
  if (how.bias) add_gradient(*how.bias, heads, bias_gradients);
  return out;
}

}  // namespace kindred::tensor
#endif  // HWY_ONCE
