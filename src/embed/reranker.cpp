#include "kindred/reranker.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "embed/batching.h"
#include "embed/gathered_tokens.h"
#include "embed/tokenizer_window.h"
#include "embed/torch_activation.h"
#include "kindred/tokenizer.h"
#include "model/classifier.h"
#include "model/config.h"
#include "model/encoder.h"
#include "tensor/activation.h"

namespace kindred {

using tensor::Activation;

struct Reranker::Parts {
  std::filesystem::path folder;
  Tokenizer tokenizer;
  model::OpenEncoder model;
  model::Classifier classifier;
  Activation activation;
  bool types;  // whether the encoder gets those of the tokenizer; else all are 0
  std::size_t max_tokens;

  const model::Shape& shape() const { return model.encoder->shape(); }
  Result<TokenBatch> tokenize(std::string_view query,
                              std::span<const std::string_view> texts) const;
};

namespace {

/// What the folder names, in the places of today and of before; else the sigmoid where there is one
/// label.
Result<Activation> read_activation(const std::filesystem::path& folder, std::size_t labels) {
  const auto settings = folder / "config_sentence_transformers.json";
  std::error_code ignored;
  if (std::filesystem::exists(settings, ignored)) {
    const auto config = KINDRED_TRY(model::Config::read(settings));
    // It would stand before the question.
    KINDRED_TRY(config.require("default_prompt_name", nullptr));
    if (config.contains("activation_fn") && !config.json()["activation_fn"].is_null())
      return embed::read_torch_activation(config, "activation_fn");
  }
  const auto config = KINDRED_TRY(model::Config::read(folder / "config.json"));
  if (const auto own = KINDRED_TRY(config.object("sentence_transformers"));
      own && own->contains("activation_fn"))
    return embed::read_torch_activation(*own, "activation_fn");
  constexpr const char* kOfOld = "sbert_ce_default_activation_function";
  if (config.contains(kOfOld) && !config.json()[kOfOld].is_null())
    return embed::read_torch_activation(config, kOfOld);
  return labels == 1 ? Activation::sigmoid : Activation::none;
}

/// Whether `model_input_names` of the tokenizer's configuration lets the types of a pair's texts
/// through; where it isn't there, they are.
Result<bool> gives_types(const std::filesystem::path& folder) {
  const auto path = folder / "tokenizer_config.json";
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return true;
  const auto config = KINDRED_TRY(model::Config::read(path));
  const auto names = KINDRED_TRY(config.texts("model_input_names"));
  return !names || std::ranges::find(*names, "token_type_ids") != names->end();
}

}  // namespace

Result<Reranker> Reranker::open(const std::filesystem::path& folder) {
  auto tokenizer = KINDRED_TRY(Tokenizer::open(folder));
  auto model = KINDRED_TRY(model::open_encoder(folder));
  auto classifier = KINDRED_TRY(model::Classifier::open(folder, model));
  const Activation activation = KINDRED_TRY(read_activation(folder, classifier.labels()));
  const bool types = KINDRED_TRY(gives_types(folder));
  const auto window = KINDRED_TRY(embed::read_tokenizer_window(folder));
  const std::size_t positions = model.encoder->shape().positions;
  return Reranker(std::make_unique<Parts>(folder, std::move(tokenizer), std::move(model),
                                          std::move(classifier), activation, types,
                                          std::min(window.value_or(positions), positions)));
}

Reranker::Reranker(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Reranker::Reranker(Reranker&&) noexcept = default;
Reranker& Reranker::operator=(Reranker&&) noexcept = default;
Reranker::~Reranker() = default;

std::size_t Reranker::labels() const { return parts_->classifier.labels(); }
std::size_t Reranker::max_tokens() const { return parts_->max_tokens; }

Result<TokenBatch> Reranker::Parts::tokenize(std::string_view query,
                                             std::span<const std::string_view> texts) const {
  const std::vector<std::string_view> queries(texts.size(), query);
  const TokenizeOptions options{.max_tokens = max_tokens,
                                .truncation = Truncation{.side = tokenizer.truncation().side}};
  TokenBatch tokens = KINDRED_TRY(tokenizer.tokenize_pairs(queries, texts, options));
  if (!types) std::ranges::fill(tokens.type_ids, std::uint8_t{0});
  KINDRED_TRY(embed::check_tokens(folder, tokenizer, tokens, shape()));
  return tokens;
}

Result<RerankResult> Reranker::score(std::string_view query,
                                     std::span<const std::string_view> texts,
                                     const RerankOptions& options) const {
  const Parts& parts = *parts_;
  RerankResult result{.scores = Matrix(texts.size(), labels())};
  embed::BatchRun run(texts.size(), options.progress);
  std::vector<tensor::Workspace> workspaces(run.workers());
  for (std::size_t first = 0; first < texts.size();) {
    const std::size_t end = embed::window_end(texts, first);
    const TokenBatch tokens = KINDRED_TRY(parts.tokenize(query, texts.subspan(first, end - first)));
    result.tokens += tokens.ids.size();
    result.truncated.insert(result.truncated.end(), tokens.truncated.begin(),
                            tokens.truncated.end());
    const auto score = [&](std::span<const std::size_t> batch, std::size_t worker) -> Result<void> {
      tensor::Workspace& workspace = workspaces[worker];
      const embed::GatheredTokens gathered(tokens, batch);
      const tensor::Tensor hidden = parts.model.encoder->forward(workspace, gathered.batch());
      tensor::Tensor scores = parts.classifier.forward(workspace, hidden, gathered.starts());
      if (!options.logits) scores = activate(workspace, scores, parts.activation);
      for (std::size_t i = 0; i < batch.size(); ++i)
        std::ranges::copy_n(scores.row(i), static_cast<std::ptrdiff_t>(scores.columns()),
                            result.scores.row(first + batch[i]).begin());
      return {};
    };
    KINDRED_TRY(run.window(tokens, score));
    first = end;
  }
  return result;
}

}  // namespace kindred
