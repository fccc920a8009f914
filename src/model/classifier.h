/// Sequence classification: from the hidden states of a text's tokens to a number for each label,
/// by the head that a family's models for it have. A cross-encoder is one: it reads a question and
/// a passage as one text, and its label says how well they fit (Nogueira and Cho 2019,
/// arXiv:1901.04085, section 3).
///
/// A head takes one vector of a text (its first token's, or the mean), sends it through a layer
/// with an activation and perhaps a norm, and then to the labels. Which of these, and under what
/// names, is one row of a table for each family.
///
/// Thread safety: immutable; run from any number of threads, each with its own Workspace.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "kindred/result.h"
#include "model/encoder.h"
#include "tensor/linear.h"
#include "tensor/norm.h"
#include "tensor/tensor.h"

namespace kindred::model {

class Classifier {
 public:
  /// The head of a folder whose encoder is open. A family without one is an error that lists those
  /// that have one.
  static Result<Classifier> open(const std::filesystem::path& folder, const OpenEncoder& encoder);

  std::size_t labels() const { return output_.outputs(); }
  /// hidden: the encoder's states of texts. Result: texts x labels, logits.
  tensor::Tensor forward(tensor::Workspace& workspace, const tensor::Tensor& hidden,
                         tensor::Sequences sequences) const;

 private:
  bool mean_ = false;
  tensor::Linear dense_;
  tensor::Activation activation_ = tensor::Activation::none;
  std::optional<tensor::Norm> norm_;
  tensor::Linear output_;
};

}  // namespace kindred::model
