/// Gated linear units (Dauphin et al. 2017, arXiv:1612.08083; with other activations: Shazeer 2020,
/// arXiv:2002.05202): one half of a layer's outputs says how much of the other half passes.
#pragma once

#include <cstdint>

#include "tensor/activation.h"
#include "tensor/tensor.h"

namespace kindred::tensor {

/// The half that the activation is applied to.
enum class GateHalf : std::uint8_t { first, second };

/// activation(one half of a row) x its other half, value by value. x: rows x 2 n. Result: rows x n.
Tensor gate(Workspace& workspace, const Tensor& x, Activation activation,
            GateHalf half = GateHalf::first);

}  // namespace kindred::tensor
