/// Text to vectors: a sentence encoder in the sentence-transformers folder layout.
///
/// Sentence-BERT (Reimers and Gurevych 2019, arXiv:1908.10084): a transformer encoder gives each
/// token a vector, pooling makes one of them, normalisation gives it length 1, and the cosine of
/// two texts' vectors says how close they are in meaning.
///
/// The same text gives the same bytes on one machine, alone or among others, at any thread count.
/// Thread safety: an Embedder is immutable; use one from any number of threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kindred/matrix.h"
#include "kindred/progress.h"
#include "kindred/result.h"
#include "kindred/tokenizer.h"

namespace kindred {

/// What a text is to a search. Models may put something else before a question than before what
/// answers it.
enum class TextRole : std::uint8_t { plain, query, document };

struct EmbedOptions {
  /// Scale each vector to length 1. Models whose folder asks for it (modules.json) do so unless
  /// this is false.
  bool normalize = true;
  /// Chooses the model's prompt for it, where it has one: "query"; "document", "passage" or
  /// "corpus". A plain text gets the model's default prompt. (As sentence-transformers' encode,
  /// encode_query and encode_document.)
  TextRole role = TextRole::plain;
  /// One of the model's prompts by its name (prompts()), whatever the role.
  std::string prompt_name = {};
  /// Put before each text, whatever the model's prompts are; may be empty.
  std::optional<std::string> prompt = std::nullopt;
  /// Keep that many of each vector's values, the first ones; 0: as many as the model's folder says
  /// (truncate_dim), or all. What is kept is not scaled again, as in sentence-transformers. Only
  /// for models that were trained for it (Matryoshka: Kusupati et al. 2022, arXiv:2205.13147).
  std::size_t dimensions = 0;
  Progress progress;  ///< units are texts
};

struct EmbedResult {
  Matrix vectors;          ///< texts x dimensions, in the order of the texts
  std::size_t tokens = 0;  ///< tokens encoded, special tokens and prompts counted
  std::vector<std::uint8_t>
      truncated;  ///< one a text: 1 where the text was longer than max_tokens()
};

/// What Embedder::embed_tokens() gives a vector each.
enum class TokenUnit : std::uint8_t {
  words,   ///< letters, digits and marks in a row: the mean of the tokens that a word is cut into
  tokens,  ///< as the model's tokenizer cuts, without those that frame a text
};

/// No prompt stands before the texts.
struct TokenOptions {
  TokenUnit unit = TokenUnit::words;
  /// The mean of the states of the last so many layers (Devlin et al. 2018, section 5.3).
  std::size_t last_layers = 1;
  /// Or those of one layer; 0: of the embeddings, before the first.
  std::optional<std::size_t> layer = std::nullopt;
  Progress progress;  ///< units are texts
};

/// A word or a token: bytes [begin, end) of texts[text].
struct TokenPlace {
  std::size_t text = 0;
  std::size_t begin = 0;
  std::size_t end = 0;
  bool operator==(const TokenPlace&) const = default;
};

struct TokenVectors {
  Matrix vectors;                  ///< a row for each place
  std::vector<TokenPlace> places;  ///< in the order of the texts, and in each from left to right
};

struct TableShape {
  std::size_t rows = 0;  ///< 0: there is no such table
  std::size_t columns = 0;
};

/// What a model says of itself; `kindred model show` prints it.
struct ModelDescription {
  std::string family;   ///< "bert"
  std::string pooling;  ///< "mean"; of several modes, "cls+mean"
  bool normalize = false;
  std::size_t dimensions = 0;
  std::size_t layers = 0;
  std::size_t heads = 0;
  std::size_t max_tokens = 0;  ///< special tokens counted; the largest number: no limit
  std::size_t vocabulary = 0;
  std::size_t parameters = 0;
  TableShape token_embeddings;     ///< a row for each token of the vocabulary
  TableShape position_embeddings;  ///< learned ones
  std::string hash;  ///< 16 hexadecimal digits over weights, configuration and tokenizer: equal for
                     ///< equal models wherever they lie
  std::map<std::string, std::string> prompts;  ///< by name
  std::string default_prompt;                  ///< the name of that of plain texts, or empty
  std::vector<std::string> notes;  ///< one line for each choice that the folder left open ("no
                                   ///< modules.json: mean pooling")
};

class Embedder {
 public:
  /// Reads `folder`; weights are memory-mapped.
  static Result<Embedder> open(const std::filesystem::path& folder);

  Embedder(Embedder&&) noexcept;
  Embedder& operator=(Embedder&&) noexcept;
  ~Embedder();

  /// One vector a text. An empty text has a vector too (that of the special tokens; zeros where the
  /// model has none). Memory beyond the result is bounded, whatever the texts. Fails where the
  /// model has no prompt of that name, or fewer dimensions than are to be kept.
  Result<EmbedResult> embed(std::span<const std::string_view> texts,
                            const EmbedOptions& options = {}) const;

  /// Vectors of words or tokens in their contexts: "bank" by a river and "bank" with money differ.
  /// Words beyond the model's window have none. Not for static models, whose words are the same
  /// everywhere. Fails where the model has no such layers.
  Result<TokenVectors> embed_tokens(std::span<const std::string_view> texts,
                                    const TokenOptions& options = {}) const;

  /// What each token is before any context, a row for each id: word vectors of a kind.
  Matrix token_embeddings() const;
  /// The model's learned positions; no rows: it has none. (RoBERTa and MPNet begin some rows
  /// further on.)
  Matrix position_embeddings() const;

  /// Of a vector, where EmbedOptions::dimensions is 0.
  std::size_t dimensions() const;
  /// The longest text that is encoded whole, in tokens, special tokens counted; a longer one is cut
  /// at the end.
  std::size_t max_tokens() const;
  /// nullptr: the model reads words by their characters, or by a list of its own.
  const Tokenizer* tokenizer() const;
  /// One line for each choice that the folder left open; a program shows them.
  const std::vector<std::string>& notes() const;
  /// Reads every weight once for its hash (tens of milliseconds for 100 MB), then remembers it.
  const ModelDescription& describe() const;

 private:
  struct Parts;
  struct Task;
  explicit Embedder(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace kindred
