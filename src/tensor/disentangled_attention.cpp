#include "tensor/disentangled_attention.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>
#include <vector>

#include "base/thread_pool.h"
#include "kindred/threads.h"
#include "simd/dispatch.h"
#include "tensor/attention.h"
#include "tensor/tape.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tensor/disentangled_attention.cpp"
// clang-format off: the order of these is Highway's
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#include "tensor/attention-inl.h"
// clang-format on

#ifndef KINDRED_TENSOR_POSITIONS_OF_HEAD
#define KINDRED_TENSOR_POSITIONS_OF_HEAD
namespace kindred::tensor {

/// The positions that a head of a sequence looks at: `count` rows, `stride` apart.
struct PositionsOfHead {
  const float* keys;  // nullptr: missing; so are queries
  const float* queries;
  std::size_t stride;
  std::size_t count;
  const std::uint32_t* row_of;  // row_of[query - key], from -(length - 1) on
};

}  // namespace kindred::tensor
#endif

HWY_BEFORE_NAMESPACE();
namespace kindred::tensor::HWY_NAMESPACE {

std::size_t disentangled_scratch_size(std::size_t length, std::size_t width,
                                      std::size_t positions) {
  return head_scratch_size(length, width) + round_up(positions) * (width + length + kTileRows);
}

/// The products of queries and keys with positions, for the scores of one head.
class AddPositions {
 public:
  /// scratch: round_up(positions) x (width + length + kTileRows) values.
  HWY_ATTR AddPositions(const Head& head, const PositionsOfHead& positions, float* scratch)
      : head_(head),
        positions_(positions),
        columns_(round_up(positions.count)),
        panels_(scratch),
        of_keys_(panels_ + columns_ * head.width),
        of_queries_(of_keys_ + columns_ * head.length) {
    if (positions.queries != nullptr) {
      pack(positions.queries);
      multiply(head.key, head.length, of_keys_);
    }
    if (positions.keys != nullptr) pack(positions.keys);
  }

  HWY_ATTR void begin(std::size_t first, std::size_t rows) const {
    if (positions_.keys != nullptr) multiply(head_.query + first * head_.stride, rows, of_queries_);
  }

  HWY_ATTR float scores(std::size_t row, std::size_t query, Keys keys, float* products) const {
    const std::uint32_t* row_of = positions_.row_of + query;
    const float* of_query = of_queries_ + row * columns_;
    if (positions_.keys != nullptr)
      for (std::size_t key = keys.first; key < keys.last; ++key)
        products[key] += of_query[*(row_of - key)];
    if (positions_.queries != nullptr)
      for (std::size_t key = keys.first; key < keys.last; ++key)
        products[key] += of_keys_[key * columns_ + *(row_of - key)];
    return head_.scale;
  }

 private:
  HWY_ATTR void pack(const float* rows) const {
    pack_columns({rows, positions_.stride, positions_.count, head_.width}, panels_);
  }
  /// out: rows x columns_, the products of rows of the head with all positions.
  HWY_ATTR void multiply(const float* rows, std::size_t count, float* out) const {
    for (std::size_t first = 0; first < count; first += kTileRows)
      for (std::size_t column = 0; column < columns_; column += kPanelColumns)
        multiply_rows(std::min(kTileRows, count - first), rows + first * head_.stride, head_.stride,
                      panels_ + column * head_.width, head_.width, out + first * columns_ + column,
                      columns_);
  }

  const Head& head_;
  const PositionsOfHead& positions_;
  std::size_t columns_;
  float* panels_;
  float* of_keys_;     // length x columns_
  float* of_queries_;  // kTileRows x columns_
};

HWY_ATTR void attend_disentangled(const Head& head, const PositionsOfHead& positions,
                                  float* scratch) {
  const AddPositions adjust(head, positions, scratch + head_scratch_size(head.length, head.width));
  attend_head(head, scratch, adjust);
}

}  // namespace kindred::tensor::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kindred::tensor {

HWY_EXPORT(disentangled_scratch_size);
HWY_EXPORT(attend_disentangled);

