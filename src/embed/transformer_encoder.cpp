#include "embed/transformer_encoder.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "embed/gathered_tokens.h"
#include "files/data_type.h"
#include "model/encoder.h"

namespace kindred::embed {
namespace {

Matrix matrix_of(const tensor::Table& table) {
  Matrix matrix(table.rows, table.columns);
  files::widen(table.type, table.bytes.data(), matrix.values());
  return matrix;
}

class TransformerEncoder final : public TextEncoder {
 public:
  TransformerEncoder(const Layout& layout, Tokenizer tokenizer, model::OpenEncoder model)
      : folder_(layout.encoder),
        pooling_(layout.pooling),
        tokenizer_(std::move(tokenizer)),
        model_(std::move(model)),
        max_tokens_(std::min(layout.max_tokens.value_or(shape().positions), shape().positions)) {}

  const Tokenizer* tokenizer() const override { return &tokenizer_; }
  std::size_t dimensions() const override { return shape().hidden * pooling_.modes(); }

  void describe(ModelDescription& description) const override {
    description.family = std::string(model_.family);
    description.pooling = pooling_.name();
    description.layers = shape().layers;
    description.heads = shape().heads;
    description.max_tokens = max_tokens_;
    description.vocabulary = shape().vocabulary;
    description.parameters = model_.parameters;
    const auto shape_of = [](const tensor::Table& table) {
      return TableShape{.rows = table.rows, .columns = table.columns};
    };
    description.token_embeddings = shape_of(model_.encoder->tables().tokens);
    description.position_embeddings = shape_of(model_.encoder->tables().positions);
  }
  std::vector<std::span<const std::byte>> contents() const override {
    return model_.weights->contents();
  }

  Result<TextTokens> tokenize(std::span<const std::string_view> texts,
                              bool offsets) const override {
    TokenizeOptions options = tokenizing();
    options.offsets = offsets;
    TokenBatch tokens = KINDRED_TRY(tokenizer_.tokenize(texts, options));
    KINDRED_TRY(check_tokens(folder_, tokenizer_, tokens, shape()));
    return TextTokens{std::move(tokens), {}};
  }
  Matrix token_embeddings() const override { return matrix_of(model_.encoder->tables().tokens); }
  Matrix position_embeddings() const override {
    return matrix_of(model_.encoder->tables().positions);
  }
  std::size_t layers() const override { return shape().layers; }
  std::size_t hidden() const override { return shape().hidden; }
  void watch_states(tensor::Workspace& workspace, const TextTokens& tokens,
                    std::span<const std::size_t> texts,
                    const model::WatchLayers& watch) const override {
    const GatheredTokens gathered(tokens, texts);
    model_.encoder->forward(workspace, gathered.batch(), watch);
  }

  /// The prompt alone is tokenized; where it ends in a token that frames texts, that one isn't
  /// among them.
  Result<std::size_t> skipped_tokens(std::string_view prompt) const override {
    if (prompt.empty() || pooling_.include_prompt()) return 0;
    const TokenBatch tokens = KINDRED_TRY(tokenizer_.tokenize({&prompt, 1}, tokenizing()));
    if (tokens.ids.empty()) return 0;
    return tokens.ids.size() - (tokenizer_.special(tokens.ids.back()) ? 1 : 0);
  }

  Result<tensor::Tensor> encode(tensor::Workspace& workspace, const TextTokens& tokens,
                                std::span<const std::size_t> texts,
                                std::size_t skipped) const override {
    const GatheredTokens gathered(tokens, texts);
    const tensor::Tensor hidden = model_.encoder->forward(workspace, gathered.batch());
    return pooling_.apply(workspace, hidden, gathered.starts(), skipped);
  }

 private:
  const model::Shape& shape() const { return model_.encoder->shape(); }

  /// The end that the tokenizer's file cuts; what it says of pairs has no meaning here.
  TokenizeOptions tokenizing() const {
    return {.max_tokens = max_tokens_,
            .truncation = Truncation{.side = tokenizer_.truncation().side}};
  }

  std::filesystem::path folder_;
  Pooling pooling_;
  Tokenizer tokenizer_;
  model::OpenEncoder model_;
  std::size_t max_tokens_;
};

}  // namespace

Result<std::unique_ptr<const TextEncoder>> open_transformer_encoder(const Layout& layout) {
  auto tokenizer = KINDRED_TRY(Tokenizer::open(layout.encoder, {.lowercase = layout.lowercase}));
  auto model = KINDRED_TRY(model::open_encoder(layout.encoder));
  const std::size_t hidden = model.encoder->shape().hidden;
  const auto pooled = layout.pooling.token_dimensions();
  if (pooled && *pooled != hidden)
    return fail(ErrorCode::corrupt, fmt::format("{}: pools {} dimensions, the encoder has {}",
                                                layout.encoder.string(), *pooled, hidden));
  return std::make_unique<const TransformerEncoder>(layout, std::move(tokenizer), std::move(model));
}

}  // namespace kindred::embed
