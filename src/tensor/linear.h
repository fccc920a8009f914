/// y = activation(x W^T + b), the layer of which models are made.
///
/// Where a model is run only, weights are packed once, when it is opened (product.h), and their
/// file is not needed any more. Where it is trained, they are Parameters, packed anew at each use:
/// one pass over them, where the product makes one for every dozen rows.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/aligned.h"
#include "tensor/activation.h"
#include "tensor/parameter.h"
#include "tensor/product.h"
#include "tensor/tensor.h"

namespace kindred::tensor {

/// The weights of one linear layer, or of several that read the same input (query, key, value),
/// whose outputs then stand side by side.
class Linear {
 public:
  Linear() = default;

  /// Packed: room for `outputs` x `inputs` weights and `outputs` biases, all zero until they are
  /// set.
  Linear(std::size_t outputs, std::size_t inputs);
  /// Packs the rows [first, first + bias.size()) of W: weight is bias.size() x inputs, row-major,
  /// as PyTorch stores it.
  void set_rows(std::size_t first, std::span<const float> weight, std::span<const float> bias);

  /// A layer's Parameters: weight is outputs x inputs, bias has `outputs` values.
  struct Part {
    SharedParameter weight;
    SharedParameter bias;
  };
  /// Of Parameters, side by side.
  Linear(std::size_t inputs, std::vector<Part> parts);

  std::size_t outputs() const { return outputs_; }
  std::size_t inputs() const { return inputs_; }
  /// Empty where the layer is packed.
  std::span<const Part> parts() const { return parts_; }
  /// Packed ones only.
  const Panels& panels() const { return panels_; }
  const float* bias() const { return bias_.data(); }  ///< padded with zeros to whole panels

 private:
  std::size_t outputs_ = 0;
  std::size_t inputs_ = 0;
  Panels panels_;
  base::AlignedArray<float> bias_;
  std::vector<Part> parts_;
};

/// x: rows x layer.inputs(). Result: rows x layer.outputs(). The layer must outlive the tape that
/// records this. Gradients: two products more, of the gradient with W, and of it transposed with x.
Tensor linear(Workspace& workspace, const Tensor& x, const Linear& layer,
              Activation activation = Activation::none);

}  // namespace kindred::tensor
