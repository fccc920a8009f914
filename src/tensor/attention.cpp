#include "tensor/attention.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>
#include <vector>

#include "base/thread_pool.h"
#include "kindred/threads.h"
#include "simd/dispatch.h"
#include "tensor/attention_gradient.h"
#include "tensor/tape.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tensor/attention.cpp"
// clang-format off: the order of these is Highway's
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#include "tensor/attention-inl.h"
// clang-format on

#ifndef KINDRED_TENSOR_ATTENTION_HEAD
#define KINDRED_TENSOR_ATTENTION_HEAD
namespace kindred::tensor {

/// One head of one sequence.
struct Head {
  const float* query;  // length rows of `width` values, `stride` apart; so are key and value
  const float* key;
  const float* value;
  float* out;  // length rows of `width` values, `out_stride` apart
  std::size_t length;
  std::size_t width;
  std::size_t stride;
  std::size_t out_stride;
  float scale;
  Window window;
  const float* bias;  // 2 reach + 1 values; nullptr: none
  std::size_t reach;
};

}  // namespace kindred::tensor
#endif

HWY_BEFORE_NAMESPACE();
namespace kindred::tensor::HWY_NAMESPACE {

/// Floats of scratch memory that attend() needs.
std::size_t scratch_size(std::size_t length, std::size_t width) {
  return round_up(length) * width + round_up(width) * length + kTileRows * round_up(length) +
         kTileRows * kPanelColumns;
}

HWY_ATTR void attend(const Head& head, float* scratch) {
  const Floats d;
  const std::size_t length = head.length;
  const std::size_t width = head.width;
  const std::size_t key_columns = round_up(length);
  float* keys = scratch;
  float* values = keys + key_columns * width;
  float* scores = values + round_up(width) * length;  // kTileRows x key_columns
  float* tile = scores + kTileRows * key_columns;     // kTileRows x kPanelColumns
  pack_columns({head.key, head.stride, length, width}, keys);
  pack_rows({head.value, head.stride, length, width}, values);

  for (std::size_t first = 0; first < length; first += kTileRows) {
    const std::size_t rows = std::min(kTileRows, length - first);
    // The panels in which any of these queries has keys.
    const Keys within{
        .first = keys_of(first, head.window, length).first / kPanelColumns * kPanelColumns,
        .last = keys_of(first + rows - 1, head.window, length).last};
    for (std::size_t column = within.first; column < within.last; column += kPanelColumns)
      multiply_rows(rows, head.query + first * head.stride, head.stride, keys + column * width,
                    width, scores + column, key_columns);
    float inverse_sums[kTileRows];
    for (std::size_t row = 0; row < rows; ++row) {
      float* of_row = scores + row * key_columns;
      const Keys of_query = keys_of(first + row, head.window, length);
      if (head.bias != nullptr)
        add_bias(of_row, first + row, of_query, head.scale, head.bias, head.reach);
      inverse_sums[row] =
          masked_numerators(of_row, within, of_query, head.bias == nullptr ? head.scale : 1.0F);
    }
    for (std::size_t column = 0; column < width; column += kPanelColumns) {
      multiply_rows(rows, scores + within.first, key_columns,
                    values + column * length + within.first * kPanelColumns,
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

#if HWY_ONCE
namespace kindred::tensor {

HWY_EXPORT(scratch_size);
HWY_EXPORT(attend);

Tensor attention(Workspace& workspace, const Tensor& qkv, Sequences sequences,
                 const Attention& how) {
  const auto [heads, width] = std::pair(how.heads, how.width);
  const std::size_t hidden = heads * width;
  assert(qkv.columns() == how.columns() && sequences.back() == qkv.rows());
  Tensor out = workspace.tensor(qkv.rows(), hidden);

  const std::size_t longest = longest_of(sequences);
  const std::size_t scratch_floats =
      (KINDRED_SIMD_DISPATCH(scratch_size)(longest, width) + 15) / 16 * 16;
  const std::size_t most_threads = threads();
  Tensor scratch = workspace.tensor(most_threads, scratch_floats);

  Tensor biases;
  if (how.bias) biases = spread(workspace, *how.bias, heads, longest);
  const float scale = how.scale.value_or(1.0F / std::sqrt(static_cast<float>(width)));
  const auto attend = KINDRED_SIMD_DISPATCH(attend);
  const auto attend_item = [&](std::size_t item, std::size_t worker) {
    const std::size_t first = sequences[item / heads];
    const std::size_t head = item % heads;
    const std::size_t key_head = head / (heads / how.groups());
    attend(Head{.query = qkv.row(first) + head * width,
                .key = qkv.row(first) + hidden + key_head * width,
                .value = qkv.row(first) + hidden + (how.groups() + key_head) * width,
                .out = out.row(first) + head * width,
                .length = sequences[item / heads + 1] - first,
                .width = width,
                .stride = qkv.columns(),
                .out_stride = hidden,
                .scale = scale,
                .window = {.behind = how.behind, .ahead = how.ahead},
                .bias = how.bias ? biases.row(head) : nullptr,
                .reach = biases.columns() / 2},
           scratch.row(worker));
  };
  base::parallel_for((sequences.size() - 1) * heads, attend_item, most_threads);

  if (Tape* tape = workspace.recording())
    tape->record(
        out, [&workspace, tape, &how, input = tape->remember(qkv),
              starts = std::vector(sequences.begin(), sequences.end())](const Tensor& gradient) {
          tape->add(input, attention_gradient(workspace, input, starts, how, gradient));
        });
  return out;
}

}  // namespace kindred::tensor
#endif  // HWY_ONCE
