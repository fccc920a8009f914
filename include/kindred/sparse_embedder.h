/// Text to sparse vectors: a weight for each of a few tokens of the vocabulary, among them words
/// that the text doesn't have but means (SPLADE: Formal et al. 2021, arXiv:2109.10086, section 3).
///
/// A masked language model gives each token of the text a number for each token of the vocabulary;
/// log(1 + max(number, 0)), the largest or the sum over the text, is that token's weight. The dot
/// product of two texts' vectors says how well one answers the other, and an inverted index of
/// words can store them.
///
/// The model is a folder as sentence-transformers' SparseEncoder has it (a Transformer and a
/// SpladePooling), or one of a masked language model alone.
///
/// The same text gives the same bytes on one machine, alone or among others, at any thread count.
/// Thread safety: a SparseEmbedder is immutable; use one from any number of threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "kindred/progress.h"
#include "kindred/result.h"
#include "kindred/tokenizer.h"

namespace kindred {

/// Ids ascend; no weight is zero.
struct SparseVector {
  std::vector<std::uint32_t> ids;  ///< of the vocabulary
  std::vector<float> weights;      ///< as many
  bool operator==(const SparseVector&) const = default;
};

struct SparseResult {
  std::vector<SparseVector> vectors;    ///< in the order of the texts
  std::size_t tokens = 0;               ///< tokens encoded, special tokens counted
  std::vector<std::uint8_t> truncated;  ///< one a text: 1 where it was longer than max_tokens()
};

class SparseEmbedder {
 public:
  /// Reads `folder`. A model without the head of a masked language model is an error.
  static Result<SparseEmbedder> open(const std::filesystem::path& folder);

  SparseEmbedder(SparseEmbedder&&) noexcept;
  SparseEmbedder& operator=(SparseEmbedder&&) noexcept;
  ~SparseEmbedder();

  /// The model's default prompt stands before each text, where it has one. Memory beyond the result
  /// is bounded.
  Result<SparseResult> embed(std::span<const std::string_view> texts,
                             const Progress& progress = {}) const;

  /// Of the vectors: as many as the vocabulary has tokens.
  std::size_t dimensions() const;
  /// The longest text that is encoded whole, in tokens, special tokens counted.
  std::size_t max_tokens() const;
  const Tokenizer& tokenizer() const;

 private:
  struct Parts;
  explicit SparseEmbedder(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace kindred
