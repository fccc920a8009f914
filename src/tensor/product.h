/// The product of two matrices: the operation in which an encoder spends nine tenths of its time.
///
/// The right factor is packed beforehand, into panels: column-blocks as wide as the tile of
/// tile-inl.h, depth-major, the last one padded with zeros, so that what one step of the inner loop
/// needs stands side by side. A panel streams from memory once for a block of rows of the left
/// factor.
///
/// Why not a library's matrix product: measured on the encoder's shapes
/// (docs/design/matrix_products.md), this kernel is faster than oneDNN's, adds bias and activation
/// while the tile is in registers, and gives a row the same bits in any batch.
#pragma once

#include <cstddef>
#include <span>

#include "base/aligned.h"
#include "tensor/activation.h"
#include "tensor/tensor.h"

namespace kindred::tensor {

/// A packed matrix of depth x columns. The panels' width is that of the instruction set in force
/// when it was made.
class Panels {
 public:
  Panels() = default;
  /// All zero until set.
  Panels(std::size_t depth, std::size_t columns);

  std::size_t depth() const { return depth_; }
  std::size_t columns() const { return columns_; }
  /// Columns, those of padding counted.
  std::size_t padded_columns() const { return depth_ == 0 ? 0 : values_.size() / depth_; }
  const float* data() const { return values_.data(); }

  /// Sets columns from `first` on. values: count x depth, row-major; each row becomes a column. (A
  /// weight as PyTorch stores it, whose product is x W^T.)
  void set_columns(std::size_t first, std::span<const float> values);
  /// Sets rows from `first` on. values: count x columns, row-major.
  void set_rows(std::size_t first, std::span<const float> values);
  /// What set_columns() was given: count x depth values.
  void copy_columns(std::size_t first, std::span<float> values) const;

 private:
  std::size_t depth_ = 0;
  std::size_t columns_ = 0;
  std::size_t width_ = 0;  // columns of a panel
  base::AlignedArray<float> values_;
};

/// activation(x right + bias). x: rows x right.depth(); bias: right.padded_columns() values,
/// 64-byte aligned, or nullptr. Result: rows x right.columns(). Each element is one sum in the
/// order of the depth. The result is not recorded (tape.h).
Tensor product(Workspace& workspace, const Tensor& x, const Panels& right,
               const float* bias = nullptr, Activation activation = Activation::none);

}  // namespace kindred::tensor
