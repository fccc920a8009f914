#include "kindred/masked_language_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>
#include <string>
#include <utility>

#include "embed/batching.h"
#include "embed/gathered_tokens.h"
#include "embed/special_token.h"
#include "embed/tokenizer_window.h"
#include "files/excerpt.h"
#include "model/encoder.h"
#include "model/language_model_head.h"
#include "tensor/tensor.h"

namespace kindred {
namespace {

/// The likeliest tokens after a softmax, whose sum is taken in double precision.
std::vector<TokenProbability> likeliest(std::span<const float> logits, std::size_t top) {
  std::vector<std::uint32_t> order(logits.size());
  std::iota(order.begin(), order.end(), 0U);
  const auto middle = order.begin() + static_cast<std::ptrdiff_t>(std::min(top, order.size()));
  std::ranges::partial_sort(order, middle, [&](std::uint32_t a, std::uint32_t b) {
    return logits[a] != logits[b] ? logits[a] > logits[b] : a < b;
  });
  const double largest = *std::ranges::max_element(logits);
  double sum = 0;
  for (const float logit : logits) sum += std::exp(logit - largest);
  std::vector<TokenProbability> tokens;
  for (auto id = order.begin(); id != middle; ++id)
    tokens.push_back({*id, static_cast<float>(std::exp(logits[*id] - largest) / sum)});
  return tokens;
}

}  // namespace

struct MaskedLanguageModel::Parts {
  std::filesystem::path folder;
  Tokenizer tokenizer;
  model::OpenEncoder model;
  model::LanguageModelHead head;
  std::size_t max_tokens;
  std::string mask;
  std::uint32_t mask_id;

  Result<TokenBatch> tokenize(std::span<const std::string_view> texts) const {
    TokenBatch tokens = KINDRED_TRY(
        tokenizer.tokenize(texts, {.max_tokens = max_tokens,
                                   .offsets = true,
                                   .truncation = Truncation{.side = tokenizer.truncation().side}}));
    KINDRED_TRY(embed::check_tokens(folder, tokenizer, tokens, model.encoder->shape()));
    return tokens;
  }
};

Result<MaskedLanguageModel> MaskedLanguageModel::open(const std::filesystem::path& folder) {
  auto mask = KINDRED_TRY(embed::read_special_token(folder, "mask_token")).value_or("[MASK]");
  auto tokenizer = KINDRED_TRY(Tokenizer::open(folder, {.special_tokens = {mask}}));
  const auto mask_id = tokenizer.id(mask);
  if (!mask_id)
    return fail(ErrorCode::unsupported, fmt::format("{}: has no mask token; \"{}\" is none",
                                                    folder.string(), files::excerpt(mask)));
  auto model = KINDRED_TRY(model::open_encoder(folder));
  auto head = KINDRED_TRY(model::LanguageModelHead::open(folder, model));
  const std::size_t positions = model.encoder->shape().positions;
  const auto window = KINDRED_TRY(embed::read_tokenizer_window(folder));
  return MaskedLanguageModel(std::make_unique<Parts>(
      folder, std::move(tokenizer), std::move(model), std::move(head),
      std::min(window.value_or(positions), positions), std::move(mask), *mask_id));
}

MaskedLanguageModel::MaskedLanguageModel(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
MaskedLanguageModel::MaskedLanguageModel(MaskedLanguageModel&&) noexcept = default;
MaskedLanguageModel& MaskedLanguageModel::operator=(MaskedLanguageModel&&) noexcept = default;
MaskedLanguageModel::~MaskedLanguageModel() = default;

std::string_view MaskedLanguageModel::mask() const { return parts_->mask; }
std::size_t MaskedLanguageModel::max_tokens() const { return parts_->max_tokens; }
const Tokenizer& MaskedLanguageModel::tokenizer() const { return parts_->tokenizer; }

Result<std::vector<FilledMask>> MaskedLanguageModel::fill(std::span<const std::string_view> texts,
                                                          std::size_t top,
                                                          const Progress& progress) const {
  const Parts& parts = *parts_;
  std::vector<FilledMask> filled;
  embed::BatchRun run(texts.size(), progress);
  std::vector<tensor::Workspace> workspaces(run.workers());
  for (std::size_t first = 0; first < texts.size();) {
    const std::size_t end = embed::window_end(texts, first);
    const TokenBatch tokens = KINDRED_TRY(parts.tokenize(texts.subspan(first, end - first)));
    std::vector<std::size_t> masks;  // of each text, where its masks stand in `filled`
    for (std::size_t i = 0; i < tokens.sequences(); ++i) {
      masks.push_back(filled.size());
      for (std::size_t token = tokens.starts[i]; token < tokens.starts[i + 1]; ++token)
        if (tokens.ids[token] == parts.mask_id)
          filled.push_back({.text = first + i,
                            .begin = tokens.offsets[token].begin,
                            .end = tokens.offsets[token].end});
    }
    const auto encode = [&](std::span<const std::size_t> batch,
                            std::size_t worker) -> Result<void> {
      tensor::Workspace& workspace = workspaces[worker];
      const embed::GatheredTokens gathered(tokens, batch);
      const tensor::Tensor hidden = parts.model.encoder->forward(workspace, gathered.batch());
      for (std::size_t i = 0; i < batch.size(); ++i) {
        auto mask = filled.begin() + static_cast<std::ptrdiff_t>(masks[batch[i]]);
        const auto ids = tokens.sequence(batch[i]);
        for (std::size_t token = 0; token < ids.size(); ++token) {
          if (ids[token] != parts.mask_id) continue;
          tensor::Tensor one = workspace.tensor(1, hidden.columns());
          std::copy_n(hidden.row(gathered.starts()[i] + token), hidden.columns(), one.data());
          mask->tokens = likeliest(parts.head.logits(workspace, one).values(), top);
          ++mask;
        }
      }
      return {};
    };
    KINDRED_TRY(run.window(tokens, encode));
    first = end;
  }
  return filled;
}

Result<TokenLogits> MaskedLanguageModel::logits(std::string_view text) const {
  TokenLogits result;
  result.tokens = KINDRED_TRY(parts_->tokenize({&text, 1}));
  if (result.tokens.ids.empty()) return result;
  const std::size_t sequence = 0;
  const embed::GatheredTokens gathered(result.tokens, {&sequence, 1});
  tensor::Workspace workspace;
  const tensor::Tensor hidden = parts_->model.encoder->forward(workspace, gathered.batch());
  const tensor::Tensor logits = parts_->head.logits(workspace, hidden);
  result.logits = Matrix(logits.rows(), logits.columns());
  std::ranges::copy(logits.values(), result.logits.values().begin());
  return result;
}

}  // namespace kindred
