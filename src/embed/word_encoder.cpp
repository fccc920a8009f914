#include "embed/word_encoder.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/mapped_file.h"
#include "kindred/word_vectors.h"
#include "text/words.h"

namespace kindred::embed {
namespace {

std::string lowered(std::string_view word) {
  std::string lower(word);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

class WordEncoder final : public TextEncoder {
 public:
  WordEncoder(WordVectors vectors, base::MappedFile file)
      : vectors_(std::move(vectors)), file_(std::move(file)) {}

  const Tokenizer* tokenizer() const override { return nullptr; }
  std::size_t dimensions() const override { return vectors_.dimensions(); }
  void describe(ModelDescription& description) const override {
    description.family = "word_vectors";
    description.pooling = "mean";
    description.max_tokens = std::numeric_limits<std::size_t>::max();
    description.parameters = vectors_.size() * vectors_.dimensions();
  }
  std::vector<std::span<const std::byte>> contents() const override { return {file_.bytes()}; }

  /// A word that has a vector is a token.
  Result<TextTokens> tokenize(std::span<const std::string_view> texts,
                              bool /*offsets*/) const override {
    TextTokens tokens;
    for (const std::string_view text : texts) {
      KINDRED_TRY(check_text_size(text));
      for (const text::WordPlace& place : text::split_words(text)) {
        const std::string_view word = text.substr(place.begin, place.end - place.begin);
        if (vector_of(word)) tokens.add_word(text, place.begin, place.end);
      }
      tokens.end_text(false);
    }
    return tokens;
  }
  Result<std::size_t> skipped_tokens(std::string_view /*prompt*/) const override {
    return std::size_t{0};
  }

  Result<tensor::Tensor> encode(tensor::Workspace& workspace, const TextTokens& tokens,
                                std::span<const std::size_t> texts,
                                std::size_t /*skipped*/) const override {
    tensor::Tensor out = workspace.tensor(texts.size(), dimensions());
    std::fill_n(out.data(), out.values().size(), 0.0F);
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const auto ids = tokens.sequence(texts[i]);
      const auto row = out.row(i);
      for (const std::uint32_t id : ids) {
        const auto vector = vector_of(tokens.words[id]);
        for (std::size_t k = 0; k < dimensions(); ++k) row[k] += (*vector)[k];
      }
      for (std::size_t k = 0; k < dimensions(); ++k) row[k] /= static_cast<float>(ids.size());
    }
    return out;
  }

 private:
  std::optional<std::vector<float>> vector_of(std::string_view word) const {
    if (vectors_.find(word)) return vectors_.vector_of(word);
    // Made of its parts only where the lowered word has none of its own.
    return vectors_.vector_of(lowered(word));
  }

  WordVectors vectors_;
  base::MappedFile file_;
};

}  // namespace

Result<std::unique_ptr<const TextEncoder>> open_word_encoder(const Layout& layout) {
  auto vectors = KINDRED_TRY(WordVectors::open(layout.encoder));
  auto file = KINDRED_TRY(base::MappedFile::open(layout.encoder));
  return std::make_unique<const WordEncoder>(std::move(vectors), std::move(file));
}

}  // namespace kindred::embed
