#include "kindred/sparse_embedder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "embed/batching.h"
#include "embed/gathered_tokens.h"
#include "embed/modules_file.h"
#include "embed/prompts.h"
#include "embed/tokenizer_window.h"
#include "model/config.h"
#include "model/encoder.h"
#include "model/language_model_head.h"
#include "tensor/tensor.h"

namespace kindred {
namespace {

/// Tokens whose logits are there at a time: each has a number for every token of the vocabulary.
constexpr std::size_t kTokensAtOnce = 64;

struct Settings {
  std::filesystem::path encoder;
  std::optional<std::size_t> max_tokens;
  bool sums = false;   // over the text; else the largest
  bool twice = false;  // the logarithm is taken of
  std::string prompt;  // before every text
};

Result<void> read_pooling(const std::filesystem::path& path, Settings& settings) {
  const auto config = KINDRED_TRY(model::Config::read(path));
  const auto choice = [&](std::string_view field, std::string_view first,
                          std::string_view second) -> Result<bool> {
    if (!config.contains(field)) return false;
    const auto text = KINDRED_TRY(config.text(field));
    if (text != first && text != second)
      return config.wrong(field, fmt::format("\"{}\" or \"{}\"", first, second));
    return text == second;
  };
  settings.sums = KINDRED_TRY(choice("pooling_strategy", "max", "sum"));
  settings.twice = KINDRED_TRY(choice("activation_function", "relu", "log1p_relu"));
  return {};
}

Result<Settings> read_settings(const std::filesystem::path& folder) {
  Settings settings{.encoder = folder};
  const auto path = folder / "modules.json";
  std::error_code ignored;
  if (std::filesystem::exists(path, ignored)) {
    const auto modules = KINDRED_TRY(embed::read_modules(folder));
    const bool begins = modules.size() == 2 && (modules[0].kind == "Transformer" ||
                                                modules[0].kind == "MLMTransformer");  // of old
    if (!begins || modules[1].kind != "SpladePooling")
      return fail(ErrorCode::unsupported,
                  fmt::format("{}: isn't a Transformer and a SpladePooling, of which Kindred makes "
                              "sparse vectors",
                              path.string()));
    settings.encoder = modules[0].folder;
    KINDRED_TRY(read_pooling(modules[1].folder / "config.json", settings));
    const auto own = settings.encoder / "sentence_bert_config.json";
    if (std::filesystem::exists(own, ignored)) {
      const auto config = KINDRED_TRY(model::Config::read(own));
      settings.max_tokens = KINDRED_TRY(config.optional_count("max_seq_length"));
      KINDRED_TRY(config.require("do_lower_case", false));
    }
  }
  const auto prompts = folder / "config_sentence_transformers.json";
  if (std::filesystem::exists(prompts, ignored)) {
    const auto read = KINDRED_TRY(embed::read_prompts(prompts));
    if (read.default_name) settings.prompt = read.texts.at(*read.default_name);
  }
  if (!settings.max_tokens)
    settings.max_tokens = KINDRED_TRY(embed::read_tokenizer_window(settings.encoder));
  return settings;
}

}  // namespace

struct SparseEmbedder::Parts {
  Settings settings;
  Tokenizer tokenizer;
  model::OpenEncoder model;
  model::LanguageModelHead head;
  std::size_t max_tokens;