namespace {

float dot(const float* a, const float* b, std::size_t size) {
  float sum = 0;
  for (std::size_t i = 0; i < size; ++i) sum += a[i] * b[i];
  return sum;
}

void add_multiple(float factor, const float* x, std::size_t size, float* to) {
  for (std::size_t i = 0; i < size; ++i) to[i] += factor * x[i];
}

/// What the gradient reads, as it was.
struct Inputs {
  Remembered qkv;
  Remembered position_keys;
  Remembered position_queries;
  std::vector<std::size_t> starts;
  std::vector<std::uint32_t> position_of;
  Disentangled how;
};

struct Gradients {
  Tensor qkv;
  Tensor position_keys;  // the shares of each sequence, one below the other; so are the next
  Tensor position_queries;
};

/// One head of one sequence, pair by pair.
void attend_back(const Inputs& in, std::size_t sequence, std::size_t head, const Tensor& gradient,
                 Gradients& out) {
  const auto [heads, width, scale] = in.how;
  const std::size_t hidden = heads * width;
  const std::size_t column = head * width;
  const std::size_t first = in.starts[sequence];
  const std::size_t length = in.starts[sequence + 1] - first;
  const std::size_t longest = (in.position_of.size() + 1) / 2;
  const auto query = [&](std::size_t i) { return in.qkv.row(first + i) + column; };
  const auto key = [&](std::size_t i) { return in.qkv.row(first + i) + hidden + column; };
  const auto value = [&](std::size_t i) { return in.qkv.row(first + i) + 2 * hidden + column; };
  std::vector<float> shares(length);
  std::vector<float> slopes(length);
  for (std::size_t i = 0; i < length; ++i) {
    const auto position = [&](std::size_t j) { return in.position_of[longest - 1 + i - j]; };
    for (std::size_t j = 0; j < length; ++j) {
      shares[j] = dot(query(i), key(j), width);
      if (in.position_keys.rows > 0)
        shares[j] += dot(query(i), in.position_keys.row(position(j)) + column, width);
      if (in.position_queries.rows > 0)
        shares[j] += dot(key(j), in.position_queries.row(position(j)) + column, width);
      shares[j] *= scale;
    }
    const float largest = *std::ranges::max_element(shares);
    float sum = 0;
    for (float& share : shares) sum += share = std::exp(share - largest);
    const float* above = gradient.row(first + i) + column;
    float mean = 0;
    for (std::size_t j = 0; j < length; ++j) {
      shares[j] /= sum;
      slopes[j] = dot(above, value(j), width);
      mean += shares[j] * slopes[j];
    }
    float* query_out = out.qkv.row(first + i) + column;
    for (std::size_t j = 0; j < length; ++j) {
      add_multiple(shares[j], above, width, out.qkv.row(first + j) + 2 * hidden + column);
      const float slope = scale * shares[j] * (slopes[j] - mean);
      float* key_out = out.qkv.row(first + j) + hidden + column;
      add_multiple(slope, key(j), width, query_out);
      add_multiple(slope, query(i), width, key_out);
      if (in.position_keys.rows > 0) {
        const std::size_t row = position(j);
        add_multiple(slope, in.position_keys.row(row) + column, width, query_out);
        add_multiple(slope, query(i), width,
                     out.position_keys.row(sequence * in.position_keys.rows + row) + column);
      }
      if (in.position_queries.rows > 0) {
        const std::size_t row = position(j);
        add_multiple(slope, in.position_queries.row(row) + column, width, key_out);
        add_multiple(slope, key(j), width,
                     out.position_queries.row(sequence * in.position_queries.rows + row) + column);
      }
    }
  }
}

Tensor zeros(Workspace& workspace, std::size_t rows, std::size_t columns) {
  Tensor out = workspace.tensor(rows, columns);
  std::fill_n(out.data(), rows * columns, 0.0F);
  return out;
}

/// The sum of `count` tensors that stand one below the other.
Tensor sum_of(Workspace& workspace, const Tensor& parts, std::size_t count) {
  Tensor sum = zeros(workspace, parts.rows() / count, parts.columns());
  const std::size_t size = sum.values().size();
  for (std::size_t part = 0; part < count; ++part)
    add_multiple(1, parts.data() + part * size, size, sum.data());
  return sum;
}

}  // namespace

