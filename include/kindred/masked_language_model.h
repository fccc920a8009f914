/// Which tokens may stand at a place of a text: a masked language model (Devlin et al. 2018,
/// arXiv:1810.04805, section 3.1).
///
/// The model gives each token of a text a number for each token of the vocabulary; through a
/// softmax they are the probabilities of what stands there. Asked at the places of its mask token,
/// it fills them in.
///
/// The same text gives the same bytes on one machine, alone or among others, at any thread count.
/// Thread safety: a MaskedLanguageModel is immutable; use one from any number of threads.
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
#include "kindred/tokenizer.h"

namespace kindred {

struct TokenProbability {
  std::uint32_t id = 0;
  float probability = 0;
};

/// A mask: bytes [begin, end) of texts[text].
struct FilledMask {
  std::size_t text = 0;
  std::size_t begin = 0;
  std::size_t end = 0;
  std::vector<TokenProbability> tokens;  ///< the likeliest first, equal ones by their ids
};

struct TokenLogits {
  TokenBatch tokens;  ///< of one text, special tokens among them, with offsets
  Matrix logits;      ///< tokens x vocabulary
};

class MaskedLanguageModel {
 public:
  /// Reads a Hugging Face folder. A model without the head, or a tokenizer without a mask token, is
  /// an error.
  static Result<MaskedLanguageModel> open(const std::filesystem::path& folder);

  MaskedLanguageModel(MaskedLanguageModel&&) noexcept;
  MaskedLanguageModel& operator=(MaskedLanguageModel&&) noexcept;
  ~MaskedLanguageModel();

  /// The `top` likeliest tokens for each mask of the texts, in their order. A text without a mask
  /// has no part; masks behind max_tokens() are cut away. Memory beyond the result is bounded.
  Result<std::vector<FilledMask>> fill(std::span<const std::string_view> texts, std::size_t top,
                                       const Progress& progress = {}) const;

  /// What the model gives for every token of a text.
  Result<TokenLogits> logits(std::string_view text) const;

  /// What marks a place in a text: "[MASK]".
  std::string_view mask() const;
  /// The longest text that is read whole, in tokens, special tokens counted.
  std::size_t max_tokens() const;
  const Tokenizer& tokenizer() const;

 private:
  struct Parts;
  explicit MaskedLanguageModel(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace kindred
