#include "tensor/product.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "base/thread_pool.h"
#include "kindred/threads.h"
#include "simd/dispatch.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tensor/product.cpp"
// clang-format off: the order of these is Highway's
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#include "tensor/functions-inl.h"
#include "tensor/tile-inl.h"
// clang-format on

#ifndef KINDRED_TENSOR_PRODUCT_BLOCK
#define KINDRED_TENSOR_PRODUCT_BLOCK
namespace kindred::tensor {

/// The panels [first_panel, last_panel) of some rows of a product.
struct Block {
  const float* x;  // rows x panels.depth()
  std::size_t rows;
  const Panels& panels;
  const float* bias;
  std::size_t first_panel;
  std::size_t last_panel;
  float* out;  // rows x panels.columns()
};

}  // namespace kindred::tensor
#endif

HWY_BEFORE_NAMESPACE();
namespace kindred::tensor::HWY_NAMESPACE {

std::size_t panel_columns() { return kPanelColumns; }

/// Bias and activation on the way from a finished tile to the output, of whose panel `columns`
/// exist.
template <bool kBias, class Function>
HWY_INLINE HWY_ATTR void finish_tile(const float* HWY_RESTRICT tile, std::size_t rows,
                                     const float* HWY_RESTRICT bias, float* HWY_RESTRICT out,
                                     std::size_t stride, std::size_t columns) {
  const Floats d;
  for (std::size_t row = 0; row < rows; ++row, tile += kPanelColumns, out += stride) {
    HWY_ALIGN float last[kPanelColumns];
    float* to = columns == kPanelColumns ? out : last;
    for (std::size_t column = 0; column < kPanelColumns; column += kLanes) {
      Vector value = hn::Load(d, tile + column);
      if constexpr (kBias) value = hn::Add(value, hn::Load(d, bias + column));
      hn::StoreU(Function::value(d, value), d, to + column);
    }
    if (to == last) std::memcpy(out, last, columns * sizeof(float));
  }
}

template <bool kBias, class Function>
HWY_ATTR void multiply(const Block& block) {
  const std::size_t depth = block.panels.depth();
  const std::size_t stride = block.panels.columns();
  HWY_ALIGN float tile[kTileRows * kPanelColumns];
  for (std::size_t panel = block.first_panel; panel < block.last_panel; ++panel) {
    const std::size_t column = panel * kPanelColumns;
    const std::size_t columns = std::min(kPanelColumns, stride - column);
    for (std::size_t row = 0; row < block.rows; row += kTileRows) {
      const std::size_t height = std::min(kTileRows, block.rows - row);
      multiply_rows(height, block.x + row * depth, depth, block.panels.data() + column * depth,
                    depth, tile, kPanelColumns);
      finish_tile<kBias, Function>(tile, height, kBias ? block.bias + column : nullptr,
                                   block.out + row * stride + column, stride, columns);
    }
  }
}

void multiply_block(const Block& block, Activation activation) {
  with_activation(activation, [&]<class Function>(Function) {
    block.bias == nullptr ? multiply<false, Function>(block) : multiply<true, Function>(block);
  });
}

}  // namespace kindred::tensor::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kindred::tensor {

HWY_EXPORT(panel_columns);
HWY_EXPORT(multiply_block);

namespace {

/// Rows that share one pass over a panel: enough to make the panel's way from memory cheap, few
/// enough for the second-level cache. A multiple of every tile height.
constexpr std::size_t kBlockRows = 144;

}  // namespace

Panels::Panels(std::size_t depth, std::size_t columns)
    : depth_(depth), columns_(columns), width_(KINDRED_SIMD_DISPATCH(panel_columns)()) {
  values_ = base::AlignedArray<float>((columns + width_ - 1) / width_ * width_ * depth);
  std::ranges::fill(values_.span(), 0.0F);
}

void Panels::set_columns(std::size_t first, std::span<const float> values) {
  const std::size_t all = depth_ == 0 ? 0 : values.size() / depth_;
  assert(first + all <= columns_ && all * depth_ == values.size());
  // One panel's columns at a time: the writes go through memory in order.
  for (std::size_t begin = 0; begin < all;) {
    const std::size_t in_panel = (first + begin) % width_;
    const std::size_t count = std::min(width_ - in_panel, all - begin);
    float* to = values_.data() + (first + begin - in_panel) * depth_ + in_panel;
    const float* from = values.data() + begin * depth_;
    for (std::size_t k = 0; k < depth_; ++k, to += width_)
      for (std::size_t column = 0; column < count; ++column) to[column] = from[column * depth_ + k];
    begin += count;
  }
}

void Panels::copy_columns(std::size_t first, std::span<float> values) const {
  const std::size_t all = depth_ == 0 ? 0 : values.size() / depth_;
  assert(first + all <= columns_);
  for (std::size_t column = 0; column < all; ++column) {
    const std::size_t in_panel = (first + column) % width_;
    const float* from = values_.data() + (first + column - in_panel) * depth_ + in_panel;
    for (std::size_t k = 0; k < depth_; ++k) values[column * depth_ + k] = from[k * width_];
  }
}

void Panels::set_rows(std::size_t first, std::span<const float> values) {
  const std::size_t all = columns_ == 0 ? 0 : values.size() / columns_;
  assert(first + all <= depth_ && all * columns_ == values.size());
  for (std::size_t column = 0; column < columns_; column += width_) {
    const std::size_t count = std::min(width_, columns_ - column);
    float* to = values_.data() + column * depth_ + first * width_;
    for (std::size_t row = 0; row < all; ++row, to += width_)
      std::copy_n(values.data() + row * columns_ + column, count, to);
  }
}

Tensor product(Workspace& workspace, const Tensor& x, const Panels& right, const float* bias,
               Activation activation) {
  assert(x.columns() == right.depth());
  Tensor out = workspace.tensor(x.rows(), right.columns());
  const auto multiply_block = KINDRED_SIMD_DISPATCH(multiply_block);
  const std::size_t panel_width = KINDRED_SIMD_DISPATCH(panel_columns)();
  const std::size_t panels = (right.columns() + panel_width - 1) / panel_width;
  const std::size_t row_blocks = (x.rows() + kBlockRows - 1) / kBlockRows;
  // Few rows (one short text): its threads share the panels instead.
  const std::size_t column_blocks = row_blocks >= threads() ? 1 : std::min(panels, threads());
  base::parallel_for(row_blocks * column_blocks, [&](std::size_t item, std::size_t) {
    const std::size_t row = item / column_blocks * kBlockRows;
    const std::size_t part = item % column_blocks;
    multiply_block({.x = x.row(row),
                    .rows = std::min(kBlockRows, x.rows() - row),
                    .panels = right,
                    .bias = bias,
                    .first_panel = panels * part / column_blocks,
                    .last_panel = panels * (part + 1) / column_blocks,
                    .out = out.row(row)},
                   activation);
  });
  return out;
}

}  // namespace kindred::tensor
#endif  // HWY_ONCE
