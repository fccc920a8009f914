// The inner loop of every matrix product: a tile of rows times a panel of columns, held in
// registers. Included once for each instruction set (Highway's foreach_target), so it has no
// ordinary include guard.
//
// A panel is kPanelVectors vectors wide and `depth` deep, stored depth-major: the values that one
// step needs are next to each other. Step k adds a[row][k] * panel[k][column] to every element of
// the tile. With 32 registers a tile has 12 rows (24 accumulators, 2 vectors of the panel, the rest
// for broadcasts), with 16 registers 4 rows.
//
// Each element is one chain of fused multiply-adds in the order of k, whatever the tile's height
// and place: that is why a row's result depends on that row alone (law 9), and why a last tile of
// fewer rows needs no padding.
#include <hwy/highway.h>

#include <cstddef>
#include <utility>

#if defined(KINDRED_TENSOR_TILE_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef KINDRED_TENSOR_TILE_INL_H
#undef KINDRED_TENSOR_TILE_INL_H
#else
#define KINDRED_TENSOR_TILE_INL_H
#endif

HWY_BEFORE_NAMESPACE();
namespace kindred::tensor::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::ScalableTag<float>;
using Vector = hn::Vec<Floats>;

inline constexpr std::size_t kLanes = HWY_LANES(float);
inline constexpr std::size_t kPanelVectors = 2;
inline constexpr std::size_t kPanelColumns = kPanelVectors * kLanes;
#if HWY_TARGET <= HWY_AVX3
inline constexpr std::size_t kTileRows = 12;
#else
inline constexpr std::size_t kTileRows = 4;
#endif

/// a: kRows rows of `depth` values, `stride` apart. panel: depth x kPanelColumns, aligned to a
/// vector. out: kRows rows of kPanelColumns values, `out_stride` apart. Never inlined: the
/// constants of a caller's loop would take registers from the accumulators.
template <std::size_t kRows>
HWY_NOINLINE HWY_ATTR void multiply_tile(const float* HWY_RESTRICT a, std::size_t stride,
                                         const float* HWY_RESTRICT panel, std::size_t depth,
                                         float* HWY_RESTRICT out, std::size_t out_stride) {
  const Floats d;
  Vector left[kRows];
  Vector right[kRows];
#pragma GCC unroll 12
  for (std::size_t row = 0; row < kRows; ++row) left[row] = right[row] = hn::Zero(d);
  for (std::size_t k = 0; k < depth; ++k, panel += kPanelColumns) {
    const Vector panel_left = hn::Load(d, panel);
    const Vector panel_right = hn::Load(d, panel + kLanes);
#pragma GCC unroll 12
    for (std::size_t row = 0; row < kRows; ++row) {
      const Vector value = hn::Set(d, a[row * stride + k]);
      left[row] = hn::MulAdd(value, panel_left, left[row]);
      right[row] = hn::MulAdd(value, panel_right, right[row]);
    }
  }
  // Unrolled too: an accumulator whose index is not a constant would live in memory all the way
  // through.
#pragma GCC unroll 12
  for (std::size_t row = 0; row < kRows; ++row) {
    hn::StoreU(left[row], d, out + row * out_stride);
    hn::StoreU(right[row], d, out + row * out_stride + kLanes);
  }
}

/// The same for a height known at run time, 1 to kTileRows.
template <std::size_t kRows = kTileRows>
HWY_INLINE HWY_ATTR void multiply_rows(std::size_t rows, const float* HWY_RESTRICT a,
                                       std::size_t stride, const float* HWY_RESTRICT panel,
                                       std::size_t depth, float* HWY_RESTRICT out,
                                       std::size_t out_stride) {
  if (rows == kRows) {
    multiply_tile<kRows>(a, stride, panel, depth, out, out_stride);
  } else if constexpr (kRows > 1) {
    multiply_rows<kRows - 1>(rows, a, stride, panel, depth, out, out_stride);
  }
}

}  // namespace kindred::tensor::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
