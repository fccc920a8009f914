/// y = activation(x W^T + b): the operation in which an encoder spends nine tenths of its time.
///
/// Weights are packed once, when the model is opened, into the panels that tile-inl.h reads:
/// column-blocks of W^T, depth-major, the last one padded with zeros. A panel streams from memory
/// once for a block of rows.
///
/// Why not a library's matrix product: measured on the encoder's shapes
/// (docs/design/matrix_products.md), this kernel is faster than oneDNN's, adds bias and activation
/// while the tile is in registers, and gives a row the same bits in any batch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/aligned.h"
#include "tensor/tensor.h"

namespace kindred::tensor {

enum class Activation : std::uint8_t { none, gelu };

/// The weights of one linear layer.
class Linear {
 public:
  Linear() = default;
  /// Room for `outputs` x `inputs` weights and `outputs` biases, all zero until they are set.
  Linear(std::size_t outputs, std::size_t inputs);

  /// Packs the rows [first, first + bias.size()) of W: weight is bias.size() x inputs, row-major,
  /// as PyTorch stores it. Several layers that read the same input (query, key, value) are packed
  /// into one.
  void set_rows(std::size_t first, std::span<const float> weight, std::span<const float> bias);

  std::size_t outputs() const { return outputs_; }
  std::size_t inputs() const { return inputs_; }
  const float* panels() const { return panels_.data(); }
  const float* bias() const { return bias_.data(); }  ///< padded with zeros to whole panels

 private:
  std::size_t outputs_ = 0;
  std::size_t inputs_ = 0;
  std::size_t panel_columns_ = 0;
  base::AlignedArray<float> panels_;
  base::AlignedArray<float> bias_;
};

/// x: rows x layer.inputs(). Result: rows x layer.outputs().
Tensor linear(Workspace& workspace, const Tensor& x, const Linear& layer,
              Activation activation = Activation::none);

}  // namespace kindred::tensor