  const model::Shape& shape() const { return model.encoder->shape(); }
  Result<TokenBatch> tokenize(std::span<const std::string_view> texts) const;
  SparseVector weigh(tensor::Workspace& workspace, const tensor::Tensor& hidden, std::size_t first,
                     std::size_t last) const;
};

Result<SparseEmbedder> SparseEmbedder::open(const std::filesystem::path& folder) {
  auto settings = KINDRED_TRY(read_settings(folder));
  auto tokenizer = KINDRED_TRY(Tokenizer::open(settings.encoder));
  auto model = KINDRED_TRY(model::open_encoder(settings.encoder));
  auto head = KINDRED_TRY(model::LanguageModelHead::open(settings.encoder, model));
  const std::size_t positions = model.encoder->shape().positions;
  const std::size_t max_tokens = std::min(settings.max_tokens.value_or(positions), positions);
  return SparseEmbedder(std::make_unique<Parts>(std::move(settings), std::move(tokenizer),
                                                std::move(model), std::move(head), max_tokens));
}

SparseEmbedder::SparseEmbedder(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
SparseEmbedder::SparseEmbedder(SparseEmbedder&&) noexcept = default;
SparseEmbedder& SparseEmbedder::operator=(SparseEmbedder&&) noexcept = default;
SparseEmbedder::~SparseEmbedder() = default;

std::size_t SparseEmbedder::dimensions() const { return parts_->shape().vocabulary; }
std::size_t SparseEmbedder::max_tokens() const { return parts_->max_tokens; }
const Tokenizer& SparseEmbedder::tokenizer() const { return parts_->tokenizer; }

Result<TokenBatch> SparseEmbedder::Parts::tokenize(std::span<const std::string_view> texts) const {
  TokenBatch tokens = KINDRED_TRY(tokenizer.tokenize(
      texts,
      {.max_tokens = max_tokens, .truncation = Truncation{.side = tokenizer.truncation().side}}));
  KINDRED_TRY(embed::check_tokens(settings.encoder, tokenizer, tokens, shape()));
  return tokens;
}

/// Of the text whose tokens are rows [first, last) of the states.
SparseVector SparseEmbedder::Parts::weigh(tensor::Workspace& workspace,
                                          const tensor::Tensor& hidden, std::size_t first,
                                          std::size_t last) const {
  std::vector<float> weights(shape().vocabulary);
  const auto weight_of = [&](float logit) {
    const float weight = std::log1p(std::max(logit, 0.0F));
    return settings.twice ? std::log1p(weight) : weight;
  };
  for (std::size_t begin = first; begin < last; begin += kTokensAtOnce) {
    const std::size_t count = std::min(kTokensAtOnce, last - begin);
    tensor::Tensor some = workspace.tensor(count, hidden.columns());
    std::copy_n(hidden.row(begin), count * hidden.columns(), some.data());
    const tensor::Tensor logits = head.logits(workspace, some);
    for (std::size_t row = 0; row < count; ++row)
      for (std::size_t id = 0; id < weights.size(); ++id) {
        const float logit = logits.row(row)[id];
        // The largest logit has the largest weight: one logarithm for each token will do.
        if (settings.sums)
          weights[id] += weight_of(logit);
        else
          weights[id] = std::max(weights[id], logit);
      }
  }
  SparseVector vector;
  for (std::size_t id = 0; id < weights.size(); ++id) {
    const float weight = settings.sums ? weights[id] : weight_of(weights[id]);
    if (weight == 0) continue;
    vector.ids.push_back(static_cast<std::uint32_t>(id));
    vector.weights.push_back(weight);
  }
  return vector;
}

Result<SparseResult> SparseEmbedder::embed(std::span<const std::string_view> texts,
                                           const Progress& progress) const {
  const Parts& parts = *parts_;
  SparseResult result{.vectors = std::vector<SparseVector>(texts.size())};
  embed::BatchRun run(texts.size(), progress);
  std::vector<tensor::Workspace> workspaces(run.workers());
  for (std::size_t first = 0; first < texts.size();) {
    const std::size_t end = embed::window_end(texts, first);
    const embed::Prompted prompted(texts.subspan(first, end - first), parts.settings.prompt);
    const TokenBatch tokens = KINDRED_TRY(parts.tokenize(prompted.texts()));
    result.tokens += tokens.ids.size();
    result.truncated.insert(result.truncated.end(), tokens.truncated.begin(),
                            tokens.truncated.end());
    const auto encode = [&](std::span<const std::size_t> batch,
                            std::size_t worker) -> Result<void> {
      const embed::GatheredTokens gathered(tokens, batch);
      const tensor::Tensor hidden =
          parts.model.encoder->forward(workspaces[worker], gathered.batch());
      for (std::size_t i = 0; i < batch.size(); ++i)
        result.vectors[first + batch[i]] =
            parts.weigh(workspaces[worker], hidden, gathered.starts()[i], gathered.starts()[i + 1]);
      return {};
    };
    KINDRED_TRY(run.window(tokens, encode));
    first = end;
  }
  return result;
}

}  // namespace kindred
