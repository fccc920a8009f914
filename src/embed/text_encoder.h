/// The first part of a sentence encoder: from a text to one vector. What stands behind it
/// (vector_module.h) doesn't know which kind it was.
///
/// Thread safety: immutable; use it from any number of threads, each with its own Workspace.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "embed/layout.h"
#include "embed/text_tokens.h"
#include "kindred/embedder.h"
#include "kindred/matrix.h"
#include "kindred/result.h"
#include "kindred/tokenizer.h"
#include "model/encoder.h"
#include "tensor/tensor.h"

namespace kindred::embed {

class TextEncoder {
 public:
  virtual ~TextEncoder() = default;

  /// nullptr: the model reads words as they are.
  virtual const Tokenizer* tokenizer() const = 0;
  /// Of the vectors that it gives.
  virtual std::size_t dimensions() const = 0;
  /// Fills in family, pooling and sizes.
  virtual void describe(ModelDescription& description) const = 0;
  /// The files of its weights.
  virtual std::vector<std::span<const std::byte>> contents() const = 0;

  /// The tokens of texts as encode() takes them: cut to the window; with the bytes of the text that
  /// each came from where `offsets` says so. Fails where the tokenizer gives what the model doesn't
  /// have.
  virtual Result<TextTokens> tokenize(std::span<const std::string_view> texts,
                                      bool offsets) const = 0;
  /// Tokens at the start of texts with this prompt that take no part in their vectors.
  virtual Result<std::size_t> skipped_tokens(std::string_view prompt) const = 0;
  /// Row i: the vector of sequence texts[i], which has a token at least. A row's bits depend on its
  /// own text alone.
  virtual Result<tensor::Tensor> encode(tensor::Workspace& workspace, const TextTokens& tokens,
                                        std::span<const std::size_t> texts,
                                        std::size_t skipped) const = 0;

  /// What each token of the vocabulary is before any context: vocabulary x dimensions; no rows:
  /// there is no such table.
  virtual Matrix token_embeddings() const { return {}; }
  /// The same of learned positions; no rows: there are none.
  virtual Matrix position_embeddings() const { return {}; }

  /// Layers behind the embeddings, whose states of tokens can be watched; 0: none.
  virtual std::size_t layers() const { return 0; }
  /// Values of a token's state.
  virtual std::size_t hidden() const { return 0; }
  /// Shows the states of the tokens of some texts, which follow each other: a row each, layer by
  /// layer from that of the embeddings (0) on.
  virtual void watch_states(tensor::Workspace& /*workspace*/, const TextTokens& /*tokens*/,
                            std::span<const std::size_t> /*texts*/,
                            const model::WatchLayers& /*watch*/) const {}
};

/// The kind that the layout begins with.
Result<std::unique_ptr<const TextEncoder>> open_text_encoder(const Layout& layout);

}  // namespace kindred::embed
