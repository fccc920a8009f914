#include "tensor/linear.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "base/thread_pool.h"
#include "kindred/threads.h"
#include "simd/dispatch.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tensor/linear.cpp"
// clang-format off: the order of these is Highway's
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#include "tensor/functions-inl.h"
#include "tensor/tile-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace kindred::tensor::HWY_NAMESPACE {

std::size_t panel_columns() { return kPanelColumns; }

/// Bias and activation on the way from a finished tile to the output, of whose panel `columns`
/// exist.
template <bool kGelu>
HWY_INLINE HWY_ATTR void finish_tile(const float* HWY_RESTRICT tile, std::size_t rows,
                                     const float* HWY_RESTRICT bias, float* HWY_RESTRICT out,
                                     std::size_t stride, std::size_t columns) {
  const Floats d;
  for (std::size_t row = 0; row < rows; ++row, tile += kPanelColumns, out += stride) {
    HWY_ALIGN float last[kPanelColumns];
    float* to = columns == kPanelColumns ? out : last;
    for (std::size_t column = 0; column < kPanelColumns; column += kLanes) {
      Vector value = hn::Add(hn::Load(d, tile + column), hn::Load(d, bias + column));
      if constexpr (kGelu) value = gelu(d, value);
      hn::StoreU(value, d, to + column);
    }
    if (to == last) std::memcpy(out, last, columns * sizeof(float));
  }
}

template <bool kGelu>
HWY_ATTR void multiply(const float* x, std::size_t rows, const Linear& layer,
                       std::size_t first_panel, std::size_t last_panel, float* out) {
  const std::size_t depth = layer.inputs();
  const std::size_t stride = layer.outputs();
  HWY_ALIGN float tile[kTileRows * kPanelColumns];
  for (std::size_t panel = first_panel; panel < last_panel; ++panel) {
    const std::size_t column = panel * kPanelColumns;
    const std::size_t columns = std::min(kPanelColumns, stride - column);
    for (std::size_t row = 0; row < rows; row += kTileRows) {
      const std::size_t height = std::min(kTileRows, rows - row);
      multiply_rows(height, x + row * depth, depth, layer.panels() + column * depth, depth, tile,
                    kPanelColumns);
      finish_tile<kGelu>(tile, height, layer.bias() + column, out + row * stride + column, stride,
                         columns);
    }
  }
}

void multiply_block(const float* x, std::size_t rows, const Linear& layer, std::size_t first_panel,
                    std::size_t last_panel, Activation activation, float* out) {
  switch (activation) {
    case Activation::none:
      return multiply<false>(x, rows, layer, first_panel, last_panel, out);
    case Activation::gelu:
      return multiply<true>(x, rows, layer, first_panel, last_panel, out);
  }
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

Linear::Linear(std::size_t outputs, std::size_t inputs)
    : outputs_(outputs), inputs_(inputs), panel_columns_(KINDRED_SIMD_DISPATCH(panel_columns)()) {
  const std::size_t padded = (outputs + panel_columns_ - 1) / panel_columns_ * panel_columns_;
  panels_ = base::AlignedArray<float>(padded * inputs);
  bias_ = base::AlignedArray<float>(padded);
  std::ranges::fill(panels_.span(), 0.0F);
  std::ranges::fill(bias_.span(), 0.0F);
}

void Linear::set_rows(std::size_t first, std::span<const float> weight,
                      std::span<const float> bias) {
  assert(first + bias.size() <= outputs_ && weight.size() == bias.size() * inputs_);
  std::ranges::copy(bias, bias_.data() + first);
  // One panel's columns at a time: the writes go through memory in order.
  for (std::size_t begin = 0; begin < bias.size();) {
    const std::size_t output = first + begin;
    const std::size_t in_panel = output % panel_columns_;
    const std::size_t count = std::min(panel_columns_ - in_panel, bias.size() - begin);
    float* to = panels_.data() + (output - in_panel) * inputs_ + in_panel;
    const float* from = weight.data() + begin * inputs_;
    for (std::size_t k = 0; k < inputs_; ++k, to += panel_columns_)
      for (std::size_t column = 0; column < count; ++column)
        to[column] = from[column * inputs_ + k];
    begin += count;
  }
}

Tensor linear(Workspace& workspace, const Tensor& x, const Linear& layer, Activation activation) {
  assert(x.columns() == layer.inputs());
  Tensor out = workspace.tensor(x.rows(), layer.outputs());
  const auto multiply_block = KINDRED_SIMD_DISPATCH(multiply_block);
  const std::size_t panel_width = KINDRED_SIMD_DISPATCH(panel_columns)();
  const std::size_t panels = (layer.outputs() + panel_width - 1) / panel_width;
  const std::size_t row_blocks = (x.rows() + kBlockRows - 1) / kBlockRows;
  // Few rows (one short text): its threads share the panels instead.
  const std::size_t column_blocks = row_blocks >= threads() ? 1 : std::min(panels, threads());
  base::parallel_for(row_blocks * column_blocks, [&](std::size_t item, std::size_t) {
    const std::size_t row = item / column_blocks * kBlockRows;
    const std::size_t part = item % column_blocks;
    multiply_block(x.row(row), std::min(kBlockRows, x.rows() - row), layer,
                   panels * part / column_blocks, panels * (part + 1) / column_blocks, activation,
                   out.row(row));
  });
  return out;
}

}  // namespace kindred::tensor
#endif  // HWY_ONCE