Tensor disentangled_attention(Workspace& workspace, const Tensor& qkv, Sequences sequences,
                              const Tensor& position_keys, const Tensor& position_queries,
                              std::span<const std::uint32_t> position_of, const Disentangled& how) {
  const auto [heads, width, scale] = how;
  const std::size_t hidden = heads * width;
  const std::size_t longest = longest_of(sequences);
  assert(qkv.columns() == 3 * hidden && position_of.size() == 2 * longest - 1);
  Tensor out = workspace.tensor(qkv.rows(), hidden);
  const std::size_t positions = std::max(position_keys.rows(), position_queries.rows());
  const std::size_t most_threads = threads();
  Tensor scratch = workspace.tensor(
      most_threads,
      (KINDRED_SIMD_DISPATCH(disentangled_scratch_size)(longest, width, positions) + 15) / 16 * 16);
  const auto attend = KINDRED_SIMD_DISPATCH(attend_disentangled);
  const auto attend_item = [&](std::size_t item, std::size_t worker) {
    const std::size_t first = sequences[item / heads];
    const std::size_t length = sequences[item / heads + 1] - first;
    const std::size_t column = item % heads * width;
    // Of the positions, those that this sequence has.
    const std::uint32_t lowest = position_of[longest - length];
    const std::uint32_t highest = position_of[longest + length - 2];
    std::vector<std::uint32_t> row_of(2 * length - 1);
    for (std::size_t i = 0; i < row_of.size(); ++i)
      row_of[i] = position_of[longest - length + i] - lowest;
    const auto rows_from = [&](const Tensor& of) {
      return of.rows() == 0 ? nullptr : of.row(lowest) + column;
    };
    attend(Head{.query = qkv.row(first) + column,
                .key = qkv.row(first) + hidden + column,
                .value = qkv.row(first) + 2 * hidden + column,
                .out = out.row(first) + column,
                .length = length,
                .keys = length,
                .width = width,
                .stride = qkv.columns(),
                .out_stride = hidden,
                .scale = scale,
                .window = {.behind = Attention::kAll, .ahead = Attention::kAll}},
           PositionsOfHead{.keys = rows_from(position_keys),
                           .queries = rows_from(position_queries),
                           .stride = hidden,
                           .count = highest - lowest + std::size_t{1},
                           .row_of = row_of.data() + (length - 1)},
           scratch.row(worker));
  };
  base::parallel_for((sequences.size() - 1) * heads, attend_item, most_threads);

  if (Tape* tape = workspace.recording())
    tape->record(
        out, [&workspace, tape,
              in = Inputs{.qkv = tape->remember(qkv),
                          .position_keys = tape->remember(position_keys),
                          .position_queries = tape->remember(position_queries),
                          .starts = std::vector(sequences.begin(), sequences.end()),
                          .position_of = std::vector(position_of.begin(), position_of.end()),
                          .how = how}](const Tensor& gradient) {
          const std::size_t texts = in.starts.size() - 1;
          Gradients shares{
              .qkv = zeros(workspace, in.qkv.rows, in.qkv.columns),
              .position_keys = zeros(workspace, texts * in.position_keys.rows, gradient.columns()),
              .position_queries =
                  zeros(workspace, texts * in.position_queries.rows, gradient.columns())};
          base::parallel_for(texts * in.how.heads, [&](std::size_t item, std::size_t) {
            attend_back(in, item / in.how.heads, item % in.how.heads, gradient, shares);
          });
          tape->add(in.qkv, std::move(shares.qkv));
          if (in.position_keys.rows > 0)
            tape->add(in.position_keys, sum_of(workspace, shares.position_keys, texts));
          if (in.position_queries.rows > 0)
            tape->add(in.position_queries, sum_of(workspace, shares.position_queries, texts));
        });
  return out;
}

}  // namespace kindred::tensor
#endif  // HWY_ONCE
