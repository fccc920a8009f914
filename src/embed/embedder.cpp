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
#include "embed/prompts.h"
#include "embed/vector_module.h"
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

/// Texts, each with a prompt before it.
class Prompted {
 public:
  Prompted(std::span<const std::string_view> texts, const std::string& prompt) : plain_(texts) {
    if (prompt.empty()) return;
    for (const std::string_view text : texts) joined_.push_back(prompt + std::string(text));
    views_.assign(joined_.begin(), joined_.end());
  }
  std::span<const std::string_view> texts() const { return joined_.empty() ? plain_ : views_; }

 private:
  std::span<const std::string_view> plain_;
  std::vector<std::string> joined_;
  std::vector<std::string_view> views_;
};

}  // namespace

/// What a call asks for.
struct Embedder::Task {
  std::string prompt;
  std::size_t prompt_tokens = 0;
  bool normalize = false;
};

struct Embedder::Parts {
  std::filesystem::path folder;
  embed::Layout layout;
  Tokenizer tokenizer;
  model::OpenEncoder model;
  std::vector<std::unique_ptr<const embed::VectorModule>> modules;
  std::size_t width;       // of the vectors that the last module gives
  std::size_t dimensions;  // those that are kept
  std::size_t max_tokens;

  std::once_flag described;
  ModelDescription description;

  const model::Shape& shape() const { return model.encoder->shape(); }
  Result<void> check_ids(const TokenBatch& tokens) const;
  TokenizeOptions tokenizing() const;
  Result<std::size_t> count_prompt_tokens(std::string_view prompt) const;
  void encode(const TokenBatch& tokens, std::span<const std::size_t> texts, const Task& task,
              tensor::Workspace& workspace, std::size_t first_row, Matrix& out) const;
};

Result<Embedder> Embedder::open(const std::filesystem::path& folder) {
  auto layout = KINDRED_TRY(embed::read_layout(folder));
  auto tokenizer = KINDRED_TRY(Tokenizer::open(layout.encoder, {.lowercase = layout.lowercase}));
  auto model = KINDRED_TRY(model::open_encoder(layout.encoder));
  const model::Shape& shape = model.encoder->shape();
  const auto pooled = layout.pooling.token_dimensions();
  if (pooled && *pooled != shape.hidden)
    return fail(ErrorCode::corrupt, fmt::format("{}: pools {} dimensions, the encoder has {}",
                                                folder.string(), *pooled, shape.hidden));
  std::vector<std::unique_ptr<const embed::VectorModule>> modules;
  std::size_t width = shape.hidden * layout.pooling.modes();
  for (const embed::ModuleFolder& module : layout.modules) {
    modules.push_back(KINDRED_TRY(embed::open_module(module, width)));
    width = modules.back()->dimensions();
  }
  const std::size_t dimensions = std::min(layout.dimensions.value_or(width), width);
  const std::size_t max_tokens =
      std::min(layout.max_tokens.value_or(shape.positions), shape.positions);
  return Embedder(std::make_unique<Parts>(folder, std::move(layout), std::move(tokenizer),
                                          std::move(model), std::move(modules), width, dimensions,
                                          max_tokens));
}

Embedder::Embedder(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Embedder::Embedder(Embedder&&) noexcept = default;
Embedder& Embedder::operator=(Embedder&&) noexcept = default;
Embedder::~Embedder() = default;

std::size_t Embedder::dimensions() const { return parts_->dimensions; }
std::size_t Embedder::max_tokens() const { return parts_->max_tokens; }
const std::vector<std::string>& Embedder::notes() const { return parts_->layout.notes; }
const Tokenizer& Embedder::tokenizer() const { return parts_->tokenizer; }

Result<EmbedResult> Embedder::embed(std::span<const std::string_view> texts,
                                    const EmbedOptions& options) const {
  const Parts& parts = *parts_;
  if (options.dimensions > parts.width)
    return fail(ErrorCode::invalid_argument,
                fmt::format("{} dimensions are asked for, the model's vectors have {}",
                            options.dimensions, parts.width));
  Task task{.normalize = options.normalize && parts.layout.normalize};
  task.prompt = KINDRED_TRY(embed::prompt_for(parts.layout.prompts, options));
  task.prompt_tokens = KINDRED_TRY(parts.count_prompt_tokens(task.prompt));
  const std::size_t kept = options.dimensions > 0 ? options.dimensions : dimensions();
  EmbedResult result{.vectors = Matrix(texts.size(), kept)};
  result.truncated.reserve(texts.size());
  std::vector<tensor::Workspace> workspaces(threads());
  std::mutex progress_mutex;
  std::size_t done = 0;
  bool cancelled = false;

  for (std::size_t first = 0; first < texts.size();) {
    const std::size_t end = window_end(texts, first);
    const Prompted prompted(texts.subspan(first, end - first), task.prompt);
    const TokenBatch tokens =
        KINDRED_TRY(parts.tokenizer.tokenize(prompted.texts(), parts.tokenizing()));
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
      parts.encode(tokens, batches[item], task, workspaces[worker], first, result.vectors);
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

/// The end that the tokenizer's file cuts; what it says of pairs has no meaning here.
TokenizeOptions Embedder::Parts::tokenizing() const {
  return {.max_tokens = max_tokens, .truncation = Truncation{.side = tokenizer.truncation().side}};
}

/// Tokens at the start of a text that aren't its own: the prompt alone is tokenized, and where it
/// ends in a token that frames texts, that one isn't among them.
Result<std::size_t> Embedder::Parts::count_prompt_tokens(std::string_view prompt) const {
  if (prompt.empty() || layout.pooling.include_prompt()) return 0;
  const TokenBatch tokens = KINDRED_TRY(tokenizer.tokenize({&prompt, 1}, tokenizing()));
  if (tokens.ids.empty()) return 0;
  return tokens.ids.size() - (tokenizer.special(tokens.ids.back()) ? 1 : 0);
}

/// Encodes the texts of one batch and writes row first_row + text of `out` for each.
void Embedder::Parts::encode(const TokenBatch& tokens, std::span<const std::size_t> texts,
                             const Task& task, tensor::Workspace& workspace, std::size_t first_row,
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
  tensor::Tensor vectors = layout.pooling.apply(workspace, hidden, starts, task.prompt_tokens);
  for (const auto& module : modules) vectors = module->apply(workspace, std::move(vectors));
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (task.normalize) simd::normalize({vectors.row(i), vectors.columns()});
    std::ranges::copy_n(vectors.row(i), static_cast<std::ptrdiff_t>(out.dimensions()),
                        out.row(first_row + texts[i]).begin());
  }
}

const ModelDescription& Embedder::describe() const {
  Parts& parts = *parts_;
  std::call_once(parts.described, [&] {
    const model::Shape& shape = parts.shape();
    parts.description = {.family = std::string(parts.model.family),
                         .pooling = parts.layout.pooling.name(),
                         .normalize = parts.layout.normalize,
                         .dimensions = parts.dimensions,
                         .layers = shape.layers,
                         .heads = shape.heads,
                         .max_tokens = parts.max_tokens,
                         .vocabulary = shape.vocabulary,
                         .parameters = parts.model.parameters,
                         .hash = embed::model_hash(parts.layout, parts.model.weights->contents()),
                         .prompts = parts.layout.prompts.texts,
                         .default_prompt = parts.layout.prompts.default_name.value_or(""),
                         .notes = parts.layout.notes};
  });
  return parts.description;
}

}  // namespace kindred
