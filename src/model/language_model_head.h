/// The head of masked language models: from a token's hidden state to a number for each token of
/// the vocabulary, how likely it would stand there (Devlin et al. 2018, section 3.1).
///
/// The states go through a layer with an activation and a norm, and then meet the embeddings of all
/// tokens. Which tensors these are is one row of a table for each family; the embeddings are those
/// of the encoder where the file has none for the head (tied weights).
///
/// Thread safety: immutable; run from any number of threads, each with its own Workspace. Cost: a
/// product with a matrix of vocabulary x hidden for each token, as much as several layers.
#pragma once

#include <cstddef>
#include <filesystem>

#include "kindred/result.h"
#include "model/encoder.h"
#include "tensor/linear.h"
#include "tensor/norm.h"
#include "tensor/tensor.h"

namespace kindred::model {

class LanguageModelHead {
 public:
  /// The head of a folder whose encoder is open. A family without one is an error that lists those
  /// that have one.
  static Result<LanguageModelHead> open(const std::filesystem::path& folder,
                                        const OpenEncoder& encoder);

  /// hidden: tokens x hidden. Result: tokens x vocabulary.
  tensor::Tensor logits(tensor::Workspace& workspace, const tensor::Tensor& hidden) const;

 private:
  tensor::Linear dense_;
  tensor::Activation activation_ = tensor::Activation::gelu;
  tensor::Norm norm_;
  tensor::Linear output_;
};

}  // namespace kindred::model
