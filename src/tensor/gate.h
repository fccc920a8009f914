/// Gated linear units (Dauphin et al. 2017, arXiv:1612.08083; with other activations: Shazeer 2020,
/// arXiv:2002.05202): one half of a layer's outputs says how much of the other half passes.
#pragma once

#include "tensor/activation.h"
#include "tensor/tensor.h"

namespace kindred::tensor {

/// activation(first half of a row) x its second half, value by value. x: rows x 2 n. Result: rows x
/// n.
Tensor gate(Workspace& workspace, const Tensor& x, Activation activation);

}  // namespace kindred::tensor
