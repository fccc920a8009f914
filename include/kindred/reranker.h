/// How well texts answer a question: a cross-encoder reads both as one text.
///
/// Slower than comparing vectors by orders of magnitude, since every pair goes through the model,
/// and better: search finds a hundred candidates, a cross-encoder puts them in order (Nogueira and
/// Cho 2019, arXiv:1901.04085).
///
/// The model is a folder of Hugging Face with a sequence classification head
/// (docs/guides/models.md), as sentence-transformers' CrossEncoder reads it: pairs are cut longest
/// first, and scores go through the activation that the folder names, else the sigmoid where there
/// is one label.
///
/// The same pair gives the same bytes on one machine, alone or among others, at any thread count.
/// Thread safety: a Reranker is immutable; use one from any number of threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "kindred/matrix.h"
#include "kindred/progress.h"
#include "kindred/result.h"

namespace kindred {

struct RerankOptions {
  bool logits = false;  ///< what the model gives, without an activation
  Progress progress;    ///< units are texts
};

struct RerankResult {
  Matrix scores;           ///< texts x labels, in the order of the texts
  std::size_t tokens = 0;  ///< of all pairs, special tokens counted
  std::vector<std::uint8_t>
      truncated;  ///< one a text: 1 where its pair was longer than max_tokens()
};

class Reranker {
 public:
  /// Reads `folder`. A model without such a head is an error.
  static Result<Reranker> open(const std::filesystem::path& folder);

  Reranker(Reranker&&) noexcept;
  Reranker& operator=(Reranker&&) noexcept;
  ~Reranker();

  /// Of each text, how well it answers `query`: a value for each label, mostly one. Memory beyond
  /// the result is bounded.
  Result<RerankResult> score(std::string_view query, std::span<const std::string_view> texts,
                             const RerankOptions& options = {}) const;

  std::size_t labels() const;
  /// The longest pair that is read whole, in tokens, special tokens counted.
  std::size_t max_tokens() const;

 private:
  struct Parts;
  explicit Reranker(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace kindred
