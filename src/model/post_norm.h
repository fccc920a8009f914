/// The encoder of BERT (Devlin et al. 2018, arXiv:1810.04805, section 3) and of those that changed
/// little of it: a stack of transformer layers that are normalised behind each residual addition
/// (post-norm), over the sum of what is looked up for a token.
///
/// A family of this kind says in its own file what its tables and layers are called, and which of
/// the parts it has.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "model/config.h"
#include "model/encoder.h"
#include "model/shape.h"
#include "model/weights.h"
#include "tensor/attention.h"
#include "tensor/gate.h"
#include "tensor/gather.h"
#include "tensor/linear.h"
#include "tensor/norm.h"
#include "tensor/rotary.h"

namespace kindred::model {

/// Which row of the table of positions a token takes.
struct Positions {
  /// Empty: a text's first token takes row 0, the next row 1. Otherwise, as fairseq counts: tokens
  /// of this id, wherever they stand, take the row of that number, and the others those that follow
  /// it.
  std::optional<std::uint32_t> padding;

  /// The rows that no text's first token could take.
  std::size_t skipped() const { return padding ? *padding + std::size_t{1} : 0; }
};

struct PostNormLayer {
  tensor::Linear query_key_value;
  tensor::Linear attention_output;
  tensor::Norm attention_norm;
  tensor::Linear intermediate;  ///< gated: both halves
  tensor::Linear output;
  tensor::Norm output_norm;
};

struct PostNormParts {
  Shape shape;
  WeightsFile file;  ///< the tables lie in it

  tensor::Table words;
  tensor::Table types;      ///< no rows: the family has none
  tensor::Table positions;  ///< no rows: the same
  Positions places;
  tensor::Norm embedding_norm;
  std::optional<tensor::Linear> projection;  ///< from the width of the tables to that of the layers

  tensor::Attention attention;  ///< the same in all layers; its heads and their width follow shape
  std::optional<tensor::Rotary> rotary;
  tensor::Activation activation = tensor::Activation::gelu;
  std::optional<tensor::GateHalf> gate;  ///< of the intermediate layer; nothing: isn't gated
  std::vector<PostNormLayer> layers;
  std::vector<std::size_t> order;  ///< of the layers; one may come several times
};

std::unique_ptr<const Encoder> make_post_norm(PostNormParts parts);

/// What the tensors of a layer are called. Where there are fewer names than parts, the parts lie in
/// one tensor, one after the other.
struct PostNormNames {
  std::array<std::string_view, 3> query_key_value;
  std::string_view attention_output, attention_norm;
  std::array<std::string_view, 2> intermediate;  ///< gated: two, the first of them the first half
  std::string_view output, output_norm;
  Bias attention_bias = Bias::with;
  Bias intermediate_bias = Bias::with;
  Bias output_bias = Bias::with;
};

/// BERT's.
inline constexpr PostNormNames kBertLayer = {
    .query_key_value = {"attention.self.query", "attention.self.key", "attention.self.value"},
    .attention_output = "attention.output.dense",
    .attention_norm = "attention.output.LayerNorm",
    .intermediate = {"intermediate.dense"},
    .output = "output.dense",
    .output_norm = "output.LayerNorm"};

struct PostNormSizes {
  std::size_t hidden;
  std::size_t intermediate;  ///< what the activation gives
  float epsilon;             ///< of layer normalisation
  bool gated = false;        ///< the intermediate layer gives twice as much
};

/// weights: below the layer's name.
Result<PostNormLayer> read_post_norm_layer(const Weights& weights, const PostNormNames& names,
                                           const PostNormSizes& sizes);

// What several families of this kind have in common.

/// Fails where the configuration asks for a decoder, for positions that aren't learned rows, or for
/// heads that were cut out.
Result<void> require_plain_encoder(const Config& config);

/// intermediate_size and layer_norm_eps, for layers of this width.
Result<PostNormSizes> read_sizes(const Config& config, std::size_t hidden);

/// BERT's embeddings, `width` wide, into parts whose shape and places are set. Without types where
/// the shape has none.
Result<void> read_bert_embeddings(const Weights& weights, std::size_t width, float epsilon,
                                  PostNormParts& parts);
/// The same without positions, which are in the attention, and without the norm.
Result<void> read_words_and_types(const Weights& weights, std::size_t width, PostNormParts& parts);

/// Layers that are called by their numbers, each used once.
Result<void> read_layers(const Weights& weights, const PostNormNames& names,
                         const PostNormSizes& sizes, PostNormParts& parts);

}  // namespace kindred::model
