#include "embed/elmo_encoder.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "model/elmo.h"
#include "text/words.h"

namespace kindred::embed {
namespace {

/// Words of a text at most: one of a hundred thousand words is a mistake, and its LSTM can't be
/// spread over threads.
constexpr std::size_t kMostWords = 100'000;

class ElmoEncoder final : public TextEncoder {
 public:
  explicit ElmoEncoder(model::Elmo elmo) : elmo_(std::move(elmo)) {}

  const Tokenizer* tokenizer() const override { return nullptr; }
  std::size_t dimensions() const override { return elmo_.hidden(); }
  void describe(ModelDescription& description) const override {
    description.family = "elmo";
    description.pooling = "mean";
    description.layers = elmo_.layers();
    description.max_tokens = kMostWords;
    description.parameters = elmo_.parameters();
  }
  std::vector<std::span<const std::byte>> contents() const override {
    return elmo_.weights()->contents();
  }

  Result<TextTokens> tokenize(std::span<const std::string_view> texts,
                              bool /*offsets*/) const override {
    TextTokens tokens;
    for (const std::string_view text : texts) {
      KINDRED_TRY(check_text_size(text));
      auto places = text::split_words(text);
      const bool cut = places.size() > kMostWords;
      places.resize(std::min(places.size(), kMostWords));
      for (const text::WordPlace& place : places) tokens.add_word(text, place.begin, place.end);
      tokens.end_text(cut);
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
    watch_states(workspace, tokens, texts, [&](std::size_t, const tensor::Tensor& states) {
      std::size_t row = 0;
      for (std::size_t i = 0; i < texts.size(); ++i) {
        const std::size_t count = tokens.sequence(texts[i]).size();
        const float share = 1.0F / static_cast<float>(count * (elmo_.layers() + 1));
        for (const std::size_t last = row + count; row < last; ++row)
          for (std::size_t k = 0; k < dimensions(); ++k)
            out.row(i)[k] += states.row(row)[k] * share;
      }
    });
    return out;
  }

  std::size_t layers() const override { return elmo_.layers(); }
  std::size_t hidden() const override { return elmo_.hidden(); }
  void watch_states(tensor::Workspace& workspace, const TextTokens& tokens,
                    std::span<const std::size_t> texts,
                    const model::WatchLayers& watch) const override {
    std::vector<std::string_view> words;
    std::vector<std::size_t> starts = {0};
    for (const std::size_t text : texts) {
      for (const std::uint32_t id : tokens.sequence(text)) words.push_back(tokens.words[id]);
      starts.push_back(words.size());
    }
    elmo_.forward(workspace, words, starts, watch);
  }

 private:
  model::Elmo elmo_;
};

}  // namespace

Result<std::unique_ptr<const TextEncoder>> open_elmo(const Layout& layout) {
  return std::make_unique<const ElmoEncoder>(KINDRED_TRY(model::Elmo::open(layout.encoder)));
}

}  // namespace kindred::embed
