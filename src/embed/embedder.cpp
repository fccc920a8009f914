#include "kindred/embedder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <mutex>
#include <optional>
#include <utility>

#include "base/thread_pool.h"
#include "embed/batching.h"
#include "embed/layout.h"
#include "embed/model_hash.h"
#include "embed/pooling.h"
#include "kindred/threads.h"
#include "model/encoder.h"
#include "simd/normalize.h"

namespace kindred {
namespace {

/// Tokens that one thread encodes at a time. More make the weights' way from memory cheaper, fewer
/// keep the activations in the caches; docs/design/matrix_products.md has the curve.
constexpr std::size_t kTokensPerBatch = 1024;
/// Texts and bytes that are tokenized before their tokens are encoded: what bounds memory over a
/// million texts.
constexpr std::size_t kTextsPerWindow = 16384;
constexpr std::size_t kBytesPerWindow = std::size_t{32} << 20;

/// The texts from `first` on that one window takes: at least one.
std::size_t window_end(std::span<const std::string_view> texts, std::size_t first) {
  std::size_t bytes = 0;
  std::size_t end = first;
  while (end < texts.size() && end - first < kTextsPerWindow &&
         (end == first || bytes + texts[end].size() <= kBytesPerWindow))
    bytes += texts[end++].size();
  return end;
}

}  // namespace

struct Embedder::Parts {
  std::filesystem::path folder;
  embed::Layout layout;
  Tokenizer tokenizer;
  model::OpenEncoder model;
  embed::Pooling pool;
  std::size_t max_tokens;

  std::once_flag described;
  ModelDescription description;

