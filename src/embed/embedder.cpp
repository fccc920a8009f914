#include "kindred/embedder.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <optional>
#include <utility>

#include "embed/batching.h"
#include "embed/embedder_parts.h"
#include "embed/layout.h"
#include "embed/model_hash.h"
#include "embed/prompts.h"
#include "embed/text_encoder.h"
#include "embed/vector_module.h"
#include "simd/normalize.h"

namespace kindred {
Result<Embedder> Embedder::open(const std::filesystem::path& folder) {
  auto layout = KINDRED_TRY(embed::read_layout(folder));
  auto encoder = KINDRED_TRY(embed::open_text_encoder(layout));
  std::vector<std::unique_ptr<const embed::VectorModule>> modules;
  std::size_t width = encoder->dimensions();
  for (const embed::ModuleFolder& module : layout.modules) {
    modules.push_back(KINDRED_TRY(embed::open_module(module, width)));
    width = modules.back()->dimensions();
  }
  const std::size_t dimensions = std::min(layout.dimensions.value_or(width), width);
  auto parts = std::make_unique<Parts>(std::move(layout), std::move(encoder), std::move(modules),
                                       width, dimensions);
  parts->encoder->describe(parts->description);
  return Embedder(std::move(parts));
}

Embedder::Embedder(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Embedder::Embedder(Embedder&&) noexcept = default;
Embedder& Embedder::operator=(Embedder&&) noexcept = default;
Embedder::~Embedder() = default;

std::size_t Embedder::dimensions() const { return parts_->dimensions; }
std::size_t Embedder::max_tokens() const { return parts_->description.max_tokens; }
const std::vector<std::string>& Embedder::notes() const { return parts_->layout.notes; }
const Tokenizer* Embedder::tokenizer() const { return parts_->encoder->tokenizer(); }

Matrix Embedder::token_embeddings() const { return parts_->encoder->token_embeddings(); }
Matrix Embedder::position_embeddings() const { return parts_->encoder->position_embeddings(); }

Result<EmbedResult> Embedder::embed(std::span<const std::string_view> texts,
                                    const EmbedOptions& options) const {
  const Parts& parts = *parts_;
  if (options.dimensions > parts.width)
    return fail(ErrorCode::invalid_argument,
                fmt::format("{} dimensions are asked for, the model's vectors have {}",
                            options.dimensions, parts.width));
  Task task{.normalize = options.normalize && parts.layout.normalize};
  task.prompt = KINDRED_TRY(embed::prompt_for(parts.layout.prompts, options));
  task.skipped_tokens = KINDRED_TRY(parts.encoder->skipped_tokens(task.prompt));
  const std::size_t kept = options.dimensions > 0 ? options.dimensions : dimensions();
  EmbedResult result{.vectors = Matrix(texts.size(), kept)};
  result.truncated.reserve(texts.size());
  embed::BatchRun run(texts.size(), options.progress);
  std::vector<tensor::Workspace> workspaces(run.workers());
  for (std::size_t first = 0; first < texts.size();) {
    const std::size_t end = embed::window_end(texts, first);
    const embed::Prompted prompted(texts.subspan(first, end - first), task.prompt);
    const auto tokens = KINDRED_TRY(parts.encoder->tokenize(prompted.texts(), /*offsets=*/false));
    result.tokens += tokens.ids.size();
    result.truncated.insert(result.truncated.end(), tokens.truncated.begin(),
                            tokens.truncated.end());
    const auto encode = [&](std::span<const std::size_t> batch,
                            std::size_t worker) -> Result<void> {
      return parts.encode(tokens, batch, task, workspaces[worker], first, result.vectors);
    };
    KINDRED_TRY(run.window(tokens, encode));
    first = end;
  }
  return result;
}

/// Encodes the texts of one batch and writes row first_row + text of `out` for each.
Result<void> Embedder::Parts::encode(const embed::TextTokens& tokens,
                                     std::span<const std::size_t> texts, const Task& task,
                                     tensor::Workspace& workspace, std::size_t first_row,
                                     Matrix& out) const {
  tensor::Tensor vectors =
      KINDRED_TRY(encoder->encode(workspace, tokens, texts, task.skipped_tokens));
  for (const auto& module : modules) vectors = module->apply(workspace, std::move(vectors));
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (task.normalize) simd::normalize({vectors.row(i), vectors.columns()});
    std::ranges::copy_n(vectors.row(i), static_cast<std::ptrdiff_t>(out.dimensions()),
                        out.row(first_row + texts[i]).begin());
  }
  return {};
}

const ModelDescription& Embedder::describe() const {
  Parts& parts = *parts_;
  std::call_once(parts.described, [&] {
    ModelDescription& description = parts.description;
    description.normalize = parts.layout.normalize;
    description.dimensions = parts.dimensions;
    description.hash = embed::model_hash(parts.layout, parts.encoder->contents());
    description.prompts = parts.layout.prompts.texts;
    description.default_prompt = parts.layout.prompts.default_name.value_or("");
    description.notes = parts.layout.notes;
  });
  return parts.description;
}

}  // namespace kindred
