/// Text to tokens, exactly as the model's own tokenizer cuts it.
///
/// A neural encoder reads ids of a fixed vocabulary. A Tokenizer is read from the files that come
/// with a model and gives the ids that the reference gives for the same files (Hugging Face
/// `tokenizers` 0.23.3, `sentencepiece` 0.2.3): normalize, split into words, cut each word into
/// pieces of the vocabulary (WordPiece: Wu et al. 2016, arXiv:1609.08144; byte pairs: Sennrich et
/// al. 2016, arXiv:1508.07909; Unigram: Kudo 2018, arXiv:1804.10959), frame with special tokens,
/// truncate. docs/guides/tokenizers.md lists the parts that are read.
///
/// Bytes that are not UTF-8 count as U+FFFD, one for each maximal ill-formed part (Unicode,
/// section 3.9, "U+FFFD substitution of maximal subparts", what Python's errors="replace" does).
/// NUL and other control characters are what the tokenizer makes of them.
///
/// Thread safety: a Tokenizer is immutable; use one from any number of threads. Cost: linear in the
/// text.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kindred/result.h"

namespace kindred {

/// Where a token came from: bytes [begin, end) of the text as it was given. A special token that
/// frames the text has {0, 0}.
struct TokenOffset {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  bool operator==(const TokenOffset&) const = default;
};

/// The tokens of several texts, one after the other, without padding.
struct TokenBatch {
  std::vector<std::uint32_t> ids;  ///< all texts' ids
  std::vector<std::uint8_t>
      type_ids;  ///< as many as ids: 0 for the first text of a pair, 1 for the second (segment ids)
  std::vector<TokenOffset> offsets;    ///< as many as ids where asked for, else empty
  std::vector<std::size_t> starts{0};  ///< texts + 1: text i has the ids [starts[i], starts[i + 1])
  std::vector<std::uint8_t> truncated;  ///< one a text: 1 where tokens were cut off

  std::size_t texts() const { return starts.size() - 1; }
  std::span<const std::uint32_t> text(std::size_t i) const {
    return {ids.data() + starts[i], starts[i + 1] - starts[i]};
  }
};

struct TokenizeOptions {
  /// The longest result, special tokens counted; longer texts are cut at the end (pairs: longest
  /// first, as the reference does). 0: never cut.
  std::size_t max_tokens = 0;
  /// Frame with the model's special tokens ([CLS] ... [SEP]).
  bool special_tokens = true;
  bool offsets = false;
};

class Tokenizer {
 public:
  /// `path`: a model's folder, a tokenizer.json, a vocab.txt or a SentencePiece .model. A part that
  /// Kindred doesn't have is an error that names it.
  static Result<Tokenizer> open(const std::filesystem::path& path);

  Tokenizer(Tokenizer&&) noexcept;
  Tokenizer& operator=(Tokenizer&&) noexcept;
  ~Tokenizer();

  /// Fails where max_tokens leaves no room for the special tokens, a text is larger than 4 GiB, or
  /// a regular expression of the tokenizer's file takes too long on it.
  Result<TokenBatch> tokenize(std::span<const std::string_view> texts,
                              const TokenizeOptions& options = {}) const;
  /// Pairs (a question and a passage, say) in one sequence each; `second` has as many texts as
  /// `first`.
  Result<TokenBatch> tokenize_pairs(std::span<const std::string_view> first,
                                    std::span<const std::string_view> second,
                                    const TokenizeOptions& options = {}) const;

  /// The text of a sequence of ids: the tokens, undone by the file's decoder; without one, joined
  /// by blanks. Not always what was tokenized: a normalizer may have lowered letters. Ids that the
  /// vocabulary doesn't have are left out. Fails where a regular expression of the decoder takes
  /// too long.
  Result<std::string> decode(std::span<const std::uint32_t> ids,
                             bool skip_special_tokens = true) const;

  std::size_t vocabulary_size() const;
  /// The token of an id, empty where the vocabulary has none.
  std::string_view token(std::uint32_t id) const;
  std::optional<std::uint32_t> id(std::string_view token) const;
  /// The longest sequence that the file asks for (truncation in tokenizer.json, else
  /// model_max_length beside a vocab.txt), 0 where it doesn't say. It is not applied by itself.
  std::size_t max_tokens() const;

 private:
  struct Parts;
  explicit Tokenizer(std::unique_ptr<const Parts> parts);
  std::unique_ptr<const Parts> parts_;
};

}  // namespace kindred