  const model::Shape& shape() const { return model.encoder->shape(); }
  Result<void> check_ids(const TokenBatch& tokens) const;
  void encode(const TokenBatch& tokens, std::span<const std::size_t> texts, bool normalize,
              tensor::Workspace& workspace, std::size_t first_row, Matrix& out) const;
};

Result<Embedder> Embedder::open(const std::filesystem::path& folder) {
  auto layout = KINDRED_TRY(embed::read_layout(folder));
  const auto pool = KINDRED_TRY(embed::find_pooling(layout.pooling, folder));
  auto tokenizer = KINDRED_TRY(Tokenizer::open(layout.encoder));
  auto model = KINDRED_TRY(model::open_encoder(layout.encoder));
  const model::Shape& shape = model.encoder->shape();
  if (layout.dimensions && *layout.dimensions != shape.hidden)
    return fail(ErrorCode::corrupt, fmt::format("{}: pools {} dimensions, the encoder has {}",
                                                folder.string(), *layout.dimensions, shape.hidden));
  const std::size_t max_tokens =
      std::min(layout.max_tokens.value_or(shape.positions), shape.positions);
  return Embedder(std::make_unique<Parts>(folder, std::move(layout), std::move(tokenizer),
                                          std::move(model), pool, max_tokens));
}

Embedder::Embedder(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Embedder::Embedder(Embedder&&) noexcept = default;
Embedder& Embedder::operator=(Embedder&&) noexcept = default;
Embedder::~Embedder() = default;

std::size_t Embedder::dimensions() const { return parts_->shape().hidden; }
std::size_t Embedder::max_tokens() const { return parts_->max_tokens; }
const std::vector<std::string>& Embedder::notes() const { return parts_->layout.notes; }
const Tokenizer& Embedder::tokenizer() const { return parts_->tokenizer; }

Result<EmbedResult> Embedder::embed(std::span<const std::string_view> texts,
                                    const EmbedOptions& options) const {
  const Parts& parts = *parts_;
  EmbedResult result{.vectors = Matrix(texts.size(), dimensions())};
  result.truncated.reserve(texts.size());
  const bool normalize = options.normalize && parts.layout.normalize;
  std::vector<tensor::Workspace> workspaces(threads());
  std::mutex progress_mutex;
  std::size_t done = 0;
  bool cancelled = false;

  // The end that the tokenizer's file cuts; what it says of pairs has no meaning here.
  const TokenizeOptions tokenizing{
      .max_tokens = parts.max_tokens,
      .truncation = Truncation{.side = parts.tokenizer.truncation().side}};

  for (std::size_t first = 0; first < texts.size();) {
    const std::size_t end = window_end(texts, first);
    const TokenBatch tokens =
        KINDRED_TRY(parts.tokenizer.tokenize(texts.subspan(first, end - first), tokenizing));
    KINDRED_TRY(parts.check_ids(tokens));
    result.tokens += tokens.ids.size();
    result.truncated.insert(result.truncated.end(), tokens.truncated.begin(),
                            tokens.truncated.end());

    std::vector<std::size_t> lengths(tokens.sequences());
    for (std::size_t i = 0; i < lengths.size(); ++i) lengths[i] = tokens.sequence(i).size();
    done += static_cast<std::size_t>(std::ranges::count(lengths, std::size_t{0}));
    // Every thread gets a share, as long as shares are worth a thread.
    const std::size_t share = std::max<std::size_t>(tokens.ids.size() / workspaces.size() + 1, 128);
    const auto batches = embed::pack_batches(lengths, std::min(kTokensPerBatch, share));
    const auto encode = [&](std::size_t item, std::size_t worker) {
      {
        const std::lock_guard lock(progress_mutex);
        if (cancelled) return;
      }
      parts.encode(tokens, batches[item], normalize, workspaces[worker], first, result.vectors);
      const std::lock_guard lock(progress_mutex);
      done += batches[item].size();
      if (options.progress && !cancelled)
        cancelled = !options.progress({.done = done, .total = texts.size()});
    };
    if (batches.size() == 1) {
      encode(0, 0);  // outside of a loop, so that the operations themselves share out their rows
    } else {
      base::parallel_for(batches.size(), encode, workspaces.size());
    }
    if (cancelled)
      return fail(ErrorCode::cancelled,
                  fmt::format("stopped after {} of {} texts", done, texts.size()));
    first = end;
  }
  return result;
}

Result<void> Embedder::Parts::check_ids(const TokenBatch& tokens) const {
  const auto type = std::ranges::max_element(tokens.type_ids);
  if (shape().types > 0 && type != tokens.type_ids.end() && *type >= shape().types)
    return fail(ErrorCode::corrupt,
                fmt::format("{}: the tokenizer gives type {}, the encoder has {} types",
                            folder.string(), *type, shape().types));
  const auto largest = std::ranges::max_element(tokens.ids);
  if (largest == tokens.ids.end() || *largest < shape().vocabulary) return {};
  return fail(
      ErrorCode::corrupt,
      fmt::format("{}: the tokenizer gives id {} (\"{}\"), the encoder has {} word embeddings",
                  folder.string(), *largest, tokenizer.token(*largest), shape().vocabulary));
}

/// Encodes the texts of one batch and writes row first_row + text of `out` for each.
void Embedder::Parts::encode(const TokenBatch& tokens, std::span<const std::size_t> texts,
                             bool normalize, tensor::Workspace& workspace, std::size_t first_row,
                             Matrix& out) const {
  std::vector<std::uint32_t> ids;
  std::vector<std::uint32_t> type_ids;
  std::vector<std::size_t> starts = {0};
  for (const std::size_t text : texts) {
    const auto text_ids = tokens.sequence(text);
    ids.insert(ids.end(), text_ids.begin(), text_ids.end());
    type_ids.insert(type_ids.end(),
                    tokens.type_ids.begin() + static_cast<std::ptrdiff_t>(tokens.starts[text]),
                    tokens.type_ids.begin() + static_cast<std::ptrdiff_t>(tokens.starts[text + 1]));
    starts.push_back(ids.size());
  }
  const tensor::Tensor hidden =
      model.encoder->forward(workspace, {.ids = ids, .type_ids = type_ids, .starts = starts});
  const tensor::Tensor pooled = pool(workspace, hidden, starts);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto row = out.row(first_row + texts[i]);
    std::copy_n(pooled.row(i), pooled.columns(), row.data());
    if (normalize) simd::normalize(row);
  }
}

const ModelDescription& Embedder::describe() const {
  Parts& parts = *parts_;
  std::call_once(parts.described, [&] {
    const model::Shape& shape = parts.shape();
    parts.description = {.family = std::string(parts.model.family),
                         .pooling = parts.layout.pooling,
                         .normalize = parts.layout.normalize,
                         .dimensions = shape.hidden,
                         .layers = shape.layers,
                         .heads = shape.heads,
                         .max_tokens = parts.max_tokens,
                         .vocabulary = shape.vocabulary,
                         .parameters = parts.model.parameters,
                         .hash = embed::model_hash(parts.layout, parts.model.weights->contents()),
                         .notes = parts.layout.notes};
  });
  return parts.description;
}

}  // namespace kindred
