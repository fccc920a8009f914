/// Text to tokens, exactly as the model's own tokenizer cuts it.
///
/// A neural encoder reads ids of a fixed vocabulary. A Tokenizer is read from the files that come
/// with a model and gives the ids that the reference gives for the same files (Hugging Face
/// `tokenizers` 0.23.3, `sentencepiece` 0.2.3): normalize, split into words, cut each word into
/// pieces of the vocabulary (WordPiece: Wu et al. 2016, arXiv:1609.08144; byte pairs: Sennrich et
/// al. 2016, arXiv:1508.07909; Unigram: Kudo 2018, arXiv:1804.10959), frame with special tokens,
/// cut to length. docs/guides/tokenizers.md lists the parts that are read.
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

/// The tokens of several texts: sequences, one after the other, without padding (pad() makes a
/// matrix of them). A text or a pair is one sequence, or several where TokenizeOptions::overflow
/// keeps what is cut off.
struct TokenBatch {
  std::vector<std::uint32_t> ids;  ///< all sequences' ids
  std::vector<std::uint8_t>
      type_ids;  ///< as many as ids: 0 for the first text of a pair, 1 for the second (segment ids)
  std::vector<TokenOffset> offsets;  ///< as many as ids where asked for, else empty
  std::vector<std::size_t> starts{
      0};  ///< sequences + 1: sequence i has the ids [starts[i], starts[i + 1])
  std::vector<std::uint8_t> truncated;  ///< one a sequence: 1 where it has not all of its text
  std::vector<std::size_t> sources;     ///< with overflow, one a sequence: the text (or pair) that
                                        ///< it comes from; else empty, sequence i is of text i

  std::size_t sequences() const { return starts.size() - 1; }
  std::span<const std::uint32_t> sequence(std::size_t i) const {
    return {ids.data() + starts[i], starts[i + 1] - starts[i]};
  }
};

/// An end of a sequence.
enum class Side : std::uint8_t { left, right };

/// How a text, or a pair, that is too long is cut.
struct Truncation {
  /// Who gives up tokens: of a pair the longer text until both are as long, or one of them alone,
  /// which then must keep a token at least.
  enum class Strategy : std::uint8_t { longest_first, only_first, only_second };

  Side side = Side::right;  ///< the end that is cut off
  Strategy strategy = Strategy::longest_first;
  /// With TokenizeOptions::overflow: how many tokens a sequence repeats of the one before it.
  std::size_t stride = 0;
  bool operator==(const Truncation&) const = default;
};

struct TokenizeOptions {
  /// The longest sequence, special tokens counted; longer texts are cut. 0: never cut. (A template
  /// that has a text in two places gets it twice as long: what counts is the text's own tokens.)
  std::size_t max_tokens = 0;
  /// Frame with the model's special tokens ([CLS] ... [SEP]).
  bool special_tokens = true;
  bool offsets = false;
  /// How to cut. Not given: as the tokenizer's file says (Tokenizer::truncation()), so that a model
  /// that was trained on the ends of texts gets their ends.
  std::optional<Truncation> truncation = std::nullopt;
  /// Keep what is cut off: a text's sequence is followed by further ones, framed like it, each as
  /// long as what was kept, that go on from there to the text's other end (where the left side is
  /// cut, backwards to its start). Where both texts of a pair are cut, every piece of one comes
  /// with every piece of the other.
  bool overflow = false;
};

/// How sequences of different lengths fill the rows of a matrix.
struct Padding {
  Side side = Side::right;      ///< where padding stands
  std::uint32_t id = 0;         ///< of the padding token
  std::uint8_t type_id = 0;     ///< of the same
  std::size_t length = 0;       ///< tokens a row; 0: as many as the longest sequence has
  std::size_t multiple_of = 0;  ///< rows grow to a multiple of this; 0 and 1: any length will do
  bool operator==(const Padding&) const = default;
};

/// A batch as matrices of rows x length, row-major.
struct PaddedBatch {
  std::size_t rows = 0;  ///< the batch's sequences
  std::size_t length = 0;
  std::vector<std::uint32_t> ids;
  std::vector<std::uint8_t> type_ids;
  std::vector<std::uint8_t> attention_mask;  ///< 1 for a token of the sequence, 0 for padding
  std::vector<TokenOffset> offsets;          ///< {0, 0} for padding; empty where the batch has none
};

/// Fails where `padding` gives a length and a sequence is longer. Cost: one write a cell.
Result<PaddedBatch> pad(const TokenBatch& batch, const Padding& padding = {});

struct TokenizerOptions {
  /// Lower letters before the file's own normalizers come (sentence-transformers' do_lower_case).
  bool lowercase = false;
  /// Tokens of the vocabulary that texts may hold whole, as special tokens; what the vocabulary
  /// doesn't have is left alone.
  std::vector<std::string> special_tokens = {};
};

class Tokenizer {
 public:
  /// `path`: a model's folder, a tokenizer.json, a vocab.txt, a vocab.json, a SentencePiece .model,
  /// one of OpenAI's encodings (cl100k_base.tiktoken), or a GGUF file. A part that Kindred doesn't
  /// have is an error that names it.
  static Result<Tokenizer> open(const std::filesystem::path& path,
                                const TokenizerOptions& options = {});

  Tokenizer(Tokenizer&&) noexcept;
  Tokenizer& operator=(Tokenizer&&) noexcept;
  ~Tokenizer();

  /// Fails where max_tokens leaves no room for the special tokens; a text is larger than 4 GiB; a
  /// regular expression of the tokenizer's file takes too long on it; the one text that may be cut
  /// is too short for that; overflow is asked for and no more tokens than the stride are kept, or
  /// the windows of two texts multiply to more than 67 million tokens; the file's template has no
  /// place for what is given (a pair, say).
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
  /// Whether it is a token with a meaning of its own, which no text spells by chance ([CLS]).
  bool special(std::uint32_t id) const;
  /// The longest sequence that the file asks for (truncation in tokenizer.json, else
  /// model_max_length beside a vocab.txt or vocab.json), 0 where it doesn't say. It is not applied
  /// by itself.
  std::size_t max_tokens() const;
  /// How the file cuts, whatever max_tokens is: at the right end and longest first where it doesn't
  /// say.
  Truncation truncation() const;
  /// How the file pads ("padding" in tokenizer.json; beside a vocab.txt or vocab.json its
  /// pad_token), nothing where it doesn't say. It is not applied by itself.
  std::optional<Padding> padding() const;

 private:
  struct Parts;
  explicit Tokenizer(std::unique_ptr<const Parts> parts);
  std::unique_ptr<const Parts> parts_;
};

}  // namespace kindred
