/// Text to many vectors, one a token: late interaction (ColBERT: Khattab and Zaharia 2020,
/// arXiv:2004.12832).
///
/// Each token of a question looks for the token of a document that is most like it, and what they
/// find is summed: sum over q of max over d of q d. A search with these finds what one vector a
/// text loses, and costs as many comparisons as both have tokens; it is used on the candidates of
/// a cheaper one.
///
/// Questions and documents are read in different ways: each has its prompt and its length,
/// questions may be filled up with mask tokens, whose vectors take part, and documents lose the
/// vectors of their punctuation. The model is a folder as sentence-transformers'
/// MultiVectorEncoder, PyLate or colbert-ir have it (docs/guides/models.md), and says all of that.
///
/// The same text gives the same bytes on one machine, alone or among others, at any thread count.
/// Thread safety: a MultiVectorEmbedder is immutable; use one from any number of threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "kindred/embedder.h"
#include "kindred/matrix.h"
#include "kindred/progress.h"
#include "kindred/result.h"

namespace kindred {

struct MultiVectors {
  Matrix vectors;                         ///< of all texts, in their order
  std::vector<std::size_t> starts = {0};  ///< texts + 1: where each text's rows begin
  std::vector<std::uint32_t> ids;         ///< the token of each row
  std::size_t tokens = 0;                 ///< tokens encoded, those without a row counted
  std::vector<std::uint8_t> truncated;    ///< one a text: 1 where it was cut

  MatrixView of(std::size_t text) const {
    return vectors.view().slice(starts[text], starts[text + 1] - starts[text]);
  }
};

class MultiVectorEmbedder {
 public:
  /// Whether the folder says that it holds such a model.
  static bool recognizes(const std::filesystem::path& folder);
  /// Reads `folder`. A model of another kind is an error.
  static Result<MultiVectorEmbedder> open(const std::filesystem::path& folder);

  MultiVectorEmbedder(MultiVectorEmbedder&&) noexcept;
  MultiVectorEmbedder& operator=(MultiVectorEmbedder&&) noexcept;
  ~MultiVectorEmbedder();

  /// A plain text is read like a document, but with the default prompt and the model's own length.
  /// Memory beyond the result is bounded by it.
  Result<MultiVectors> embed(std::span<const std::string_view> texts, TextRole role,
                             const Progress& progress = {}) const;

  /// How well a document answers a question: the sum of what the question's vectors find; for
  /// models that ask for it (meanmaxsim) their mean. 0 where either has none.
  float similarity(MatrixView query, MatrixView document) const;

  /// Of a token's vector.
  std::size_t dimensions() const;
  /// The longest text of this kind that is encoded whole, in tokens, special tokens counted.
  std::size_t max_tokens(TextRole role) const;
  const Tokenizer& tokenizer() const;

 private:
  struct Parts;
  explicit MultiVectorEmbedder(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace kindred
