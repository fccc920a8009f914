/// Transformers whose layers are normalised where they begin (pre-norm), over a stream of residual
/// additions that nothing else touches: GPT-2 (Radford et al. 2019), T5's encoder (Raffel et al.
/// 2020, arXiv:1910.10683), Llama (Touvron et al. 2023, arXiv:2302.13971) and its kin, Gemma,
/// ModernBERT (Warner et al. 2024, arXiv:2412.13663).
///
/// A family of this kind says in its own file what its tables and layers are called, and which of
/// the parts it has. What it leaves out is not there.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "model/encoder.h"
#include "model/weights.h"
#include "tensor/activation.h"
#include "tensor/attention.h"
#include "tensor/gather.h"
#include "tensor/linear.h"
#include "tensor/norm.h"
#include "tensor/rms_norm.h"
#include "tensor/rotary.h"

namespace kindred::model {

using AnyNorm = std::variant<tensor::Norm, tensor::RmsNorm>;

struct PreNormLayer {
  std::size_t attention = 0;  ///< which of the model's kinds
  std::optional<AnyNorm> attention_norm;
  tensor::Linear query_key_value;
  std::optional<tensor::RmsNorm> query_norm;  ///< of each head; so is key_norm
  std::optional<tensor::RmsNorm> key_norm;
  tensor::Linear attention_output;
  std::optional<AnyNorm> attention_output_norm;
  AnyNorm inner_norm;
  tensor::Linear intermediate;  ///< gated: both halves
  tensor::Linear output;
  std::optional<AnyNorm> output_norm;
};

/// How some of the layers attend.
struct AttentionKind {
  tensor::Attention attention;
  std::optional<tensor::Rotary> rotary;
};

struct PreNormParts {
  Shape shape;
  WeightsFile file;  ///< the tables lie in it

  tensor::Table words;
  tensor::Table positions;    ///< no rows: there is none
  float embedding_scale = 1;  ///< of the words
  std::optional<AnyNorm> embedding_norm;

  std::vector<AttentionKind> attention;
  tensor::Activation activation = tensor::Activation::gelu;
  bool gated = false;  ///< the intermediate layer's first half gates its second
  std::vector<PreNormLayer> layers;
  std::optional<AnyNorm> final_norm;
};

std::unique_ptr<const Encoder> make_pre_norm(PreNormParts parts);

}  // namespace kindred::model
